//! `GET /healthz` and `GET /metrics`.

use super::App;
use super::answer::Refused;
use crate::engine::Text;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use eventyard_binding::Refusal;
use serde_json::json;

/// 200 while events can be accepted; 503 once the bus is stopping.
pub(super) async fn healthz(State(app): State<App>) -> Response {
    if app.stop.is_requested() {
        return Refused::from(Refusal::unavailable("the bus is stopping")).into_response();
    }
    let rules = app.bus.rules();
    Json(json!({
        "status": "ok",
        "bus": rules.bus.name,
        "rules": { "version": rules.version, "count": rules.rules.len() },
    }))
    .into_response()
}

/// Counters and depths as Prometheus reads them (text exposition format 0.0.4).
pub(super) async fn metrics(State(app): State<App>) -> Result<Response, Refused> {
    let mut text = Text(app.metrics.text());
    let name = "eventyard_queue_messages";
    text.family(name, "gauge", "Messages of the embedded queues by state.");
    let store_failed = |error: crate::queues::QueueError| Refusal::unavailable(error.to_string());
    for queue in app.queues.list("").await.map_err(store_failed)? {
        let depth = app.queues.depth(&queue, app.now()).await.map_err(store_failed)?;
        let states = [
            ("visible", depth.visible),
            ("in-flight", depth.in_flight),
            ("delayed", depth.delayed),
        ];
        for (state, count) in states {
            text.line(name, &[("queue", queue.as_str()), ("state", state)], count);
        }
    }
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((content_type, text.0).into_response())
}
