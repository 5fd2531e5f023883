//! The integration tests of the filters: one binary, one module per subject.

mod support;

mod cts;
mod differential;
mod errors;
mod generator;
mod pattern;
mod path_vectors;
mod bounds;
mod mutations;
mod path_explain;
