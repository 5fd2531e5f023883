//! The crate from outside.

mod adapters;
mod coverage;
mod differences;
mod export;
mod golden;
mod least;
mod support;
mod template;
