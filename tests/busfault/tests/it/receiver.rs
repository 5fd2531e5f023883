//! A receiver of webhooks: `/STATUS` is answered with that status, `/STATUS/once` the first time only.

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    pub path: String,
    pub webhook_id: String,
}

pub struct Receiver {
    address: SocketAddr,
    came: Shared,
}

type Shared = Arc<Mutex<Vec<Came>>>;

impl Receiver {
    pub async fn start() -> Result<Self> {
        let came = Shared::default();
        let router = Router::new().fallback(receive).with_state(Arc::clone(&came));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, came })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// How many requests came to a path.
    pub fn count(&self, path: &str) -> usize {
        self.came().iter().filter(|came| came.path == path).count()
    }
}

async fn receive(State(came): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let path = uri.path().to_owned();
    let mut came = came.lock().unwrap();
    let is_first = came.iter().all(|before| before.path != path);
    came.push(Came { path: path.clone(), webhook_id: id.to_owned() });
    let mut parts = path.trim_matches('/').split('/');
    let status = parts.next().and_then(|status| status.parse().ok());
    let status = status.filter(|_| is_first || parts.next() != Some("once")).unwrap_or(204);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NO_CONTENT);
    // Where a redirect leads; nobody is to go there.
    (status, [("location", "/followed")]).into_response()
}
