//! A CloudEvents 1.0 event, checked, with its document as it was sent.

mod builder;
mod check;
mod data;
mod delivered;
mod digest;
mod error;
mod serde;
mod text;
mod time;

use std::borrow::Cow;
use std::fmt;

pub use builder::{EventBuilder, Extension};
pub use data::Data;
pub(crate) use data::is_json;
pub use delivered::Travel;
pub(crate) use delivered::member as write_member;
pub use error::{EventError, EventErrorKind};

use crate::json::{self, Spanned, Value};
use crate::{Digest, Identity, Limits, Timestamp};
use check::Checked;
use text::Text;

/// The extension attribute that counts how often a bus has sent the event on.
pub(crate) const HOPS: &str = "eventyardhops";
/// The member that holds what only EventBridge events have: account, region, resources, version.
pub(crate) const EVENTBRIDGE: &str = "eventbridge";

/// An event that satisfies CloudEvents 1.0, with the JSON document it came as.
///
/// The document is kept byte for byte unless it held duplicate names: then it is written anew
/// with the settled values, numbers still as they were sent.
///
/// ```
/// use eventyard_event::{Event, Limits};
/// let sent = br#"{"specversion":"1.0","id":"1","source":"shop","type":"OrderPlaced","data":{"total":12.50}}"#;
/// let event = Event::from_document(sent, &Limits::default()).unwrap();
/// assert_eq!(event.event_type(), "OrderPlaced");
/// assert_eq!(event.document().as_bytes(), sent);
/// ```
#[derive(Clone)]
pub struct Event {
    document: Box<str>,
    checked: Checked,
    duplicates: u32,
    /// Whether a name in the document holds a dot.
    dotted: bool,
}

impl Event {
    /// Reads an event from its structured JSON form; also from the form [`Self::document`] stores.
    ///
    /// # Errors
    /// [`EventError`]: not JSON within the limits, or not CloudEvents 1.0
    /// (CloudEvents 1.0.2 §3, CloudEvents JSON format §2 and §3).
    pub fn from_document(text: &[u8], limits: &Limits) -> Result<Self, EventError> {
        Self::from_spanned(json::parse_spanned(text, limits)?)
    }

    /// The event of a document that was read already.
    pub(crate) fn from_spanned(spanned: Spanned<'_>) -> Result<Self, EventError> {
        let duplicates = spanned.document.duplicates;
        if duplicates > 0 {
            let settled = spanned.document.root.to_string();
            let again = json::parse_spanned(settled.as_bytes(), &Limits::checked())?;
            // Offsets would point into a text that the sender never saw.
            let checked = Checked::of(&again).map_err(EventError::without_offset)?;
            let dotted = again.dotted;
            return Ok(Self { document: settled.into(), checked, duplicates, dotted });
        }
        let checked = Checked::of(&spanned)?;
        let document = spanned.text.trim_end_matches([' ', '\n', '\r', '\t']);
        Ok(Self { document: document.into(), checked, duplicates, dotted: spanned.dotted })
    }

    /// The same event, some of whose duplicates were settled before its document was written.
    pub(crate) fn with_duplicates(mut self, duplicates: u32) -> Self {
        self.duplicates = self.duplicates.saturating_add(duplicates);
        self
    }

    /// Starts an event from its required attributes.
    pub fn builder(id: &str, source: &str, event_type: &str) -> EventBuilder {
        EventBuilder::new(id, source, event_type)
    }

    /// The stored form: the CloudEvents object that `$` is in a rule. An event that came from
    /// EventBridge carries its account, region, resources and version as the member
    /// `eventbridge`.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// [`Self::document`] on one line, for JSON lines: as sent unless it had line breaks.
    pub fn line(&self) -> Cow<'_, str> {
        if self.document.contains(['\n', '\r']) {
            return Cow::Owned(self.root().to_string());
        }
        Cow::Borrowed(&self.document)
    }

    /// The document as the matcher takes it.
    pub fn checked(&self) -> json::Checked<'_> {
        // INVARIANT (event-document): the document was read, and has no name twice.
        json::Checked::assume(&self.document, self.dotted)
    }

    /// The document as a tree, read anew from the text: a microsecond or two for 1 KB.
    pub fn root(&self) -> Value<'_> {
        // INVARIANT (event-document): the document was read once, under limits no wider than these.
        json::parse(self.document.as_bytes(), &Limits::checked())
            .map_or(Value::Null, |document| document.root)
    }

    /// The attribute `id`, unique per source.
    pub fn id(&self) -> &str {
        self.checked.id.of(&self.document)
    }

    /// The attribute `source`.
    pub fn source(&self) -> &str {
        self.checked.source.of(&self.document)
    }

    /// The attribute `type`.
    pub fn event_type(&self) -> &str {
        self.checked.event_type.of(&self.document)
    }

    /// The attribute `subject`.
    pub fn subject(&self) -> Option<&str> {
        self.text(&self.checked.subject)
    }

    /// The attribute `time` as written, RFC 3339.
    pub fn time(&self) -> Option<&str> {
        self.text(&self.checked.time)
    }

    /// The attribute `time` as an instant.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.time().and_then(time::rfc3339)
    }

    /// The attribute `datacontenttype`; JSON where absent.
    pub fn datacontenttype(&self) -> Option<&str> {
        self.text(&self.checked.datacontenttype)
    }

    /// The extension attribute `correlationid`.
    pub fn correlation(&self) -> Option<&str> {
        self.text(&self.checked.correlation)
    }

    /// The extension attribute `causationid`.
    pub fn causation(&self) -> Option<&str> {
        self.text(&self.checked.causation)
    }

    /// How many values of the document, as sent, lost to a later one of the same name.
    pub fn duplicates(&self) -> u32 {
        self.duplicates
    }

    /// Which event this is: the hash of source and id.
    pub fn identity(&self) -> Identity {
        self.checked.identity
    }

    /// What the event holds: the hash of type, subject, content type and data, by value.
    pub fn digest(&self) -> Digest {
        self.checked.digest
    }

    /// How often a bus has sent the event on: the extension attribute `eventyardhops`, else 0.
    pub fn hops(&self) -> u32 {
        self.checked.hops
    }

    /// The payload, as an HTTP target gets it.
    pub fn data(&self) -> Data<'_> {
        self.checked.data.read(&self.document, self.datacontenttype())
    }

    fn text<'e>(&'e self, text: &'e Option<Text>) -> Option<&'e str> {
        text.as_ref().map(|text| text.of(&self.document))
    }
}

/// Equal when the documents are, byte for byte.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Eq for Event {}

/// The attributes that say which event it is; never the payload.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id())
            .field("source", &self.source())
            .field("type", &self.event_type())
            .finish_non_exhaustive()
    }
}
