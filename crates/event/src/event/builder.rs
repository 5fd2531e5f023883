//! Builds the document of an event that did not come as one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::delivered::member;
use super::{EVENTBRIDGE, Event, EventError};
use crate::Limits;
use crate::json::{JsonError, Object, Value, parse};

/// The value of an extension attribute (CloudEvents 1.0.2 §2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// `true` or `false`
    Bool(bool),
    /// A 32-bit integer.
    Integer(i32),
    /// A text without control characters.
    Text(String),
}

impl From<bool> for Extension {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Extension {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Extension {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// An event in the making; [`Self::build`] checks it like any other.
///
/// ```
/// use eventyard_event::{Event, Limits};
/// let event = Event::builder("1", "shop", "OrderPlaced")
///     .subject("order-1")
///     .data_text("paid")
///     .datacontenttype("text/plain")
///     .build(&Limits::default())
///     .unwrap();
/// assert_eq!(event.subject(), Some("order-1"));
/// ```
#[derive(Debug, Clone)]
pub struct EventBuilder {
    document: String,
    data: Option<(&'static str, String)>,
    eventbridge: Option<String>,
}

impl EventBuilder {
    pub(super) fn new(id: &str, source: &str, event_type: &str) -> Self {
        let mut document = String::new();
        member(&mut document, "specversion", "\"1.0\"");
        Self { document, data: None, eventbridge: None }
            .text("id", id)
            .text("source", source)
            .text("type", event_type)
    }

    /// Sets `subject`.
    #[must_use]
    pub fn subject(self, subject: &str) -> Self {
        self.text("subject", subject)
    }

    /// Sets `time`, an RFC 3339 text.
    #[must_use]
    pub fn time(self, time: &str) -> Self {
        self.text("time", time)
    }

    /// Sets `datacontenttype`.
    #[must_use]
    pub fn datacontenttype(self, media_type: &str) -> Self {
        self.text("datacontenttype", media_type)
    }

    /// Sets `dataschema`.
    #[must_use]
    pub fn dataschema(self, uri: &str) -> Self {
        self.text("dataschema", uri)
    }

    /// Sets an extension attribute.
    #[must_use]
    pub fn extension(mut self, name: &str, value: impl Into<Extension>) -> Self {
        let value = match value.into() {
            Extension::Bool(value) => value.to_string(),
            Extension::Integer(value) => value.to_string(),
            Extension::Text(text) => return self.text(name, &text),
        };
        member(&mut self.document, name, &value);
        self
    }

    /// Sets the payload to a JSON value.
    #[must_use]
    pub fn data(mut self, value: &Value<'_>) -> Self {
        self.data = Some(("data", value.to_string()));
        self
    }

    /// Sets the payload to a JSON text, kept as it is written.
    ///
    /// # Errors
    /// [`JsonError`] when the text is not JSON within the limits; the builder is gone then.
    pub fn data_json(self, text: &[u8], limits: &Limits) -> Result<Self, JsonError> {
        let read = parse(text, limits)?;
        let text =
            std::str::from_utf8(text).unwrap_or("null").trim_matches([' ', '\n', '\r', '\t']);
        Ok(if read.duplicates > 0 { self.data(&read.root) } else { self.data_checked(text) })
    }

    /// Sets the payload to a JSON text that was read before.
    pub(crate) fn data_checked(mut self, text: &str) -> Self {
        self.data = Some(("data", text.to_owned()));
        self
    }

    /// Sets the payload to a text; say what it is with [`Self::datacontenttype`].
    #[must_use]
    pub fn data_text(self, text: &str) -> Self {
        self.data(&Value::from(text))
    }

    /// Sets the payload to bytes.
    #[must_use]
    pub fn data_binary(mut self, bytes: &[u8]) -> Self {
        self.data = Some(("data_base64", format!("\"{}\"", STANDARD.encode(bytes))));
        self
    }

    /// Sets the member `eventbridge`: what EventBridge events have beyond CloudEvents, such as
    /// `account`, `region`, `resources` and `version`.
    #[must_use]
    pub fn eventbridge(mut self, members: &Object<'_>) -> Self {
        self.eventbridge = (!members.is_empty()).then(|| members.to_string());
        self
    }

    /// Checks the event.
    ///
    /// # Errors
    /// [`EventError`] as of [`Event::from_document`], without offsets: nobody saw this document.
    pub fn build(self, limits: &Limits) -> Result<Event, EventError> {
        let mut document = self.document;
        for (name, value) in
            self.data.into_iter().chain(self.eventbridge.map(|its| (EVENTBRIDGE, its)))
        {
            member(&mut document, name, &value);
        }
        document.push('}');
        Event::from_document(document.as_bytes(), limits).map_err(EventError::without_offset)
    }

    fn text(mut self, name: &str, text: &str) -> Self {
        member(&mut self.document, name, &Value::from(text).to_string());
        self
    }
}
