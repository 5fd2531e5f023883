//! Events in, by every source: decoded, stored with their plans, delivered, and the source answered.

mod direct;
pub mod http;
mod message;
mod sqs;
pub mod stream;
mod take;

pub use direct::{NotStored, invocation};
pub use message::{Message, Verdict};
pub use sqs::batch;
pub use take::{Source, take};
