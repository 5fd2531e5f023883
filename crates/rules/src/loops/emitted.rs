//! What surely is known of the event that comes back from a rule's target.

use eventyard_event::json::Value;

use super::maybe::{Partial, may_hold};
use crate::sources::Attribute;
use crate::transform::Shape;
use crate::{Rule, RuleSet, Source, Target, TargetKind};

/// An event as it comes back.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Emitted {
    /// The event that the rule took.
    Same,
    /// Another one, of which this is known.
    Known(Partial),
}

impl Emitted {
    /// Every event that may come back by `target`; none when nothing that decodes does.
    pub(super) fn by(rules: &RuleSet, rule: &Rule, target: &Target) -> Vec<Self> {
        let Some(transform) = &rule.transform else { return vec![Self::Same] };
        if matches!(target.kind, TargetKind::EventBridge { .. }) {
            return vec![of_eventbridge(transform.shape())];
        }
        match transform.shape() {
            Shape::Query(query) if query.text() == "$" => vec![Self::Same],
            Shape::Map(members) => of_map(rules, members),
            // A text or a number is no event and no raw object; a source may take it all the same.
            Shape::Literal(_) | Shape::Text(_) => from_sources(rules, &Partial::default()),
            Shape::Query(_) | Shape::List(_) => vec![Self::Known(Partial::default())],
        }
    }
}

/// The transform is the detail; source and type stay those of an event that the rule took.
fn of_eventbridge(shape: &Shape) -> Emitted {
    let data = ("data".to_owned(), literal(shape));
    Emitted::Known(Partial { members: vec![data], closed: false })
}

/// A JSON object: by its members an event of its own, EventBridge's, or raw JSON.
fn of_map(rules: &RuleSet, shapes: &[(String, Shape)]) -> Vec<Emitted> {
    let members = shapes.iter().map(|(name, shape)| (name.clone(), literal(shape)));
    let raw = Partial { members: members.collect(), closed: true };
    if raw.has("specversion") {
        return vec![Emitted::Known(Partial { closed: false, ..raw })];
    }
    if raw.has("detail-type") {
        let renamed = [("type", "detail-type"), ("source", "source"), ("data", "detail")];
        let renamed = renamed.map(|(ours, theirs)| (ours.to_owned(), raw.value(theirs).cloned()));
        return vec![Emitted::Known(Partial { members: renamed.into(), closed: false })];
    }
    if ["Records", "Message", "records"].into_iter().any(|name| raw.has(name)) {
        // An envelope of AWS's: what is inside may be anything.
        return vec![Emitted::Known(Partial::default())];
    }
    from_sources(rules, &raw)
}

/// The events that sources may make of raw JSON.
fn from_sources(rules: &RuleSet, raw: &Partial) -> Vec<Emitted> {
    let may_take = |source: &&Source| source.when.as_ref().is_none_or(|when| may_hold(when, raw));
    rules.sources.iter().filter(may_take).map(|source| mapped(source, raw)).collect()
}

fn mapped(source: &Source, raw: &Partial) -> Emitted {
    let attributes = [("type", &source.event.event_type), ("source", &source.event.source)];
    let members = attributes.map(|(name, from)| (name.to_owned(), attribute(from, raw)));
    Emitted::Known(Partial { members: members.into(), closed: false })
}

/// The attribute's text, if the mapping says it, or takes it from a member that is known.
fn attribute(from: &Attribute, raw: &Partial) -> Option<Value<'static>> {
    if let Some(fixed) = from.fixed() {
        return Some(Value::from(fixed.to_owned()));
    }
    let member = from.path()?.strip_prefix("$.")?;
    raw.value(member).filter(|value| value.as_str().is_some()).cloned()
}

/// The value of a shape in which no path stands.
fn literal(shape: &Shape) -> Option<Value<'static>> {
    Some(match shape {
        Shape::Literal(value) => value.clone(),
        Shape::Query(_) | Shape::Text(_) => return None,
        Shape::List(items) => Value::Array(items.iter().map(literal).collect::<Option<Vec<_>>>()?),
        Shape::Map(members) => {
            let members = members.iter();
            let members = members.map(|(name, shape)| Some((name.clone().into(), literal(shape)?)));
            Value::Object(members.collect::<Option<Vec<_>>>()?.into_iter().collect())
        }
    })
}
