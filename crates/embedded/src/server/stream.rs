//! `GET /stream`: everything that happens, as server-sent events (HTML standard §9.2).
//!
//! Each stage is one event: its word in `event:`, its JSON in `data:`. A reader that is too slow for
//! the bounded channel gets an event `missed` with the number of stages it did not see, and goes on.

use super::App;
use super::answer::Refused;
use crate::engine::{Metrics, Stop};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use eventyard_binding::Refusal;
use eventyard_bus::{Ports, Stage};
use futures::stream;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// What one reader holds.
struct Reader {
    stages: Receiver<Arc<Stage>>,
    metrics: Arc<Metrics>,
    stop: Stop,
    _place: OwnedSemaphorePermit,
}

pub(super) async fn stream(State(app): State<App>) -> Response {
    let Ok(place) = Arc::clone(&app.streams).try_acquire_owned() else {
        let text = "there are too many readers of the stream already";
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "TooManyStreams", text);
        return Refused::from(refusal).into_response();
    };
    let reader = Reader {
        stages: app.bus.ports().observer().subscribe(),
        metrics: Arc::clone(&app.metrics),
        stop: app.stop.clone(),
        _place: place,
    };
    Sse::new(stream::unfold(reader, next)).keep_alive(KeepAlive::default()).into_response()
}

async fn next(mut reader: Reader) -> Option<(Result<Event, Infallible>, Reader)> {
    let received = tokio::select! {
        received = reader.stages.recv() => received,
        // The listener waits for its connections before it ends.
        () = reader.stop.requested() => return None,
    };
    let event = match received {
        Ok(stage) => one(&stage),
        Err(RecvError::Lagged(missed)) => {
            reader.metrics.stages_missed(missed);
            Event::default().event("missed").data(format!("{{\"missed\":{missed}}}"))
        }
        Err(RecvError::Closed) => return None,
    };
    Some((Ok(event), reader))
}

fn one(stage: &Stage) -> Event {
    let event = Event::default().event(stage.what.word());
    match serde_json::to_string(stage) {
        Ok(json) => event.data(json),
        Err(error) => event.comment(error.to_string()),
    }
}
