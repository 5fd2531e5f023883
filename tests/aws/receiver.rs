//! An HTTP target on this machine: remembers what came, and answers each path as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use bytes::Bytes;

/// What a path does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Answers this status.
    Status(u16),
    /// Does not answer for so long, then 204.
    After(Duration),
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// What it was answered.
    pub answer: Answer,
}

/// A listener of this process on a runtime of its own, so that it outlives the tests that use it.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    paths: Arc<Mutex<BTreeMap<String, Path>>>,
}

#[derive(Debug, Default)]
struct Path {
    requests: Vec<Request>,
    next: VecDeque<Answer>,
    then: Option<Answer>,
}

impl Receiver {
    /// The one of this process.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<Receiver, String>> = OnceLock::new();
        let started = SHARED.get_or_init(|| Self::start().map_err(|error| format!("{error:#}")));
        started.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no port")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let paths = Arc::<Mutex<BTreeMap<String, Path>>>::default();
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&paths));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            })
        });
        Ok(Self { address, paths })
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Answers the next requests of a path with these, one after the other, and all later ones with `then`.
    pub fn answer(&self, path: &str, next: &[Answer], then: Answer) {
        let mut paths = lock(&self.paths);
        let path = paths.entry(path.to_owned()).or_default();
        path.next = next.iter().copied().collect();
        path.then = Some(then);
    }

    /// The requests of a path, in the order in which they came.
    #[must_use]
    pub fn requests(&self, path: &str) -> Vec<Request> {
        lock(&self.paths).get(path).map(|path| path.requests.clone()).unwrap_or_default()
    }
}

impl Request {
    /// A header; empty where it has none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether its sender was told that it was taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self.answer, Answer::Status(200..=299))
    }
}

type Paths = Arc<Mutex<BTreeMap<String, Path>>>;

async fn receive(
    State(paths): State<Paths>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let answer = {
        let mut paths = lock(&paths);
        let path = paths.entry(uri.path().to_owned()).or_default();
        let answer = path.next.pop_front().or(path.then).unwrap_or(Answer::Status(204));
        path.requests.push(Request { method, headers, body, answer });
        answer
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::NO_CONTENT),
        Answer::After(wait) => {
            tokio::time::sleep(wait).await;
            StatusCode::NO_CONTENT
        }
    }
}

fn lock(paths: &Mutex<BTreeMap<String, Path>>) -> MutexGuard<'_, BTreeMap<String, Path>> {
    paths.lock().unwrap_or_else(PoisonError::into_inner)
}
