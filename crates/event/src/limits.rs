//! What an event may be at most; each limit has an error of its own.

/// Upper bounds on one event, checked while it is read.
///
/// They bound memory and recursion of everything downstream. The defaults are the bus's own.
///
/// ```
/// use eventyard_event::{Limits, json};
/// let limits = Limits { depth: 2, ..Limits::default() };
/// assert!(json::parse(b"[[1]]", &limits).is_ok());
/// assert_eq!(json::parse(b"[[[1]]]", &limits).unwrap_err().code(), "E0005");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event's document; default 1,048,576.
    pub event_bytes: usize,
    /// Arrays and objects inside each other; default 64. Values over 256 count as 256.
    pub depth: u32,
    /// Members of one object; default 10,000.
    pub members: usize,
    /// Bytes of one string after unescaping, or of one number as written; default 262,144.
    pub string_bytes: usize,
    /// Magnitude of a number's written exponent; default 999,999. Values over it count as it.
    pub exponent: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes: 1_048_576,
            depth: 64,
            members: 10_000,
            string_bytes: 262_144,
            exponent: 999_999,
        }
    }
}

impl Limits {
    /// Limits for text that was checked before, under whatever limits held then.
    pub(crate) const fn checked() -> Self {
        Self {
            event_bytes: usize::MAX,
            depth: 256,
            members: usize::MAX,
            string_bytes: usize::MAX,
            exponent: 999_999,
        }
    }

    /// The same limits for an envelope, whose strings may hold whole events.
    pub(crate) fn for_envelope(&self) -> Self {
        Self { string_bytes: self.event_bytes.max(self.string_bytes), ..self.clone() }
    }

    /// The same limits for a batch: its size is the transport's affair, its events' is ours.
    pub(crate) fn for_batch(&self) -> Self {
        Self { event_bytes: usize::MAX, ..self.clone() }
    }
}
