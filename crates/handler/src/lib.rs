#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::unreachable,
        clippy::as_conversions
    )
)]
#![forbid(unsafe_code)]
#![recursion_limit = "256"] // The futures of all layers below are one type.
//! Services behind the bus: say what happens on an event, and have the rest right by default.
//!
//! ```no_run
//! use eventyard_handler::{Context, Error, HandlerError, Service};
//!
//! #[derive(serde::Deserialize)]
//! struct Order { total: f64 }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     Service::from_env("payment").on("OrderPlaced", take_payment).run().await
//! }
//!
//! async fn take_payment(order: Order, cx: Context) -> Result<(), HandlerError> {
//!     // … ask the provider, with `cx.idempotency_key()` …
//!     cx.emit("PaymentProcessed", &serde_json::json!({ "total": order.total }))
//! }
//! ```
//!
//! The same binary stands behind SQS (standard and FIFO, with partial batch failures), SNS, EventBridge
//! and direct invocations. What a handler may rely on:
//!
//! | grade | what | promise |
//! |---|---|---|
//! | a | rows given to [`Context::transact`], events given to [`Context::emit`] | exactly once: one transaction with the record of the delivery |
//! | b | calls outside that carry [`Context::idempotency_key`] | once, where the other side honours the key |
//! | c | anything else | at least once |
//!
//! An event that is emitted is committed first and published afterwards; its id follows from the delivery,
//! so the bus accepts it once however often it is published.
//!
//! In tests [`testing::Kit`] runs the same code on events, with a clock that is moved by hand.

// What a service says.
mod context;
mod error;
mod handler;
mod listen;
mod rows;
mod service;

// What is done with it.
mod worker;

// Where to.
#[cfg(feature = "embedded")]
mod file_journal;
mod publish;

// How it runs.
mod environment;
mod lambda;
#[cfg(feature = "embedded")]
mod local;
pub mod testing;

pub use context::Context;
pub use error::{Fate, HandlerError};
#[cfg(feature = "aws")]
pub use eventyard_aws::journal::DynamoJournal;
pub use eventyard_bus::ports::{Journal, ParkedWork, RowKey, Work};
pub use eventyard_event::{Event, Identity};
#[cfg(feature = "embedded")]
pub use file_journal::{FileJournal, FileJournalError};
pub use listen::Listen;
pub use publish::{BusPublisher, CollectingPublisher, PublishError, Publisher};
pub use rows::{Rows, Stored};
pub use service::{Service, ServiceError, Settings, Unhandled};
pub use worker::{Answer, Counts, Failed, RedriveError, Worker};

/// Why a service ended: what [`Service::run`] answers.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
