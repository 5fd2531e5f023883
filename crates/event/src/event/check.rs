//! Holds a document to CloudEvents 1.0 and notes where its attributes are.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::data::Payload;
use super::digest::digest;
use super::error::{EventError, EventErrorKind as Kind};
use super::text::Text;
use super::{EVENTBRIDGE, HOPS, time};
use crate::json::{Number, Object, Spanned, Value};
use crate::{Digest, Identity};

/// What is known about a document that is an event.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub id: Text,
    pub source: Text,
    pub event_type: Text,
    pub subject: Option<Text>,
    pub time: Option<Text>,
    pub datacontenttype: Option<Text>,
    pub correlation: Option<Text>,
    pub causation: Option<Text>,
    pub data: Payload,
    pub hops: u32,
    pub identity: Identity,
    pub digest: Digest,
}

impl Checked {
    /// Checks a document without duplicates: its spans run parallel to its members.
    pub fn of(spanned: &Spanned<'_>) -> Result<Self, EventError> {
        let root = &spanned.document.root;
        let Value::Object(object) = root else {
            return Err(EventError::new(Kind::NotAnObject(root.kind_name()), None));
        };
        let mut found = Found::default();
        for ((name, value), span) in object.iter().zip(&spanned.spans) {
            let outcome = found.member(name, value, span);
            outcome.map_err(|kind| EventError::new(kind, Some(span.start)))?;
        }
        found.finish(object)
    }
}

/// The members met so far.
#[derive(Default)]
struct Found {
    specversion: bool,
    id: Option<Text>,
    source: Option<Text>,
    event_type: Option<Text>,
    subject: Option<Text>,
    time: Option<Text>,
    datacontenttype: Option<Text>,
    correlation: Option<Text>,
    causation: Option<Text>,
    data: Payload,
    hops: u32,
}

impl Found {
    fn member(&mut self, name: &str, value: &Value<'_>, span: &Range<usize>) -> Result<(), Kind> {
        let text = |may_be_empty| attribute(name, value, span, may_be_empty);
        match name {
            "specversion" => self.specversion = specversion(value)?,
            "id" => self.id = text(false)?,
            "source" => self.source = text(false)?,
            "type" => self.event_type = text(false)?,
            "subject" => self.subject = text(false)?,
            "dataschema" => drop(text(false)?),
            "datacontenttype" => self.datacontenttype = text(false)?,
            "time" => self.time = time_attribute(value, text(false)?)?,
            "data" => self.payload(Payload::Json(span.clone()), value)?,
            "data_base64" => self.payload(base64_payload(value, span)?, value)?,
            EVENTBRIDGE if matches!(value, Value::Object(_)) => {}
            HOPS => self.hops = hops(value)?,
            "correlationid" if value.as_str().is_some() => self.correlation = text(true)?,
            "causationid" if value.as_str().is_some() => self.causation = text(true)?,
            name => extension(name, value)?,
        }
        Ok(())
    }

    fn payload(&mut self, payload: Payload, value: &Value<'_>) -> Result<(), Kind> {
        // A null beside a payload is an attribute that is not set (JSON format §2.2).
        if self.data.is_set() && value.is_null() {
            return Ok(());
        }
        if self.data.is_set() && !self.data.is_null() {
            return Err(Kind::TwoPayloads);
        }
        self.data = if value.is_null() { Payload::null(payload) } else { payload };
        Ok(())
    }

    fn finish(self, object: &Object<'_>) -> Result<Checked, EventError> {
        let missing = |name| EventError::new(Kind::Missing(name), None);
        if !self.specversion {
            return Err(missing("specversion"));
        }
        let text = |name| object.get(name).and_then(Value::as_str).unwrap_or_default();
        Ok(Checked {
            id: self.id.ok_or_else(|| missing("id"))?,
            source: self.source.ok_or_else(|| missing("source"))?,
            event_type: self.event_type.ok_or_else(|| missing("type"))?,
            subject: self.subject,
            time: self.time,
            datacontenttype: self.datacontenttype,
            correlation: self.correlation,
            causation: self.causation,
            data: self.data,
            hops: self.hops,
            identity: Identity::new(text("source"), text("id")),
            digest: digest(object),
        })
    }
}

/// A string attribute; `None` where it is null, which means not set (JSON format §2.2).
fn attribute(
    name: &str,
    value: &Value<'_>,
    span: &Range<usize>,
    may_be_empty: bool,
) -> Result<Option<Text>, Kind> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        other => {
            let found = other.kind_name();
            return Err(Kind::NotAString { attribute: name.to_owned(), found });
        }
    };
    if text.is_empty() && !may_be_empty {
        return Err(Kind::Empty(name.to_owned()));
    }
    characters(name, text)?;
    Ok(Some(Text::new(text, span)))
}

/// CloudEvents 1.0.2 §2.4: no control characters, no noncharacters.
fn characters(name: &str, text: &str) -> Result<(), Kind> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Ok(());
    }
    let refused = |c: &char| {
        let code = u32::from(*c);
        c.is_control() || (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
    };
    match text.chars().find(refused) {
        Some(c) => Err(Kind::Character { attribute: name.to_owned(), character: u32::from(c) }),
        None => Ok(()),
    }
}

fn specversion(value: &Value<'_>) -> Result<bool, Kind> {
    match value {
        Value::Null => Ok(false),
        Value::String(version) if version == "1.0" => Ok(true),
        Value::String(version) => Err(Kind::SpecVersion(version.to_string())),
        other => {
            let attribute = "specversion".to_owned();
            Err(Kind::NotAString { attribute, found: other.kind_name() })
        }
    }
}

fn time_attribute(value: &Value<'_>, text: Option<Text>) -> Result<Option<Text>, Kind> {
    match value.as_str() {
        Some(time) if time::rfc3339(time).is_none() => Err(Kind::Time(time.to_owned())),
        _ => Ok(text),
    }
}

fn base64_payload(value: &Value<'_>, span: &Range<usize>) -> Result<Payload, Kind> {
    match value {
        Value::Null => Ok(Payload::Base64(span.clone())),
        Value::String(text) if STANDARD.decode(text.as_bytes()).is_ok() => {
            Ok(Payload::Base64(span.clone()))
        }
        Value::String(_) => Err(Kind::Base64),
        other => {
            let attribute = "data_base64".to_owned();
            Err(Kind::NotAString { attribute, found: other.kind_name() })
        }
    }
}

/// An integer, or the digits of one: the HTTP binding knows only text.
fn hops(value: &Value<'_>) -> Result<u32, Kind> {
    let count = match value {
        Value::Null => return Ok(0),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => Number::parse(text.as_ref()).and_then(|number| number.as_u64()),
        _ => None,
    };
    let count = count.and_then(|count| u32::try_from(count).ok());
    let count = count.filter(|count| i32::try_from(*count).is_ok());
    count.ok_or_else(|| Kind::Hops(value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}

fn extension(name: &str, value: &Value<'_>) -> Result<(), Kind> {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if name.is_empty() || !name.bytes().all(lower) {
        return Err(Kind::Name(name.to_owned()));
    }
    let found = match value {
        Value::Null | Value::Bool(_) => return Ok(()),
        Value::String(text) => return characters(name, text),
        // JSON format §2.2: only the integer component, with an optional minus sign.
        Value::Number(number) if number.as_str().parse::<i32>().is_ok() => return Ok(()),
        Value::Number(number) => format!("`{number}`"),
        other => other.kind_name().to_owned(),
    };
    Err(Kind::Extension { name: name.to_owned(), found })
}
