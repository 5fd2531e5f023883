//! The bounds of one attempt at an HTTP target.

use crate::guard::Guard;
use std::time::Duration;

/// How long an attempt may take, how much of an answer is read, and where it may lead.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Time to resolve the name, connect and agree on TLS; 3 s by default.
    pub connect: Duration,
    /// Time from the first look-up to the status line of the answer; 15 s by default.
    pub total: Duration,
    /// Time to read what follows the status, so that the connection can be used again; 1 s by default.
    pub drain: Duration,
    /// How much of an answer's body is read, in bytes; 64 KiB by default. None of it is kept.
    pub response_bytes_max: usize,
    /// Which addresses may be called.
    pub guard: Guard,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            total: Duration::from_secs(15),
            drain: Duration::from_secs(1),
            response_bytes_max: 64 * 1024,
            guard: Guard::default(),
        }
    }
}
