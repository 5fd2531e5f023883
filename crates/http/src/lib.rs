//! HTTP targets: one delivery becomes one signed, guarded request, bounded in time and size.
//!
//! In: a parcel of the bus, as [`Outgoing`]: a rendered URL, the event's attributes, the body, the
//! reference of a secret. Out: [`eventyard_bus::Sent`]. The wire follows the CloudEvents HTTP binding (binary mode) and
//! Standard Webhooks 1.0.0. Error texts name hosts and codes, never URLs, bodies or secrets.
#![forbid(unsafe_code)]

mod failure;
mod guard;
mod outgoing;
mod parcel;
mod resolver;
mod secret;
mod sender;
mod settings;
mod sign;
mod status;

pub use guard::{Guard, Reach, Refusal};
pub use outgoing::{HeaderError, Outgoing};
pub use resolver::{Resolver, SystemResolver};
pub use secret::{EnvSecrets, SecretError, Secrets};
pub use sender::HttpSender;
pub use settings::Settings;
pub use sign::{KeyError, SigningKey, signature};
pub use status::{RETRY_AFTER_MAX, Verdict, retry_after, verdict};
