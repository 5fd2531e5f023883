//! A service without Lambda: the Invoke API on a port of this machine, for `eventyard dev --consume`.
//!
//! In: `POST …/2015-03-31/functions/NAME/invocations`, whatever NAME is. Out: the answer of the handler with 200;
//! where it failed, its cause with 200 and `x-amz-function-error`, as Lambda has it.

use crate::environment::variable;
use crate::{Error, Journal, Publisher, Worker};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// Where a service listens that is told nothing else.
const LISTEN: &str = "127.0.0.1:9000";
/// The longest invocation.
const INVOCATION: Duration = Duration::from_secs(55);
/// The most bytes of one payload: Lambda's own limit.
const PAYLOAD_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Answers invocations until the process ends.
pub(crate) async fn serve<J, P>(worker: Worker<J, P>) -> Result<(), Error>
where
    J: Journal + 'static,
    P: Publisher + 'static,
{
    let address = variable("EVENTYARD_LISTEN").unwrap_or_else(|| LISTEN.to_owned());
    let listener = TcpListener::bind(&address).await;
    let listener = listener.map_err(|error| {
        format!("cannot listen on `{address}`: {error}; choose another with EVENTYARD_LISTEN")
    })?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening; try `eventyard dev --consume QUEUE=http://{address}`");
    let router = Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke::<J, P>))
        .layer(DefaultBodyLimit::max(PAYLOAD_BYTES_MAX))
        .with_state(Arc::new(worker));
    Ok(axum::serve(listener, router).await?)
}

async fn invoke<J, P>(State(worker): State<Arc<Worker<J, P>>>, payload: Bytes) -> Response
where
    J: Journal + 'static,
    P: Publisher + 'static,
{
    match worker.handle(&payload, None, Instant::now() + INVOCATION).await {
        Ok(answer) => answer.to_string().into_response(),
        Err(failed) => {
            let answer = serde_json::json!({ "errorType": failed.cause.code, "errorMessage": failed.cause.message });
            ([("x-amz-function-error", "Unhandled")], answer.to_string()).into_response()
        }
    }
}
