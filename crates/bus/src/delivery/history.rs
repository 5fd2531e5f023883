//! The attempts of a delivery, as many as are worth keeping.

use crate::Cause;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The last attempts that are kept beside the first.
const LAST_KEPT: usize = 10;

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Which attempt, from 1.
    pub n: u32,
    /// When it began.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The target has it.
    Delivered,
    /// It failed for a passing reason.
    Failed,
    /// The target denied us, or does not exist.
    Denied,
    /// The target will never take it.
    Refused,
}

/// Adds an attempt and forgets the second-oldest when there are more than the first and the last
/// ten.
pub(super) fn push(history: &mut Vec<Attempt>, attempt: Attempt) {
    history.push(attempt);
    if history.len() > LAST_KEPT + 1 {
        history.remove(1);
    }
}
