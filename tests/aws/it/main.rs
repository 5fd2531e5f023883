//! The bus on LocalStack, end to end.

mod deploy;
mod duplicates;
mod failing_targets;
mod hot_rules;
mod kinds;
mod many;
mod order;
mod replay;
mod sources;
mod sqs;
mod throughput;
