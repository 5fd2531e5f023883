//! Names of streams.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a stream: 1 to 512 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

/// A text that is no name of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stream's name has 1 to 512 bytes and no control characters")]
pub struct InvalidStreamName;

/// The longest name of a stream, in bytes.
const NAME_BYTES_MAX: usize = 512;

impl StreamName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The input that events of this stream came by, as people see it.
    #[must_use]
    pub fn via(&self) -> String {
        format!("stream:{self}")
    }

    /// The group that keeps the order of the stream.
    #[must_use]
    pub fn order(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl FromStr for StreamName {
    type Err = InvalidStreamName;

    fn from_str(text: &str) -> Result<Self, InvalidStreamName> {
        let fits = (1..=NAME_BYTES_MAX).contains(&text.len());
        let is_name = fits && !text.chars().any(char::is_control);
        is_name.then(|| Self(text.into())).ok_or(InvalidStreamName)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
