//! Everything about rules that is seen from outside the crate.
mod bad_input;
mod carets;
mod good_input;
mod graph;
mod lint;
mod loops;
mod mutated;
mod plan;
mod rule_tests;
mod sources;
mod support;
mod transform;
mod url;
