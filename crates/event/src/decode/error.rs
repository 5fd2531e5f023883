//! Why something that arrived did not become an event.

use crate::json::JsonError;
use crate::{EventError, EventErrorKind};

/// Why something that arrived was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// Bytes from the start of the body to what is wrong, where that is one place of the body.
    pub offset: Option<usize>,
}

/// What is wrong with something that arrived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// It is not JSON within the limits, or not a CloudEvents 1.0 event.
    #[error(transparent)]
    Event(EventErrorKind),
    /// An envelope was opened, and what is in it was refused.
    #[error("in the {envelope}: {error}")]
    Inside {
        /// What was opened.
        envelope: &'static str,
        /// What was wrong inside; its offset counts from the start of what was inside.
        error: Box<DecodeError>,
    },
    /// A message by which SNS opens or ends a subscription.
    #[error("SNS message is a `{0}`, not an event")]
    SnsControl(String),
    /// An S3 record lacks a field from which its event is made.
    #[error("S3 record has no `{0}`")]
    S3Field(&'static str),
    /// A record among known ones is of no known kind.
    #[error("record is neither from SQS, SNS nor S3")]
    Record,
    /// Envelopes inside envelopes, beyond what AWS makes.
    #[error("more than {0} envelopes inside each other")]
    Envelopes(u32),
    /// A header of the HTTP binding cannot be an attribute.
    #[error("header `ce-{name}` {reason}")]
    Header {
        /// The attribute's name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// AWS: an argument of a PutEvents entry is missing or wrong.
    #[error("Parameter {parameter} is not valid. Reason: {reason}")]
    InvalidArgument {
        /// The argument's name.
        parameter: &'static str,
        /// AWS's sentence.
        reason: &'static str,
    },
    /// AWS: the detail of a PutEvents entry is not a JSON object.
    #[error("Detail is malformed.")]
    MalformedDetail,
    /// AWS: sources beginning with `aws.` are AWS's own.
    #[error("Not authorized for the source.")]
    NotAuthorizedForSource,
}

impl DecodeError {
    pub(super) const fn new(kind: DecodeErrorKind) -> Self {
        Self { kind, offset: None }
    }

    pub(super) fn inside(self, envelope: &'static str) -> Self {
        Self::new(DecodeErrorKind::Inside { envelope, error: Box::new(self) })
    }

    /// The error's stable code: `E05xx`, or AWS's own for entries of PutEvents.
    pub fn code(&self) -> &'static str {
        use DecodeErrorKind as K;
        match &self.kind {
            K::Event(kind) => kind.code(),
            K::Inside { error, .. } => error.code(),
            K::SnsControl(_) => "E0541",
            K::S3Field(_) => "E0542",
            K::Record => "E0543",
            K::Envelopes(_) => "E0544",
            K::Header { .. } => "E0545",
            K::InvalidArgument { .. } => "InvalidArgument",
            K::MalformedDetail => "MalformedDetail",
            K::NotAuthorizedForSource => "NotAuthorizedForSourceException",
        }
    }

    /// The way out, where one is known.
    pub fn help(&self) -> Option<&'static str> {
        use DecodeErrorKind as K;
        Some(match &self.kind {
            K::Event(kind) => return kind.help(),
            K::Inside { error, .. } => return error.help(),
            K::SnsControl(_) => "confirm subscriptions outside the bus; SQS and Lambda need none",
            K::Record => "send one event per message",
            K::Header { .. } => "see the HTTP binding of CloudEvents 1.0, section 3.1.3",
            K::MalformedDetail => "Detail is the text of one JSON object",
            K::NotAuthorizedForSource => "choose a source that does not begin with `aws.`",
            _ => return None,
        })
    }
}

impl From<EventError> for DecodeError {
    fn from(error: EventError) -> Self {
        Self { kind: DecodeErrorKind::Event(error.kind), offset: error.offset }
    }
}

impl From<JsonError> for DecodeError {
    fn from(error: JsonError) -> Self {
        EventError::from(error).into()
    }
}
