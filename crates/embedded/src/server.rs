//! The listener: events in, queues out, and everything that people and programs ask.
//!
//! | route | what |
//! |---|---|
//! | `POST /events` | events, as one document, a batch, NDJSON or in `ce-*` headers |
//! | `POST /` with `X-Amz-Target` | `AWSEvents.PutEvents` and the SQS operations |
//! | `GET /stream` | server-sent events of everything that happens |
//! | `GET /events`, `/trace/ID`, `/rules/VERSION`, `/parked`, `/queues`, `/queues/NAME/messages`, `/audit` | what is stored, as JSON lines |
//! | `POST /streams/NAME` | events appended together, if the stream is as expected |
//! | `GET /streams/NAME` | the events of a stream, as JSON lines |
//! | `POST /redrive` | parked deliveries again, or discarded |
//! | `POST /replays`, `GET /replays`, `/replays/NAME`, `POST /replays/NAME/pause`, `/resume` | events delivered again |
//! | `GET /subscriptions`, `POST /subscriptions/NAME` | how far readers are; one paused, resumed, rewound or removed |
//! | `GET /metrics`, `/healthz` | for Prometheus, and for who waits for the start |

mod answer;
mod app;
mod aws;
mod events;
mod health;
mod origin;
mod put_events;
mod read;
mod redrive;
mod replays;
mod routes;
mod sqs;
mod stream;
mod streams;
mod subscriptions;

pub(crate) use app::{App, AppParts};
pub(crate) use routes::run;
pub(crate) use sqs::body_sum;
