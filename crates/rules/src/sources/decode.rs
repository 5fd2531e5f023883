//! The bytes of a message as events, with the help of the rules' sources.

use eventyard_event::decode::{self, Decoded, Raw, Received};
use eventyard_event::json::Value;
use eventyard_event::{Event, EventBuilder, Limits};

use super::mapping::{Attribute, EventMapping};
use super::{Problem, Refusal, Source};
use crate::RuleSet;
use crate::template::value_text;

impl RuleSet {
    /// The events of one message: known shapes by themselves, other JSON through `sources:`.
    ///
    /// A batch or a wrapped notification gives several results, each on its own: one bad event
    /// does not refuse the others.
    ///
    /// # Errors
    /// In the place of each event that could not be made, the [`Refusal`] it is parked with.
    #[must_use]
    pub fn decode(&self, received: &Received<'_>, limits: &Limits) -> Vec<Result<Event, Refusal>> {
        let decoded = decode::decode(received, limits);
        decoded.into_iter().map(|one| self.map_one(one?, limits)).collect()
    }

    fn map_one(&self, decoded: Decoded<'_>, limits: &Limits) -> Result<Event, Refusal> {
        let raw = match decoded {
            Decoded::Event(event) => return Ok(event),
            Decoded::Raw(raw) => raw,
        };
        let source = self.sources.iter().find(|source| source.takes(&raw.document.root));
        let unmapped = Refusal::Unmapped { has_sources: !self.sources.is_empty() };
        Ok(source.ok_or(unmapped)?.map(&raw, limits)?.with_hops(raw.hops))
    }
}

impl Source {
    /// Makes the event of a raw document.
    fn map(&self, raw: &Raw<'_>, limits: &Limits) -> Result<Event, Refusal> {
        let root = &raw.document.root;
        let EventMapping { id, source, event_type, .. } = &self.event;
        let mapped = id.as_ref().map(|id| self.id(id, root)).transpose()?.flatten();
        let message_id = || raw.message_id.as_deref().map(str::to_owned);
        let id = mapped.or_else(message_id).ok_or_else(|| self.no_id())?;
        let source = self.required("source", source, root)?;
        let event_type = self.required("type", event_type, root)?;
        let builder = Event::builder(&id, &source, &event_type);
        let builder = self.optional(builder, root)?;
        self.with_data(builder, raw, limits)?.build(limits).map_err(|error| self.refused(error))
    }

    fn optional(
        &self,
        mut builder: EventBuilder,
        root: &Value<'_>,
    ) -> Result<EventBuilder, Refusal> {
        let EventMapping { time, subject, dataschema, extensions, .. } = &self.event;
        if let Some(time) = self.text("time", time.as_ref(), root)? {
            builder = builder.time(&time);
        }
        if let Some(subject) = self.text("subject", subject.as_ref(), root)? {
            builder = builder.subject(&subject);
        }
        if let Some(dataschema) = self.text("dataschema", dataschema.as_ref(), root)? {
            builder = builder.dataschema(&dataschema);
        }
        for (name, attribute) in extensions {
            if let Some(text) = self.text(name, Some(attribute), root)? {
                builder = builder.extension(name, text.as_str());
            }
        }
        Ok(builder)
    }

    fn with_data(
        &self,
        builder: EventBuilder,
        raw: &Raw<'_>,
        limits: &Limits,
    ) -> Result<EventBuilder, Refusal> {
        let rendered = self.event.data.as_ref().map(|data| data.render(&raw.document.root));
        let text = rendered.as_deref().unwrap_or(&raw.text);
        builder.data_json(text.as_bytes(), limits).map_err(|error| self.refused(error.into()))
    }

    /// The id: a text, or the digits of a number.
    fn id(&self, attribute: &Attribute, root: &Value<'_>) -> Result<Option<String>, Refusal> {
        if let Attribute::Query(query) = attribute
            && let Some(number @ Value::Number(_)) = query.first(root)
        {
            return Ok(Some(value_text(number).into_owned()));
        }
        self.text("id", Some(attribute), root)
    }

    fn required(
        &self,
        name: &str,
        attribute: &Attribute,
        root: &Value<'_>,
    ) -> Result<String, Refusal> {
        let missing = || {
            let path = attribute.path().unwrap_or_default().to_owned();
            self.problem(name, Problem::Missing { path })
        };
        self.text(name, Some(attribute), root)?.ok_or_else(missing)
    }

    /// The attribute's text; none where its path selects nothing or null.
    fn text(
        &self,
        name: &str,
        attribute: Option<&Attribute>,
        root: &Value<'_>,
    ) -> Result<Option<String>, Refusal> {
        let query = match attribute {
            None => return Ok(None),
            Some(Attribute::Text(template)) => return Ok(Some(template.render(root))),
            Some(Attribute::Query(query)) => query,
        };
        match query.first(root) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.to_string())),
            Some(other) => {
                let (path, found) = (query.text().to_owned(), other.kind_name());
                Err(self.problem(name, Problem::WrongType { path, found }))
            }
        }
    }

    fn problem(&self, attribute: &str, problem: Problem) -> Refusal {
        let attribute = attribute.to_owned();
        Refusal::Attribute { source_name: self.name.clone(), attribute, problem }
    }

    fn no_id(&self) -> Refusal {
        self.problem("id", Problem::NoId)
    }

    fn refused(&self, error: eventyard_event::EventError) -> Refusal {
        Refusal::Event { source_name: self.name.clone(), error }
    }
}
