//! What a look at one thing came to.

use serde::Serialize;

use super::trouble::Trouble;

/// What a look at one thing came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it is as it should be.
    pub standing: Standing,
    /// What was looked for: `target`, `visibility`, `recursion`, …
    pub check: &'static str,
    /// At what: the name of a resource, or of what the rules call it.
    pub about: String,
    /// What was seen, where it is not as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Standing {
    /// It is.
    Ok,
    /// It is not: events will be late, twice, parked or lost.
    Problem,
    /// It cannot be seen from here.
    Unknown,
}

impl Finding {
    pub(super) fn ok(check: &'static str, about: impl Into<String>) -> Self {
        let (standing, about) = (Standing::Ok, about.into());
        Self { standing, check, about, reason: None, help: None }
    }

    pub(super) fn problem(
        check: &'static str,
        about: impl Into<String>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (reason, help) = (Some(reason.into()), Some(help.into()));
        Self { standing: Standing::Problem, reason, help, ..Self::ok(check, about) }
    }

    pub(super) fn unknown(
        check: &'static str,
        about: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let reason = Some(reason.into());
        Self { standing: Standing::Unknown, reason, ..Self::ok(check, about) }
    }

    /// A problem unless `holds`.
    pub(super) fn that(
        check: &'static str,
        about: impl Into<String>,
        holds: bool,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        match holds {
            true => Self::ok(check, about),
            false => Self::problem(check, about, reason, help),
        }
    }

    /// What a call that failed says of the thing: that it is not there, or nothing.
    pub(super) fn of_trouble(
        check: &'static str,
        about: impl Into<String>,
        trouble: Trouble,
        help: impl Into<String>,
    ) -> Self {
        match trouble {
            Trouble::Missing(reason) => Self::problem(check, about, reason, help),
            Trouble::Untold(reason) => Self::unknown(check, about, reason),
        }
    }
}
