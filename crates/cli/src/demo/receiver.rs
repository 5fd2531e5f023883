//! The partner and the alert desk.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;

/// The partner is down for [`DOWN`] of every [`CYCLE`].
const CYCLE: Duration = Duration::from_secs(30);
const DOWN: Duration = Duration::from_secs(8);
/// How long it is up before it is down for the first time.
const UP_AT_FIRST: Duration = Duration::from_secs(6);

/// A listener on a free loopback port.
pub struct Receiver {
    address: SocketAddr,
}

impl Receiver {
    /// Starts it.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route("/partner", post(partner))
            .route("/alerts", post(alerts))
            .with_state(Instant::now());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address })
    }

    /// The overlay that sends the HTTP targets of the stories here.
    pub fn overlay(&self) -> String {
        let address = self.address;
        format!(
            "version: 1\ntargets:\n  partner: {{ http: {{ url: \"http://{address}/partner\" }} }}\n  alerts: {{ http: {{ \
url: \"http://{address}/alerts\" }} }}\n"
        )
    }
}

async fn partner(State(since): State<Instant>) -> StatusCode {
    let now = since.elapsed();
    let in_cycle = now.saturating_sub(UP_AT_FIRST).as_secs() % CYCLE.as_secs();
    if now > UP_AT_FIRST && in_cycle < DOWN.as_secs() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::NO_CONTENT
    }
}

/// Knows the sensors of halls 1 to 3, and no other: a refusal for good, which is parked.
async fn alerts(body: Bytes) -> StatusCode {
    let unknown = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|alert| {
        alert["sensor"].as_str().is_some_and(|sensor| sensor.starts_with("VB-9"))
    });
    if unknown { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::NO_CONTENT }
}
