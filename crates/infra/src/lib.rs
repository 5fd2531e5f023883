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
//! What a rule set needs of an AWS account, computed from the rules alone: no call, no credentials.
//!
//! - [`Grants`]: actions on resources; a function compares those of new rules with those it was deployed with.
//! - [`identity()`]: the statements of the functions' roles, each function only its part.
//! - [`resource_policies()`]: what queues, topics and keys must allow.
//! - [`export`]: the SAM template of the bus, with all that the rules need.
//! - [`check`]: what a policy or a template lacks, or has too much.
//!
//! Pure: texts and values in, values out.

// Have.
mod arn;
mod function;
mod names;
mod stack;

// Need.
mod duties;
mod grants;

// Say.
pub mod export;
mod identity;
mod resource_policies;
mod statement;

// Compare.
mod check;
mod policy;
mod template;

pub use arn::{Account, Arn};
pub use check::{Difference, Kind, check};
pub use function::Function;
pub use grants::{Grant, Grants};
pub use identity::identity;
pub use names::Names;
pub use policy::{Policy, PolicyError};
pub use resource_policies::resource_policies;
pub use stack::{HotRules, Stack};
pub use template::{TemplateError, read as read_template};
