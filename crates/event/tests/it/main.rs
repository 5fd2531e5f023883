//! What crates/event promises, as one test binary: vectors, AWS's samples, properties.

mod aws_samples;
mod binary;
mod decoding;
mod events;
mod ids;
mod json;
mod properties;
mod put_events;
mod vectors;
