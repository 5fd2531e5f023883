#![forbid(unsafe_code)]
//! What the functions of the bus do with a batch: decode, bus, answer.
