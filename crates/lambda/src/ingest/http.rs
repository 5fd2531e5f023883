//! The HTTP door behind a Lambda function URL: the same binding as on one machine.
//!
//! | route | what |
//! |---|---|
//! | `POST /events`, `POST /` | events, as one document, a batch, NDJSON or in `ce-*` headers |
//! | `GET /health` | 200 with the version of the rules in force |
//!
//! In: a request of payload format 2.0. Out: its answer, once the events are stored and their pages
//! were delivered, or left to the sweeper at the deadline: Lambda freezes the function with the answer.
//! Who may send is decided before, by the URL's `AWS_IAM`.

mod events;
mod request;
mod response;

pub use request::Request;
pub use response::Response;

use ::http::StatusCode;
use eventyard_binding::Refusal;
use eventyard_bus::{Bus, Ports};
use eventyard_event::Limits;
use serde_json::json;
use tokio::time::Instant;

/// The longest request body that is read, in bytes as Lambda hands it over: Lambda's own limit
/// ([quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)).
pub const REQUEST_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The most events of one request: their results fit into an answer, which Lambda limits to 6 MB as well.
pub const REQUEST_EVENTS_MAX: usize = 10_000;

/// Answers one request. No page is delivered beyond `page_deadline`; what is accepted stays accepted.
pub async fn answer<P: Ports>(
    bus: &Bus<P>,
    request: Request,
    limits: &Limits,
    page_deadline: Instant,
) -> Response {
    match (request.method(), request.path()) {
        ("POST", "/" | "/events") => events::take(bus, request, limits, page_deadline).await,
        ("GET", "/health") => {
            let version = &bus.rules().version;
            Response::json(StatusCode::OK, json!({ "status": "ok", "rules": version }).to_string())
        }
        (_, "/" | "/events") => method_not_allowed(&request, "POST"),
        (_, "/health") => method_not_allowed(&request, "GET"),
        _ => not_found(&request),
    }
}

fn method_not_allowed(request: &Request, allowed: &'static str) -> Response {
    let text = format!("`{}` does not take {}", request.path(), request.method());
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", text);
    let mut response = Response::refused(&refusal.help(ROUTES));
    // RFC 9110 §15.5.6.
    response.headers.insert("allow", allowed.to_owned());
    response
}

fn not_found(request: &Request) -> Response {
    let text = format!("there is no `{} {}`", request.method(), request.path());
    let refusal = Refusal::new(StatusCode::NOT_FOUND, "RouteNotFound", text);
    Response::refused(&refusal.help(ROUTES))
}

/// Every route, as an error names them.
const ROUTES: &str = "routes: POST /events, GET /health";
