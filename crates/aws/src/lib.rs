#![forbid(unsafe_code)]
//! The ports of the bus on AWS: DynamoDB as the event store, SQS as what wakes waiting deliveries,
//! every kind of target, rules from S3.
//!
//! The only crate that names a type of an AWS SDK.

mod clients;
pub mod crash;
mod failure;
mod functions;
mod rules_source;
pub mod secrets;
mod stack;
mod wake;
mod work_queue;

#[cfg(feature = "doctor")]
pub mod doctor;
pub mod journal;
pub mod reader;
pub mod store;
pub mod targets;

pub use clients::Clients;
pub use functions::{Functions, InvokeError};
pub use rules_source::{RulesLocation, RulesSource, RulesSourceError};
pub use stack::{Stack, StackEnvironment, StackError};
pub use wake::{NoWake, Wake, WakeUp};
pub use work_queue::{SqsWake, WorkMessage, WorkQueues};
