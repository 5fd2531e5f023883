//! Why a delivery is not done.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an attempt failed or a delivery is parked; never a payload, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// For machines: `Http503`, `Timeout`, `Expired`, `TargetRemoved`, an AWS error code.
    pub code: String,
    /// For people: one sentence, lower case, without a full stop.
    pub message: String,
}

impl Cause {
    /// A cause with this code and this sentence.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
