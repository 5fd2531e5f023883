//! `POST /events`: events of every shape, in bounded memory, answered once they are durable.
//!
//! ```text
//! body ─▶ frames ─▶ decode ─▶ plan ─▶ chunk (a page's worth) ─▶ intake ─▶ results
//!                                      while the chunk before is being committed
//! ```

mod chunk;

use super::App;
use super::answer::{self, Refused};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
pub(super) use chunk::paused;
use chunk::{Chunk, Reader, Submitted};
use eventyard_binding::{self as binding, BodyKind, Frames, Refusal, Results};

/// Takes the events of one request.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let kind = match binding::kind(&headers) {
        Ok(kind) => kind,
        Err(refusal) => return Refused::from(refusal).into_response(),
    };
    // The semaphore is never closed.
    let _place = app.uploads.acquire().await;
    let results = match kind {
        BodyKind::Binary => binary(&app, &headers, body).await,
        BodyKind::Documents(framing) => {
            let limit = app.settings.limits.event_bytes;
            let frames = Frames::new(body.into_data_stream(), framing, limit);
            documents(&app, Reader::new(&app, frames)).await
        }
    };
    answer::results(results)
}

/// Reads chunk after chunk; while one is committed, the next is read, decoded and planned.
async fn documents(app: &App, mut reader: Reader<'_>) -> Results {
    let mut results = Results::default();
    let mut before: Option<Submitted> = None;
    loop {
        let chunk = reader.next().await;
        if let Some(submitted) = before.take()
            && !submitted.settle(&mut results).await
        {
            return results;
        }
        let is_last = chunk.is_last;
        before = Some(chunk.submit(app));
        if is_last {
            break;
        }
    }
    if let Some(submitted) = before {
        submitted.settle(&mut results).await;
    }
    if let Some(failure) = reader.failure() {
        results.fail(failure);
    }
    results
}

/// One event in binary mode.
async fn binary(app: &App, headers: &HeaderMap, body: Body) -> Results {
    let limit = app.settings.limits.event_bytes;
    let mut results = Results::default();
    let read = tokio::time::timeout(app.settings.body_pause, axum::body::to_bytes(body, limit));
    let body = match read.await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => {
            results.fail(unreadable(&error, limit));
            return results;
        }
        Err(_) => {
            results.fail(chunk::paused());
            return results;
        }
    };
    let mut chunk = Chunk::default();
    chunk.push(binding::binary(headers, &body, &app.settings.limits));
    chunk.plan(app);
    chunk.submit(app).settle(&mut results).await;
    results
}

fn unreadable(error: &axum::Error, limit: usize) -> Refusal {
    if std::error::Error::source(error).is_some_and(|cause| cause.to_string().contains("limit")) {
        return Refusal::body_too_large(limit);
    }
    Refusal::bad("BodyUnreadable", "the connection broke before the body was complete")
}
