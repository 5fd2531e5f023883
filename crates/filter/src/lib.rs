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
//! The filters of rules: what decides by content whether a rule takes an event.
//!
//! A [`Condition`] is the `when` of a rule (a logical expression of RFC 9535, JSONPath), a [`Pattern`]
//! is an EventBridge pattern, a [`Filter`] is the two together, a [`Query`] is a JSONPath that selects
//! values. Text goes in, a compiled value comes out; from then on nothing can fail, and every answer
//! can be explained clause by clause ([`Explanation`]).
//!
//! ```
//! use eventyard_event::{Limits, json};
//! use eventyard_filter::Condition;
//!
//! let when = Condition::parse("$.type == 'OrderPlaced' && $.data.items[?@.qty > 3]")?;
//! let event = br#"{"type":"OrderPlaced","data":{"items":[{"qty":1},{"qty":5}]}}"#;
//! let event = json::parse(event, &Limits::default())?;
//! assert!(when.matches(&event.root));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Pure: no clock, no environment, no I/O. The evaluation here is the plain, obvious one.

mod error;
mod path;
pub mod pattern;

mod explain;
mod filter;
mod matcher;

pub use error::FilterError;
pub use explain::{Clause, Edit, Explanation, NearMiss, Part};
pub use filter::Filter;
pub use matcher::{Cursor, Matcher, MatcherError};
pub use path::{Condition, Options, Query, outline};
pub use pattern::{Member, Pattern, PatternError, PatternNode, Spanned, View};
