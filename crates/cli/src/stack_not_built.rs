//! In place of `stack`, where the command is built without the feature `aws`: it says so.

use anyhow::{Result, bail};
use eventyard_bus::view::Redrive;
use eventyard_bus::{AppendError, Appended, Expected, StreamName};
use eventyard_event::Event;

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

fn not_built<T>() -> Result<T> {
    bail!(
        "this command was built without AWS: `cargo install --path crates/cli --features aws` builds one \
         that reads a stack"
    )
}
