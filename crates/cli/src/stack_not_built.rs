//! In place of `stack`, where the command is built without the feature `aws`: it says so.

use anyhow::{Result, bail};
use eventyard_bus::ReplayName;
use eventyard_bus::view::Redrive;
use eventyard_bus::{AppendError, Appended, Expected, StreamName};
use eventyard_event::Event;
use eventyard_history::replay::{DryRun, ReplayAsk, ReplayRecord};
use eventyard_history::subscription::{SubscriptionName, SubscriptionRecord, Turn};

use crate::command::doctor::Doctor;
use crate::exit::Exit;
use crate::place::StackPlace;
use crate::source::Question;

/// Says how to build what reads a stack.
///
/// # Errors
/// Always.
pub fn read(_: &StackPlace, _: Question, _: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    not_built()
}

/// As [`read`].
///
/// # Errors
/// Always.
pub async fn redrive(_: &StackPlace, _: &Redrive) -> Result<usize> {
    not_built()
}

/// As [`read`].
///
/// # Errors
/// Always.
pub async fn append(
    _: &StackPlace,
    _: &StreamName,
    _: Expected,
    _: &[Event],
) -> Result<std::result::Result<Appended, AppendError>> {
    not_built()
}

/// As [`read`].
///
/// # Errors
/// Always.
pub fn doctor(_: &Doctor) -> Result<Exit> {
    not_built()
}

/// As [`read`].
///
/// # Errors
/// Always.
pub async fn subscriptions(_: &StackPlace) -> Result<Vec<SubscriptionRecord>> {
    not_built()
}

/// As [`read`].
///
/// # Errors
/// Always.
pub async fn turn(_: &StackPlace, _: &SubscriptionName, _: Turn) -> Result<SubscriptionRecord> {
    not_built()
}

/// As [`read`].
pub struct StackReplays(std::convert::Infallible);

impl StackReplays {
    pub async fn of(_: &StackPlace) -> Result<Self> {
        not_built()
    }

    pub async fn start(&self, _: &ReplayAsk) -> Result<ReplayRecord> {
        match self.0 {}
    }

    pub async fn dry_run(&self, _: &ReplayAsk) -> Result<DryRun> {
        match self.0 {}
    }

    pub async fn list(&self) -> Result<Vec<ReplayRecord>> {
        match self.0 {}
    }

    pub async fn read(&self, _: &ReplayName) -> Result<ReplayRecord> {
        match self.0 {}
    }

    pub async fn pause(&self, _: &ReplayName) -> Result<ReplayRecord> {
        match self.0 {}
    }

    pub async fn resume(&self, _: &ReplayName) -> Result<ReplayRecord> {
        match self.0 {}
    }
}

fn not_built<T>() -> Result<T> {
    bail!(
        "this command was built without AWS: `cargo install --path crates/cli --features aws` builds one \
         that reads a stack"
    )
}
