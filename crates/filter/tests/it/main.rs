//! The integration tests of the filters: one binary, one module per subject.

mod support;

mod bounds;
mod cts;
mod differential;
mod errors;
mod generator;
mod matcher;
mod mutations;
mod near_miss;
mod path_explain;
mod path_vectors;
mod pattern;
