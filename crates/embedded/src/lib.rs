//! The bus on one machine: a durable store, queues, the listener and the tasks between them.
//!
//! | module | what it is |
//! |---|---|
//! | [`store`] | the one writer of a data folder: ledger, delivery items, rule sets |
//! | [`queues`] | durable queues with the semantics of SQS, in the same store |
//! | [`reader`] | what happened, for people: reads a folder beside its writer, or without one |

pub mod store;
pub mod queues;
pub mod reader;
