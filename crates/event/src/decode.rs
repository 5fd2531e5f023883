//! Turns what arrives into events, by its content: whatever queue, topic or request it came by.
//!
//! Recognised are CloudEvents (structured and batched), EventBridge events, SNS notifications
//! (as SQS wraps them, and inside Lambda's own envelopes), S3 notifications, and the records that
//! Lambda leaves at an on-failure destination. Any other JSON is [`Decoded::Raw`], for the mapping
//! under `sources:` of the rules. What is none of these is refused with its reason.

mod binary;
mod error;
mod eventbridge;
mod lambda;
mod put_events;
mod s3;
mod shape;
mod sns;

use std::borrow::Cow;

pub use binary::binary;
pub use error::{DecodeError, DecodeErrorKind};
pub use put_events::{Origin, PutEventsEntry, put_events_entry};

use crate::json::{self, Document, JsonErrorKind, Spanned};
use crate::{Event, Limits};
use shape::Shape;

/// A body, and what its transport knows about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Received<'a> {
    /// The bytes as they came.
    pub body: &'a [u8],
    /// The transport's id of the message; the event's id where it has none of its own.
    pub message_id: Option<&'a str>,
    /// The hops that the transport carried beside the body, else 0.
    pub hops: u32,
}

impl<'a> Received<'a> {
    /// A body of which the transport knows nothing more.
    pub fn new(body: &'a [u8]) -> Self {
        Self { body, ..Self::default() }
    }
}

/// What one message, or one part of it, turned out to be.
#[derive(Debug, Clone)]
pub enum Decoded<'a> {
    /// An event.
    Event(Event),
    /// JSON of a shape of its own; `sources:` in the rules says how it becomes an event.
    Raw(Raw<'a>),
}

/// JSON of a shape of its own, with what is known about it.
#[derive(Debug, Clone)]
pub struct Raw<'a> {
    /// The JSON, read.
    pub document: Document<'a>,
    /// The JSON as it was sent.
    pub text: Cow<'a, str>,
    /// The transport's id: the innermost one where envelopes were opened.
    pub message_id: Option<Cow<'a, str>>,
    /// Hops that transport and envelopes carried.
    pub hops: u32,
}

/// Decodes one message: one result per event in it, in order.
///
/// An empty array, and it alone, holds no event. An event's hops are the larger of its own and
/// those its transport carried.
///
/// # Errors
/// Each result is on its own: [`DecodeError`] with the reason and, where there is one, the byte
/// offset in `body`. Nothing else is affected by it.
///
/// ```
/// use eventyard_event::Limits;
/// use eventyard_event::decode::{Decoded, Received, decode};
/// let body = br#"{"id":"7","detail-type":"OrderPlaced","source":"shop","detail":{"total":3}}"#;
/// let mut decoded = decode(&Received::new(body), &Limits::default());
/// assert!(matches!(decoded.remove(0), Ok(Decoded::Event(event)) if event.id() == "7"));
/// ```
pub fn decode<'a>(
    received: &Received<'a>,
    limits: &Limits,
) -> Vec<Result<Decoded<'a>, DecodeError>> {
    match read(received.body, limits) {
        Ok(spanned) => shape::open(spanned, Context::of(received), limits),
        Err(error) => vec![Err(error)],
    }
}

/// Reads the body of a message: an event, or an envelope that may be larger than what is in it.
fn read<'a>(body: &'a [u8], limits: &Limits) -> Result<Spanned<'a>, DecodeError> {
    let is_batch = body.trim_ascii_start().first() == Some(&b'[');
    if is_batch {
        let spanned = json::parse_spanned(body, &limits.for_batch())?;
        let held =
            Shape::of(&spanned.document.root) == Shape::Batch || body.len() <= limits.event_bytes;
        return if held { Ok(spanned) } else { Ok(json::parse_spanned(body, limits)?) };
    }
    match json::parse_spanned(body, limits) {
        // The strings of an envelope hold whole events: those have limits of their own.
        Err(error) if matches!(error.kind, JsonErrorKind::StringTooLong { .. }) => {
            let spanned = json::parse_spanned(body, &limits.for_envelope())?;
            let shape = Shape::of(&spanned.document.root);
            if shape.is_envelope() { Ok(spanned) } else { Err(error.into()) }
        }
        read => Ok(read?),
    }
}

/// What transport and opened envelopes say about what is inside.
#[derive(Debug, Clone)]
struct Context<'a> {
    message_id: Option<Cow<'a, str>>,
    hops: u32,
    /// Envelopes opened so far.
    opened: u32,
}

/// A Lambda destination record with an SQS batch of SNS notifications of S3 records is the
/// longest chain that AWS makes.
const ENVELOPES_MAX: u32 = 4;

impl<'a> Context<'a> {
    fn of(received: &Received<'a>) -> Self {
        let message_id = received.message_id.map(Cow::Borrowed);
        Self { message_id, hops: received.hops, opened: 0 }
    }

    /// The context inside one more envelope.
    fn inside(&self, message_id: Option<&str>, hops: u32) -> Context<'static> {
        let outer = || self.message_id.as_deref();
        Context {
            message_id: message_id.or_else(outer).map(|id| Cow::Owned(id.to_owned())),
            hops: self.hops.max(hops),
            opened: self.opened + 1,
        }
    }

    fn event(&self, event: Event) -> Decoded<'static> {
        let hops = event.hops().max(self.hops);
        Decoded::Event(event.with_hops(hops))
    }
}
