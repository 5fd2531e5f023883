//! The functions on the memory adapters of every port.

mod http;
mod ordered;
mod replay;
mod sqs;
mod sweeping;
mod telemetry;
mod work;
mod world;
