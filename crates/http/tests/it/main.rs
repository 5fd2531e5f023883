//! HTTP targets against receivers that behave, misbehave and attack.

mod names;
mod receiver;
mod signing;
mod stalling;
mod statuses;
