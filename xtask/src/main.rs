//! The eventyard command.
fn main() {}
