//! What the end-to-end tests and `cargo xtask crash|bench` share: the built command, a running bus, a receiver of webhooks.

pub mod bus;
pub mod command;
pub mod crash;
pub mod load;
pub mod receiver;
