//! What the exit code says.

use std::process::{ExitCode, Termination};

/// The exit codes of every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, and nothing was found.
    Done,
    /// 1: done, and something was found: a line in error, a failed test, a lint, a broken invariant.
    Found,
    /// 2: not done: wrong usage, an unreadable file, refused rules.
    Refused,
    /// 3: not done: the bus did not answer, or answered with an error.
    Remote,
    /// 130: ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The code of an error that ended a verb: [`Exit::Remote`] where a bus is to blame, else [`Exit::Refused`].
    pub fn of(error: &anyhow::Error) -> Self {
        let remote =
            error.chain().any(|cause| cause.is::<reqwest::Error>() || cause.is::<RemoteError>());
        if remote { Self::Remote } else { Self::Refused }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Refused => 2,
            Self::Remote => 3,
            Self::Interrupted => 130,
        })
    }
}

/// A running bus answered with an error, or not at all.
#[derive(Debug)]
pub struct RemoteError(pub String);

impl std::fmt::Display for RemoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RemoteError {}
