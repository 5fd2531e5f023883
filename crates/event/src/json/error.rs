//! Why a text is not the JSON we take, and where.

use std::fmt;

/// Why a text was refused, and the byte at which it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// Bytes from the start of the text to the place where it is wrong.
    pub offset: usize,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is longer than one event may be.
    TooLarge {
        /// Bytes of the text.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The bytes are not UTF-8 (RFC 8259 §8.1).
    InvalidUtf8,
    /// Something else should stand here; `found` is `None` at the end of the text.
    Unexpected {
        /// What may stand here.
        expected: &'static str,
        /// What stands here.
        found: Option<char>,
    },
    /// `NaN` or `Infinity`, which JSON does not have (RFC 8259 §6).
    NotFinite,
    /// A number that starts with a zero it must not have, such as `01` (RFC 8259 §6).
    LeadingZero,
    /// A control character inside a string that is not escaped (RFC 8259 §7).
    ControlCharacter(u8),
    /// A backslash with something behind it that RFC 8259 §7 does not list.
    BadEscape,
    /// Half a UTF-16 surrogate pair (`\ud800` alone), which is no character.
    LoneSurrogate,
    /// Arrays and objects nested deeper than allowed.
    TooDeep {
        /// Levels allowed.
        limit: u32,
    },
    /// An object with more members than allowed.
    TooManyMembers {
        /// Members allowed.
        limit: usize,
    },
    /// A string or number longer than allowed.
    StringTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// A number with an exponent larger than allowed.
    ExponentTooLarge {
        /// Magnitude allowed.
        limit: u32,
    },
}

impl JsonError {
    pub(crate) const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// The error's stable code, such as `E0502`.
    pub fn code(&self) -> &'static str {
        use JsonErrorKind as K;
        match self.kind {
            K::TooDeep { .. } => "E0005",
            K::TooLarge { .. } => "E0501",
            K::Unexpected { .. } => "E0502",
            K::InvalidUtf8 => "E0503",
            K::ControlCharacter(_) => "E0504",
            K::LoneSurrogate => "E0505",
            K::BadEscape => "E0506",
            K::NotFinite | K::LeadingZero => "E0507",
            K::TooManyMembers { .. } => "E0508",
            K::StringTooLong { .. } => "E0509",
            K::ExponentTooLarge { .. } => "E0510",
        }
    }

    /// The way out, where one is known.
    pub fn help(&self) -> Option<&'static str> {
        use JsonErrorKind as K;
        Some(match self.kind {
            K::NotFinite => "send null or a string instead",
            K::LeadingZero => "write the number without leading zeros, or as a string",
            K::ControlCharacter(_) => "escape it, as in `\\n` or `\\u001b`",
            K::LoneSurrogate => "send both halves of the pair, or the character itself",
            K::InvalidUtf8 => "encode the text as UTF-8; send binary data as `data_base64`",
            K::TooLarge { .. } => "store the payload elsewhere and send a reference to it",
            _ => return None,
        })
    }
}

impl JsonErrorKind {
    /// Whether the text is JSON, or may be, and only more of it than is taken.
    pub(crate) fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::TooLarge { .. }
                | Self::TooDeep { .. }
                | Self::TooManyMembers { .. }
                | Self::StringTooLong { .. }
                | Self::ExponentTooLarge { .. }
        )
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let JsonErrorKind::TooLarge { bytes, limit } = self.kind {
            return write!(f, "event is {} bytes, limit {}", Grouped(bytes), Grouped(limit));
        }
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => write!(f, "{bytes} bytes, limit {limit}"),
            Self::InvalidUtf8 => f.write_str("invalid UTF-8"),
            Self::Unexpected { expected, found: None } => {
                write!(f, "expected {expected}, found the end of the text")
            }
            Self::Unexpected { expected, found: Some(found @ ('"' | '\'' | '\\')) } => {
                write!(f, "expected {expected}, found `{found}`")
            }
            Self::Unexpected { expected, found: Some(found) } => {
                write!(f, "expected {expected}, found `{}`", found.escape_debug())
            }
            Self::NotFinite => f.write_str("NaN and Infinity are not JSON"),
            Self::LeadingZero => f.write_str("number has a leading zero"),
            Self::ControlCharacter(byte) => {
                write!(f, "control character U+{byte:04X} in a string is not escaped")
            }
            Self::BadEscape => f.write_str("unknown escape in a string"),
            Self::LoneSurrogate => f.write_str("lone surrogate in a string"),
            Self::TooDeep { limit } => write!(f, "nesting deeper than {limit}"),
            Self::TooManyMembers { limit } => {
                write!(f, "object has more than {} members", Grouped(*limit))
            }
            Self::StringTooLong { limit } => {
                write!(f, "string or number longer than {} bytes", Grouped(*limit))
            }
            Self::ExponentTooLarge { limit } => {
                write!(f, "number has an exponent beyond {limit}")
            }
        }
    }
}

/// A count with thousands separated by commas, as in `1,048,576`.
struct Grouped(usize);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}
