//! Why a message became no event.

use eventyard_event::EventError;
use eventyard_event::decode::DecodeError;

/// Why a message became no event; it is parked with its bytes and this reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not what any known shape allows.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It is JSON of its own shape, and no source maps it.
    #[error("raw JSON that no source maps")]
    Unmapped {
        /// Whether there are sources at all.
        has_sources: bool,
    },
    /// A source maps it, and one attribute cannot be made.
    #[error("source `{source_name}`: `{attribute}` {problem}")]
    Attribute {
        /// The source's name.
        source_name: String,
        /// The attribute's name.
        attribute: String,
        /// What is wrong.
        problem: Problem,
    },
    /// A source maps it, and what comes out is no CloudEvents event.
    #[error("source `{source_name}`: {error}")]
    Event {
        /// The source's name.
        source_name: String,
        /// What is wrong with it.
        error: EventError,
    },
}

/// Why an attribute cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Its path selects nothing, or null.
    #[error("is missing: `{path}` selects nothing")]
    Missing {
        /// The path as the rules file has it.
        path: String,
    },
    /// Its path selects a value that cannot be a text.
    #[error("must be a string, and `{path}` is of type {found}")]
    WrongType {
        /// The path as the rules file has it.
        path: String,
        /// What is there instead, in the words of RFC 8259.
        found: &'static str,
    },
    /// Nothing says what it is: no mapping, and the transport gave no message id.
    #[error("is not mapped, and the transport gave no message id")]
    NoId,
}

impl Refusal {
    /// The stable code: the event crate's own, or `E0550` to `E0553`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Decode(error) => error.code(),
            Self::Unmapped { .. } => "E0550",
            Self::Attribute { problem: Problem::WrongType { .. }, .. } => "E0552",
            Self::Attribute { .. } => "E0551",
            Self::Event { .. } => "E0553",
        }
    }

    /// The way out, where one is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        Some(match self {
            Self::Decode(error) => return error.help(),
            Self::Unmapped { has_sources: false } => {
                "add an entry under `sources:` that says where its id, source and type stand"
            }
            Self::Unmapped { has_sources: true } => {
                "add an entry under `sources:` whose `when` holds for it"
            }
            Self::Attribute { problem: Problem::NoId, .. } => "map it: `id: $.…`",
            Self::Attribute { problem: Problem::Missing { .. }, .. } => {
                "narrow the source's `when`, or map the attribute from where the document has it"
            }
            Self::Attribute { .. } => "write a text around it, as in `\"sensor-<$.number>\"`",
            Self::Event { error, .. } => return error.help(),
        })
    }

    /// Bytes from the start of the message to what is wrong, where that is one place.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match self {
            Self::Decode(error) => error.offset,
            _ => None,
        }
    }
}
