//! One file per verb: its arguments, and what it does.

pub mod audit;
pub mod check;
pub mod completions;
pub mod dev;
pub mod diff;
pub mod doctor;
pub mod events;
pub mod explain;
pub mod export;
pub mod graph;
pub mod iam;
pub mod import;
pub mod init;
pub mod lint;
pub mod r#match;
pub mod parked;
pub mod put;
pub mod queue;
pub mod redrive;
pub mod replay;
pub mod schema;
pub mod stream;
pub mod subscriptions;
pub mod tail;
pub mod test;
pub mod trace;

use anyhow::Result;

use crate::arguments::Verb;
use crate::exit::Exit;

/// Does what was asked.
///
/// # Errors
/// What kept the verb from its answer; findings are no errors, but an [`Exit`].
pub fn run(verb: Verb) -> Result<Exit> {
    match verb {
        Verb::Init(verb) => verb.run(),
        Verb::Dev(verb) => verb.run(),
        Verb::Check(verb) => verb.run(),
        Verb::Lint(verb) => verb.run(),
        Verb::Test(verb) => verb.run(),
        Verb::Match(verb) => verb.run(),
        Verb::Explain(verb) => verb.run(),
        Verb::Graph(verb) => verb.run(),
        Verb::Schema(verb) => verb.run(),
        Verb::Iam(verb) => verb.run(),
        Verb::Export(verb) => verb.run(),
        Verb::Put(verb) => verb.run(),
        Verb::Import(verb) => verb.run(),
        Verb::Tail(verb) => verb.run(),
        Verb::Diff(verb) => verb.run(),
        Verb::Events(verb) => verb.run(),
        Verb::Trace(verb) => verb.run(),
        Verb::Stream(verb) => verb.run(),
        Verb::Queue(verb) => verb.run(),
        Verb::Parked(verb) => verb.run(),
        Verb::Redrive(verb) => verb.run(),
        Verb::Replay(verb) => verb.run(),
        Verb::Subscriptions(verb) => verb.run(),
        Verb::Audit(verb) => verb.run(),
        Verb::Doctor(verb) => verb.run(),
        Verb::Completions(verb) => verb.run(),
    }
}
