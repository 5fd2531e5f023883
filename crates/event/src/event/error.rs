//! Why a document is not a CloudEvents 1.0 event.

use crate::json::JsonError;

/// Why a document was refused as an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct EventError {
    /// What is wrong.
    pub kind: EventErrorKind,
    /// Bytes from the start of the document to what is wrong, where that is one place.
    pub offset: Option<usize>,
}

/// What is wrong with a document; `attribute` is the name of the member concerned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventErrorKind {
    /// The text is not JSON, or over a limit.
    #[error(transparent)]
    Json(JsonError),
    /// The document is some other JSON value.
    #[error("event is not a JSON object but {0}")]
    NotAnObject(&'static str),
    /// A required attribute is not there (CloudEvents 1.0.2 §3.1.1).
    #[error("attribute `{0}` is missing")]
    Missing(&'static str),
    /// An attribute that must be a string is something else.
    #[error("attribute `{attribute}` must be a string, got {found}")]
    NotAString {
        /// Its name.
        attribute: String,
        /// What it is instead.
        found: &'static str,
    },
    /// An attribute that must not be empty is.
    #[error("attribute `{0}` is empty")]
    Empty(String),
    /// The version of CloudEvents is not 1.0.
    #[error("specversion `{0}` is not supported, this bus reads `1.0`")]
    SpecVersion(String),
    /// An attribute name has characters other than `a`–`z` and `0`–`9` (CloudEvents 1.0.2 §3.1).
    #[error("attribute name `{0}` may only have lower-case letters and digits")]
    Name(String),
    /// A text holds a control character or a noncharacter (CloudEvents 1.0.2 §2.4, String).
    #[error("attribute `{attribute}` contains the character U+{character:04X}")]
    Character {
        /// Its name.
        attribute: String,
        /// The character's code point.
        character: u32,
    },
    /// An extension is neither a string, a boolean nor a 32-bit integer.
    #[error(
        "extension attribute `{name}` must be a string, boolean or 32-bit integer, got {found}"
    )]
    Extension {
        /// Its name.
        name: String,
        /// What it is instead.
        found: String,
    },
    /// The attribute `time` is not RFC 3339.
    #[error("time `{0}` is not an RFC 3339 time")]
    Time(String),
    /// Both `data` and `data_base64` are there (JSON format §3.1.1).
    #[error("event has both `data` and `data_base64`")]
    TwoPayloads,
    /// The text of `data_base64` is not base64 (RFC 4648 §4).
    #[error("data_base64 is not base64")]
    Base64,
    /// The attribute `eventyardhops` is not a count.
    #[error("eventyardhops must be a count from 0 to 2147483647, got `{0}`")]
    Hops(String),
}

impl EventError {
    pub(crate) const fn new(kind: EventErrorKind, offset: Option<usize>) -> Self {
        Self { kind, offset }
    }

    pub(super) fn without_offset(self) -> Self {
        Self { offset: None, ..self }
    }

    /// The same error of a document that starts at `start` of a larger text.
    pub(crate) fn within(mut self, start: usize) -> Self {
        self.offset = self.offset.map(|offset| offset + start);
        if let EventErrorKind::Json(json) = &mut self.kind {
            json.offset += start;
        }
        self
    }

    /// The error's stable code, such as `E0521`.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The way out, where one is known.
    pub fn help(&self) -> Option<&'static str> {
        self.kind.help()
    }
}

impl EventErrorKind {
    pub(crate) fn code(&self) -> &'static str {
        use EventErrorKind as K;
        match self {
            K::Json(error) => error.code(),
            K::NotAnObject(_) => "E0520",
            K::Missing(_) => "E0521",
            K::NotAString { .. } => "E0522",
            K::Empty(_) => "E0523",
            K::SpecVersion(_) => "E0524",
            K::Name(_) => "E0525",
            K::Character { .. } => "E0526",
            K::Extension { .. } => "E0527",
            K::Time(_) => "E0528",
            K::TwoPayloads => "E0529",
            K::Base64 => "E0530",
            K::Hops(_) => "E0531",
        }
    }

    pub(crate) fn help(&self) -> Option<&'static str> {
        use EventErrorKind as K;
        Some(match self {
            K::Json(error) => return error.help(),
            K::NotAnObject(_) => "send one CloudEvents object, or an array of them",
            K::Missing("id") => "give every event an id that is unique for its source",
            K::Missing(_) => "CloudEvents needs specversion, id, source and type",
            K::SpecVersion(_) => "send CloudEvents 1.0: `\"specversion\": \"1.0\"`",
            K::Name(_) => "move it into `data`, or rename it, as in `traceparent`",
            K::Extension { .. } => "move it into `data`: an extension has one simple value",
            K::Time(_) => "write it as in `2026-11-24T05:33:16Z`",
            K::TwoPayloads => "send JSON and text as `data`, bytes as `data_base64`",
            K::Base64 => "use the standard alphabet with padding (RFC 4648 §4)",
            _ => return None,
        })
    }
}

impl From<JsonError> for EventError {
    fn from(error: JsonError) -> Self {
        Self::new(EventErrorKind::Json(error.clone()), Some(error.offset))
    }
}
