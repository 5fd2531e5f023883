//! The whole bus on one machine, over real HTTP on a port of its own.

mod bus;
mod receiver;

mod aws_events;
mod aws_queues;
mod consume;
mod full_disk;
mod guard;
mod http_targets;
mod inputs;
mod lambda;
mod post_events;
mod read_routes;
mod reload;
mod restart;
mod streams;
mod watching;
