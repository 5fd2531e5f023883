//! Which route does what, and what stands before every route.

use super::answer::Refused;
use super::{
    App, aws, events, health, origin, put_events, read, redrive, replays, sqs, stream, streams,
    subscriptions,
};
use crate::engine::Stop;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use eventyard_binding::Refusal;
use tokio::net::TcpListener;

/// Every route, as an error names them.
const ROUTES: &str = "POST /events, POST /streams/NAME, POST /redrive, POST /replays, POST /replays/NAME/pause, POST /replays/NAME/resume, \
     GET /replays, GET /replays/NAME, GET /subscriptions, POST /subscriptions/NAME, GET /events, GET /trace/ID, GET /rules/VERSION, GET /parked, \
     GET /streams/NAME, GET /queues, GET /queues/NAME/messages, GET /audit, GET /stream, GET /metrics, GET /healthz, and POST / with \
     `X-Amz-Target` for AWS SDKs";

/// Serves until the bus stops; requests under way are finished.
pub(crate) async fn run(listener: TcpListener, app: App, mut stop: Stop) {
    let serving = axum::serve(listener, router(app))
        .with_graceful_shutdown(async move { stop.requested().await });
    if let Err(error) = serving.await {
        tracing::error!(%error, "the listener failed");
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", post(aws_call))
        // An SDK may use a queue's URL as its endpoint.
        .route("/{account}/{*queue}", post(aws_call))
        .route("/events", post(events::post).get(read::events))
        .route("/streams/{name}", post(streams::append).get(streams::read))
        .route("/trace/{id}", get(read::trace))
        .route("/rules/{version}", get(read::rules))
        .route("/parked", get(read::parked))
        .route("/queues", get(read::queues))
        .route("/queues/{name}/messages", get(read::messages))
        .route("/audit", get(read::audit))
        .route("/redrive", post(redrive::redrive))
        .route("/replays", post(replays::start).get(replays::list))
        .route("/replays/{name}", get(replays::read))
        .route("/replays/{name}/pause", post(replays::pause))
        .route("/replays/{name}/resume", post(replays::resume))
        .route("/subscriptions", get(subscriptions::list))
        .route("/subscriptions/{name}", post(subscriptions::turn))
        .route("/stream", get(stream::stream))
        .route("/metrics", get(health::metrics))
        .route("/healthz", get(health::healthz))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

/// Lets through what may come from where it comes.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.is_loopback {
        let authority = request.uri().authority().map(|authority| authority.as_str());
        if let Err(refusal) = origin::check(request.headers(), authority) {
            return Refused::from(refusal).into_response();
        }
    }
    let Ok(_place) = app.requests.try_acquire() else {
        let text = "there are too many requests at the moment";
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "TooManyRequests", text);
        return Refused::from(refusal).into_response();
    };
    next.run(request).await
}

async fn not_found(method: Method, uri: Uri) -> Refused {
    let text = format!("there is no `{method} {}`", uri.path());
    let refusal = Refusal::new(StatusCode::NOT_FOUND, "RouteNotFound", text);
    refusal.help(format!("routes: {ROUTES}")).into()
}

async fn method_not_allowed(method: Method, uri: Uri) -> Refused {
    let text = format!("`{}` does not take {method}", uri.path());
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", text);
    refusal.help(format!("routes: {ROUTES}")).into()
}

/// A call of an AWS SDK.
async fn aws_call(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let Some((service, operation)) = aws::target(&headers) else {
        let refusal = Refusal::bad("TargetMissing", "the request has no `X-Amz-Target`").help(
            "AWS SDKs of 2024 and later speak the JSON protocol of SQS and EventBridge; events go \
             to POST /events",
        );
        return Refused::from(refusal).into_response();
    };
    let limit = app.settings.aws_request_bytes;
    let Ok(body) = axum::body::to_bytes(body, limit).await else {
        return Refused::from(Refusal::request_too_large(limit)).into_response();
    };
    let authority = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (service, operation) {
        ("AmazonSQS", operation) => {
            sqs::call(&app, operation, authority.unwrap_or("127.0.0.1"), &body).await
        }
        ("AWSEvents", "PutEvents") => put_events::call(&app, &body).await,
        _ => {
            let text = format!("operation {service}.{operation} is not supported by this bus");
            let exception = "UnknownOperationException";
            aws::error(StatusCode::BAD_REQUEST, aws::JSON_1_1, exception, &text)
        }
    }
}
