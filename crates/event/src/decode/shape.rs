//! Recognises what a document is, and hands it to whoever knows that shape.

use super::{Context, DecodeError, DecodeErrorKind, Decoded, ENVELOPES_MAX, Raw};
use super::{eventbridge, lambda, s3, sns};
use crate::json::{self, Spanned, Value};
use crate::{Event, Limits};

type Results<'a> = Vec<Result<Decoded<'a>, DecodeError>>;

/// The shapes that are known; the first that fits is it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    CloudEvent,
    EventBridge,
    Sns,
    SnsControl,
    S3Test,
    Records,
    LambdaDestination,
    Batch,
    Raw,
}

impl Shape {
    pub fn of(root: &Value<'_>) -> Self {
        if let Value::Array(elements) = root {
            let known =
                |element| matches!(Self::of_object(element), Self::CloudEvent | Self::EventBridge);
            let is_batch = elements.is_empty() || elements.iter().any(known);
            return if is_batch { Self::Batch } else { Self::Raw };
        }
        Self::of_object(root)
    }

    fn of_object(value: &Value<'_>) -> Self {
        let Value::Object(object) = value else { return Self::Raw };
        let text = |name| object.get(name).and_then(Value::as_str);
        if object.get("specversion").is_some() {
            return Self::CloudEvent;
        }
        if text("detail-type").is_some()
            && text("source").is_some()
            && object.get("detail").is_some()
        {
            return Self::EventBridge;
        }
        if text("TopicArn").is_some() && text("Message").is_some() {
            return match text("Type") {
                Some("Notification") => Self::Sns,
                Some("SubscriptionConfirmation" | "UnsubscribeConfirmation") => Self::SnsControl,
                _ => Self::Raw,
            };
        }
        if text("Event") == Some("s3:TestEvent") && text("Bucket").is_some() {
            return Self::S3Test;
        }
        let records = object.get("Records").and_then(Value::as_array).unwrap_or_default();
        if records.iter().any(lambda::is_known) {
            return Self::Records;
        }
        let is_object = |name| matches!(object.get(name), Some(Value::Object(_)));
        if is_object("requestContext") && is_object("requestPayload") {
            return Self::LambdaDestination;
        }
        Self::Raw
    }

    /// Whether events may be inside that have limits of their own.
    pub fn is_envelope(self) -> bool {
        matches!(self, Self::Sns | Self::Records | Self::LambdaDestination)
    }
}

/// The events of a document that was read.
pub(super) fn open<'a>(spanned: Spanned<'a>, context: Context<'a>, limits: &Limits) -> Results<'a> {
    let root = &spanned.document.root;
    match Shape::of(root) {
        Shape::CloudEvent => {
            let event = Event::from_spanned(spanned).map_err(DecodeError::from);
            vec![event.map(|event| context.event(event))]
        }
        Shape::EventBridge => vec![eventbridge::event(&spanned, &context, limits)],
        Shape::Sns => sns::notification(root, &context, limits),
        Shape::SnsControl => vec![Err(sns::refused(root))],
        Shape::S3Test => vec![s3::test(root, limits).map(|event| context.event(event))],
        Shape::Records => lambda::records(root, &context, limits),
        Shape::LambdaDestination => lambda::destination(root, &context, limits),
        Shape::Batch => batch(&spanned, &context, limits),
        Shape::Raw => {
            let Context { message_id, hops, .. } = context;
            let Spanned { text, document, .. } = spanned;
            vec![Ok(Decoded::Raw(Raw { document, text: text.into(), message_id, hops }))]
        }
    }
}

/// The elements of an array, each on its own and held to the limits of one event.
fn batch<'a>(spanned: &Spanned<'a>, context: &Context<'a>, limits: &Limits) -> Results<'a> {
    let text: &'a str = spanned.text;
    let mut out = Vec::with_capacity(spanned.spans.len());
    for span in &spanned.spans {
        let element = text.get(span.clone()).unwrap_or_default();
        match json::parse_spanned(element.as_bytes(), limits) {
            Err(error) => out.push(Err(DecodeError::from(error).within(span.start))),
            // An array inside the array is no batch: it has no events of ours.
            Ok(inner) if inner.document.root.as_array().is_some() => {
                let Context { message_id, hops, .. } = context.clone();
                let Spanned { text, document, .. } = inner;
                out.push(Ok(Decoded::Raw(Raw { document, text: text.into(), message_id, hops })));
            }
            Ok(inner) => out.extend(
                open(inner, context.clone(), limits)
                    .into_iter()
                    .map(|result| result.map_err(|error| error.within(span.start))),
            ),
        }
    }
    out
}

/// The events of a text that was inside an envelope of that name.
pub(super) fn inside(
    text: &str,
    envelope: &'static str,
    context: Context<'_>,
    limits: &Limits,
) -> Results<'static> {
    if context.opened > ENVELOPES_MAX {
        return vec![Err(DecodeError::new(DecodeErrorKind::Envelopes(ENVELOPES_MAX)))];
    }
    let results = match super::read(text.as_bytes(), limits) {
        Ok(spanned) => open(spanned, context, limits),
        Err(error) => vec![Err(error)],
    };
    let own = |result: Result<Decoded<'_>, DecodeError>| match result {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(error) => Err(error.inside(envelope)),
    };
    results.into_iter().map(own).collect()
}

impl Decoded<'_> {
    /// The same, owning all its text.
    pub fn into_owned(self) -> Decoded<'static> {
        match self {
            Self::Event(event) => Decoded::Event(event),
            Self::Raw(raw) => Decoded::Raw(Raw {
                document: json::Document {
                    root: raw.document.root.into_owned(),
                    duplicates: raw.document.duplicates,
                },
                text: raw.text.into_owned().into(),
                message_id: raw.message_id.map(|id| id.into_owned().into()),
                hops: raw.hops,
            }),
        }
    }
}

impl DecodeError {
    /// The same error of a part that starts at `start` of the body.
    fn within(self, start: usize) -> Self {
        match self.kind {
            DecodeErrorKind::Event(kind) => {
                crate::EventError { kind, offset: self.offset }.within(start).into()
            }
            kind => Self { kind, offset: self.offset.map(|offset| offset + start) },
        }
    }
}
