//! The ports on AWS, against the services' stand-ins.

mod concurrency;
mod cost;
mod cut;
mod deaf;
mod large;
mod meter;
mod order;
mod store;
mod streams;
mod table;
mod targets;
