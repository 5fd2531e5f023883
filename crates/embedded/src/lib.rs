//! The bus on one machine: a durable store, queues, the listener and the tasks between them.
//!
//! | module | what it is |
//! |---|---|
//! | [`store`] | the one writer of a data folder: ledger, delivery items, rule sets |
//! | [`queues`] | durable queues with the semantics of SQS, in the same store |
//! | [`redrive`] | parked deliveries again, or discarded |
//! | [`engine`] | the tasks around the bus: dispatcher, workers, inputs, rules watcher |
//! | `server` | the listener: events, AWS protocols, stream, metrics |
//! | [`reader`] | what happened, for people: reads a folder beside its writer, or without one |

// What is kept.
pub mod store;

// What stands in for AWS.
pub mod queues;

// What is read and mended.
pub mod reader;
pub mod redrive;

// What runs.
pub mod engine;

// Who asks.
mod server;

pub use engine::{DevError, DevOptions, DevSettings, Running, ShutdownHandle, dev};
