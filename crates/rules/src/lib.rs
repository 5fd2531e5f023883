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
//! Rules files: from the texts a user writes to a checked, compiled [`RuleSet`], and from an event to
//! its [`Plan`].
//!
//! [`load()`] reads YAML or JSON texts, in which everything is checked once: shapes, names, targets,
//! filters, transforms. It answers with a rule set, or with *all* errors of all files, each with
//! file, line, column, excerpt and the way out ([`Diagnostics`]).
//!
//! ```
//! use eventyard_rules::{LoadOptions, SourceText, load};
//!
//! let text = "version: 1
//! targets:
//!   payments: { sqs: { queue: payments } }
//! rules:
//!   - name: take-payment
//!     when: $.type == 'OrderPlaced'
//!     to: payments
//! ";
//! let rules = load(&[SourceText::new("shop.yaml", text)], &LoadOptions::default())?;
//! assert_eq!(rules.rules[0].to[0].as_str(), "payments");
//! # Ok::<(), eventyard_rules::Diagnostics>(())
//! ```
//!
//! Pure: texts and values in, values out; no clock, no environment, no I/O, no async.

// Read.
mod diagnostic;
mod load;
mod place;
mod render;
mod report;
mod schema;
mod suggest;
mod yaml;

// Have.
mod amount;
mod name;
mod rule;
mod ruleset;
mod target;

// Use.
mod part_error;
mod plan;
mod sources;
mod template;
mod transform;
mod url_template;

// Judge.
mod graph;
mod lint;
mod loops;
pub mod testing;
mod xml;

#[cfg(test)]
mod any_condition;

pub use amount::Rate;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use graph::{mermaid, svg};
pub use lint::lint;
pub use load::{LoadOptions, RulesLimits, SourceText, load};
pub use loops::loops;
pub use name::{NameError, RuleName, TargetName, Version};
pub use part_error::PartError;
pub use place::{Place, ScalarPlace};
pub use plan::{HOPS_MAX, Payload, Plan, Planned, Refused, RefusedCode};
pub use rule::{Retry, Rule};
pub use ruleset::{BusConfig, Input, RuleSet};
pub use schema::schema;
pub use sources::{EventMapping, Problem, Refusal, Source};
pub use target::{
    Envelope, HttpTarget, OnPark, Resource, SecretRef, Target, TargetKind, refused_address,
};
pub use template::Template;
pub use transform::Transform;
pub use url_template::{UrlError, UrlTemplate};
