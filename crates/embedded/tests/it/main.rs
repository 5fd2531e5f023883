//! The store, its queues and its reader, from outside.

mod support;

mod contract;
mod store;
mod accept;
mod crash;
mod full_disk;
mod queues_standard;
mod queues_fifo;
mod queues_model;
mod reader;
mod dev;
