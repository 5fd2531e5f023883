//! The store, its queues and its reader, from outside.

mod support;

mod accept;
mod contract;
mod crash;
mod dev;
mod full_disk;
mod queues_fifo;
mod queues_model;
mod queues_standard;
mod reader;
mod retention;
mod store;
mod subscription;
