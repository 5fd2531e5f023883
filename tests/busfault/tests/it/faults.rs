//! The bus on LocalStack behind the proxy, in this process: what fails, and what comes of it.

mod batches;
mod denied;
mod loops;
mod lost_answers;
mod poison;
mod sizes;
mod statuses;
mod storm;
mod table;

use anyhow::{Result, ensure};
use eventyard_busfault::{Got, work};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Ten events `e0` to `e9`, each in a message of its own.
pub fn ten() -> Vec<Value> {
    (0..10).map(|n| work::event(&format!("e{n}"), "Thing")).collect()
}

/// Their ids, without some.
pub fn ten_without(missing: &[&str]) -> BTreeSet<String> {
    (0..10).map(|n| format!("e{n}")).filter(|id| !missing.contains(&id.as_str())).collect()
}

/// The ids of the events that came.
///
/// # Errors
/// One came twice.
pub fn each_once(got: &[Got]) -> Result<BTreeSet<String>> {
    let counts = counts(got.iter().map(Got::event));
    ensure!(counts.values().all(|count| *count == 1), "some came more than once: {counts:?}");
    Ok(counts.into_keys().collect())
}

/// How often each text is there.
pub fn counts(texts: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}
