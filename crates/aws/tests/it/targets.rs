//! Targets and secrets on the wire: what each call says, and what its answer means.

mod answers;
mod batches;
mod bodies;
mod groups;
mod http;
mod localstack;
mod localstack_function;
mod secrets;
mod time;
mod wire;
