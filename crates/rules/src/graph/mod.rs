//! The rule set as a picture: inputs and sources, rules, targets, and who sends to whom.
//!
//! [`mermaid`] is text for documents that render it, [`svg`] a picture of its own. The same rule
//! set gives the same bytes, so both can be kept under version control and compared.

mod mermaid;
mod model;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;
