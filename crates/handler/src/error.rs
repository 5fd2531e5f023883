//! What a handler says when it did not succeed, and what is to become of its delivery.

use eventyard_bus::Cause;
use std::fmt;
use std::time::Duration;

/// Why a handler did not succeed, and what is to become of the delivery.
///
/// Every other error becomes one with `?`: it is tried again. The text goes into logs and causes, so
/// it holds no payload and no secret.
///
/// ```
/// use eventyard_handler::{Fate, HandlerError};
/// fn parse(text: &str) -> Result<u32, HandlerError> { Ok(text.parse::<u32>()?) }
/// assert_eq!(parse("x").unwrap_err().fate(), Fate::Retry { after: None });
/// assert_eq!(HandlerError::park("no such customer").fate(), Fate::Park);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HandlerError {
    fate: Fate,
    cause: Cause,
}

/// What is to become of a delivery whose handler failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes again: when its source sends it again, and not before this wait is over.
    Retry {
        /// The wait; none where the source decides.
        after: Option<Duration>,
    },
    /// It waits for a person, with its payload and the cause.
    Park,
    /// It is done with, and the cause is in the log.
    Drop,
}

impl HandlerError {
    /// The delivery is to come again.
    pub fn retry(message: impl Into<String>) -> Self {
        Self::new(Fate::Retry { after: None }, "Retry", message)
    }

    /// The delivery is to come again, not before this wait is over.
    pub fn retry_after(message: impl Into<String>, after: Duration) -> Self {
        Self::new(Fate::Retry { after: Some(after) }, "RetryAfter", message)
    }

    /// The delivery waits for a person: trying it again would not help.
    pub fn park(message: impl Into<String>) -> Self {
        Self::new(Fate::Park, "Refused", message)
    }

    /// The delivery is not wanted: it is done with, and the log says why.
    pub fn drop(message: impl Into<String>) -> Self {
        Self::new(Fate::Drop, "Dropped", message)
    }

    /// The same error under a code of the service's own, for alarms.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.cause.code = code.into();
        self
    }

    pub(crate) fn new(fate: Fate, code: &str, message: impl Into<String>) -> Self {
        Self { fate, cause: Cause::new(code, message) }
    }

    /// What is to become of the delivery.
    #[must_use]
    pub fn fate(&self) -> Fate {
        self.fate
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }
}

// Not an `Error` itself, so that every error can become one.
impl<E: std::error::Error> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::retry(error.to_string())
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.fate, self.cause)
    }
}
