//! JSONPath (RFC 9535).
//!
//! The way of a text: [`lex`] → tokens, [`scan`] → structure, places and most refusals, [`parse`] →
//! jsonpath-rust's syntax tree of each atom, [`compile`] → types, regular expressions and exact numbers
//! → [`ir`], which [`eval`] runs on a document and [`explain`] puts into words.

mod dialect;
mod lex;
mod limits;
mod literal;
mod step;
pub(crate) mod tree;

mod parse;
mod scan;

mod compile;
mod functions;
pub(crate) mod ir;
mod iregexp;

pub(crate) mod eval;
mod explain;
pub(crate) mod propose;
mod text;

pub(crate) mod condition;
mod query;

pub mod outline;

pub use condition::Condition;
pub use query::Query;
pub(crate) use step::Step;

pub(crate) use propose::beside;

/// What a condition or query may use beyond the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Allows regular expressions that come out of the event, as RFC 9535 does. They are compiled, within
    /// the same limits, at every evaluation. Off for rules.
    pub dynamic_regex: bool,
}
