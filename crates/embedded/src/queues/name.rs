//! The name of a queue.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of an embedded queue: 1 to 256 letters, digits, `-`, `_`, `.` and `/`.
///
/// Embedded queues stand in for topics, buses and streams too, so this is wider than what SQS
/// takes. A name that ends in `.fifo` is that of a FIFO queue (SQS, "FIFO queue names").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueName(String);

/// The text is no name of a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no queue name: it has 1 to 256 letters, digits, `-`, `_`, `.` and `/`")]
pub struct InvalidQueueName(pub String);

const NAME_BYTES_MAX: usize = 256;

impl QueueName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name says that the queue keeps order.
    pub fn is_fifo(&self) -> bool {
        self.0.ends_with(".fifo")
    }
}

impl FromStr for QueueName {
    type Err = InvalidQueueName;

    fn from_str(text: &str) -> Result<Self, InvalidQueueName> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        if (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(letter) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidQueueName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for QueueName {
    type Error = InvalidQueueName;

    fn try_from(text: String) -> Result<Self, InvalidQueueName> {
        text.parse()
    }
}

impl From<QueueName> for String {
    fn from(name: QueueName) -> Self {
        name.0
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
