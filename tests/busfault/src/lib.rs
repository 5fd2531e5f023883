#![forbid(unsafe_code)]
//! A reverse proxy before an AWS endpoint, or before a receiver of webhooks, that makes calls fail on
//! purpose.
//!
//! Rules are in the schema of LocalStack's Chaos API
//! (`{"service","operation","region","probability","error":{"statusCode","code"}}`), and say more:
//!
//! | field | what it does |
//! |---|---|
//! | `error` | the call is not made, and answered with this status and code |
//! | `partial` | some entries of a batch are not sent, and answered as failed |
//! | `drop-after` | the call is made, and the connection reset in the place of its answer |
//! | `delay` | milliseconds before whatever else happens |
//! | `times` | how often the rule applies |
//! | `contains` | it applies to requests whose body contains this text |
//!
//! The first rule that fits a call applies, and no other. Signatures are handed on as they came: the
//! stand-ins for AWS do not check them.
//!
//! With it comes what the fault tests need: [`Cloud`], what is there of AWS; [`Yard`], a bus behind a
//! proxy; and [`work`], what its functions do, in this process.

mod answer;
mod calls;
mod cloud;
mod forward;
mod inbox;
pub mod kills;
pub mod once;
mod operation;
mod partial;
mod ports;
mod protocol;
mod rule;
mod rule_book;
mod server;
pub mod work;
mod yard;

pub use calls::Call;
pub use cloud::{Cloud, unique};
pub use forward::Upstream;
pub use inbox::{Got, Queue};
pub use ports::{FaultPorts, Plan};
pub use rule::{ErrorAnswer, Partial, Rule};
pub use server::Busfault;
pub use yard::{Planned, Yard};
