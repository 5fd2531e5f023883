//! A receiver of webhooks that remembers what came, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Result;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

/// A listener on a free port of the loopback address.
#[derive(Debug, Clone)]
pub struct Receiver {
    address: std::net::SocketAddr,
    state: Arc<Received>,
}

#[derive(Debug, Default)]
struct Received {
    /// By `webhook-id`: the bodies that came with it, in order.
    bodies: Mutex<BTreeMap<String, Vec<Bytes>>>,
    status: AtomicU16,
}

impl Receiver {
    /// Starts one that answers 204.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self> {
        let state = Arc::new(Received { status: AtomicU16::new(204), ..Received::default() });
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, state })
    }

    /// `http://127.0.0.1:PORT/hook`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// From now on, answers with this status.
    pub fn answer(&self, status: u16) {
        self.state.status.store(status, Ordering::SeqCst);
    }

    /// How many requests came with each `webhook-id`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.lock().iter().map(|(id, bodies)| (id.clone(), bodies.len())).collect()
    }

    /// The last body that came with each `webhook-id`.
    #[must_use]
    pub fn bodies(&self) -> Vec<Bytes> {
        self.lock().values().filter_map(|bodies| bodies.last().cloned()).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Bytes>>> {
        self.state.bodies.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn receive(
    State(state): State<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    let mut bodies = state.bodies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    bodies.entry(id).or_default().push(body);
    StatusCode::from_u16(state.status.load(Ordering::SeqCst)).unwrap_or(StatusCode::NO_CONTENT)
}
