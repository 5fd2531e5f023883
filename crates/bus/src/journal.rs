//! The [`Journal`](crate::Journal) over ordered keys and values, for stores where one process writes: every
//! decision, none of the disk.
//!
//! | key | value |
//! |---|---|
//! | `R` service, handler, delivery | the record: digest, attempts, state |
//! | `O` the same | the [`Outbox`](crate::ports::Outbox) |
//! | `P` the same | the [`ParkedWork`](crate::ports::ParkedWork) |
//! | `T` service, table, key | the [`Row`](crate::ports::Row) |
//!
//! An adapter gives [`Entries`] of one transaction to [`Book`], and commits when it answers.

mod book;
mod record;

pub use book::{Book, Entries, Take};
