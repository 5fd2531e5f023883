#![forbid(unsafe_code)]
//! What the functions of the bus do with a batch: decode, bus, answer.
//!
//! | function | woken by | does |
//! |---|---|---|
//! | `ingest-sqs` | an SQS queue | [`ingest::batch`] |
//! | `ingest-sns`, `ingest-eventbridge` | an asynchronous invocation | [`ingest::invocation`] |
//! | `ingest-http` | a function URL | [`ingest::http`] |
//! | `ingest-stream` | the table's stream | [`ingest::stream`] |
//! | `deliver` | a work queue | [`deliver::work`] |
//! | `sweep` | a schedule, every minute | [`sweep::sweep`] |
//! | `replay` | a person, and itself | [`replay::answer`] |
//!
//! All of it is generic over the ports of the bus, and tested on their memory adapters; [`app`] puts the
//! adapters for AWS together.

pub mod app;
pub mod deliver;
pub mod functions;
pub mod ingest;
mod page;
pub mod replay;
pub mod rules;
pub mod settings;
pub mod sweep;
pub mod telemetry;
