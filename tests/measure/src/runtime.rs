//! The Lambda Runtime API for one function
//! ([Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::sync::{Mutex, mpsc};

/// How long a function may take to be ready or to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a function is told it may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The service's side of one function.
pub struct Runtime {
    pub address: SocketAddr,
    /// Filled each time the function asks for its next invocation.
    asked: mpsc::Receiver<()>,
    payloads: mpsc::Sender<Bytes>,
    answers: mpsc::Receiver<Result<Bytes, Bytes>>,
}

struct Shared {
    asked: mpsc::Sender<()>,
    payloads: Mutex<mpsc::Receiver<Bytes>>,
    answers: mpsc::Sender<Result<Bytes, Bytes>>,
}

impl Runtime {
    /// Serves on a free port.
    pub async fn start() -> Result<Self> {
        let (asked_to, asked) = mpsc::channel(8);
        let (payloads, payloads_from) = mpsc::channel(8);
        let (answers_to, answers) = mpsc::channel(8);
        let shared = Arc::new(Shared {
            asked: asked_to,
            payloads: Mutex::new(payloads_from),
            answers: answers_to,
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answer))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, asked, payloads, answers })
    }

    /// Waits until the function asks for an invocation.
    pub async fn ready(&mut self) -> Result<()> {
        let asked = tokio::time::timeout(PATIENCE, self.asked.recv()).await;
        asked.context("the function is not ready in time")?.context("the Runtime API ended")
    }

    /// One invocation; the function must be ready, and is again when it returns.
    pub async fn invoke(&mut self, payload: Bytes) -> Result<Bytes> {
        self.payloads.send(payload).await?;
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        match answer.context("the function does not answer in time")? {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => bail!("the function failed: {}", String::from_utf8_lossy(&error)),
            None => bail!("the Runtime API ended"),
        }
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let _ = shared.asked.send(()).await;
    let payload = shared.payloads.lock().await.recv().await.unwrap_or_default();
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + TIMEOUT;
    Response::builder()
        .header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000")
        .header("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string())
        .header(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:eu-west-1:000000000000:function:measured",
        )
        .header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000")
        .header("Content-Type", "application/json")
        .body(Body::from(payload))
        .unwrap_or_default()
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Path((_, kind)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let answer = if kind == "response" { Ok(body) } else { Err(body) };
    let _ = shared.answers.send(answer).await;
    StatusCode::ACCEPTED
}

async fn init_error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let _ = shared.answers.send(Err(body)).await;
    StatusCode::ACCEPTED
}
