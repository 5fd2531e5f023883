//! The bus on LocalStack: deployed by CloudFormation with the test's own rules, driven by AWS's own clients, and
//! judged from outside.
//!
//! ```text
//! functions ── built once ──▶ Deployment ── aws cloudformation ──▶ Stack ── Yard::here() ──▶ Yard: clients of one test
//!                                                                              judge: log and items against queues
//! ```
//!
//! All tests of one process share one stack ([`Stack::shared`]); each has a `source` of events and targets of its own.
//! Durations are those of [`Deployment::new`]: seconds instead of minutes, and no schedule; a test that waits for the
//! sweeper invokes it ([`Yard::sweep`]). Tests wait by asking again until a deadline, never for a time.

pub mod aws;
pub mod deployment;
pub mod functions;
pub mod judge;
pub mod poll;
pub mod queue;
pub mod receiver;
pub mod stack;
pub mod yard;

pub use deployment::Deployment;
pub use stack::Stack;
pub use yard::Yard;
