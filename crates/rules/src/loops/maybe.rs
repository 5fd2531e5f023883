//! Filters over documents of which only some members are known.

use eventyard_event::json::{Object, Value};
use eventyard_filter::outline::{Atom, Outline};
use eventyard_filter::{Condition, Filter};

/// What is known about a document: the value of a member, or only that it is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Partial {
    /// `None` where a member is there and its value depends on the event.
    pub(super) members: Vec<(String, Option<Value<'static>>)>,
    /// Whether no other member is there.
    pub(super) closed: bool,
}

impl Partial {
    /// The value of a member, if it is known.
    pub(super) fn value(&self, name: &str) -> Option<&Value<'static>> {
        self.members.iter().find(|(own, _)| own == name).and_then(|(_, value)| value.as_ref())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(own, _)| own == name)
    }

    /// Whether it is certain what stands at this member, be it nothing.
    fn is_certain(&self, name: &str) -> bool {
        self.value(name).is_some() || (self.closed && !self.has(name))
    }

    /// The members whose values are known, as a document.
    pub(super) fn document(&self) -> Value<'static> {
        let known = self.members.iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| (name.clone().into(), value.clone()))
        });
        Value::Object(known.collect::<Object<'static>>())
    }
}

/// `false` only when the filter surely refuses every such document.
pub(super) fn may_take(filter: &Filter, partial: &Partial) -> bool {
    let known: Vec<(&str, &Value<'_>)> = partial
        .members
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (name.as_str(), value)))
        .collect();
    filter.pattern.as_ref().is_none_or(|pattern| pattern.may_match(&known))
        && filter.when.as_ref().is_none_or(|when| may_hold(when, partial))
}

/// `false` only when the condition surely fails for every such document.
pub(super) fn may_hold(when: &Condition, partial: &Partial) -> bool {
    truth(&when.outline(), when.text(), partial) != Some(false)
}

/// Kleene's three values: `None` is "depends on what is not known".
fn truth(outline: &Outline, text: &str, partial: &Partial) -> Option<bool> {
    let all = |parts: &[Outline], end: bool| {
        let mut truths = parts.iter().map(|part| truth(part, text, partial));
        truths.try_fold(Some(!end), |so_far, one| match one {
            Some(one) if one == end => Err(()),
            Some(_) => Ok(so_far),
            None => Ok(None),
        })
    };
    match outline {
        Outline::Not(inner) => truth(inner, text, partial).map(|holds| !holds),
        Outline::And(parts) => all(parts, false).unwrap_or(Some(false)),
        Outline::Or(parts) => all(parts, true).unwrap_or(Some(true)),
        Outline::Atom(atom) => atom_truth(atom, text, partial),
    }
}

/// The evaluator's own answer, where every path of the clause begins at a member that is certain.
fn atom_truth(atom: &Atom, text: &str, partial: &Partial) -> Option<bool> {
    let certain = atom.paths.iter().all(|path| {
        let root = path.singular && path.steps.is_empty();
        root || path.first_name.as_ref().is_some_and(|name| partial.is_certain(name))
    });
    // `$` itself is there, and only its existence may be asked for: its value is not known.
    let compares_root = atom.paths.iter().any(|path| path.steps.is_empty() && path.singular)
        && !matches!(atom.kind, eventyard_filter::outline::AtomKind::Exists(_));
    if !certain || compares_root {
        return None;
    }
    let clause = text.get(atom.span.clone())?;
    Some(Condition::parse(clause).ok()?.matches(&partial.document()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(when: &str, expected: Option<bool>, closed: bool) {
        let members =
            vec![("type".to_owned(), Some(Value::from("Paid"))), ("data".to_owned(), None)];
        let when = Condition::parse(when).unwrap();
        let partial = Partial { members, closed };
        assert_eq!(truth(&when.outline(), when.text(), &partial), expected, "{}", when.text());
    }

    #[test]
    fn clauses_over_known_members_are_decided_and_others_are_not() {
        check("$.type == 'Paid'", Some(true), false);
        check("$.type == 'Placed'", Some(false), false);
        check("$.data.total > 3", None, false);
        check("$.source == 'shop'", None, false);
        check("$.source == 'shop'", Some(false), true);
        check("!$.source", Some(true), true);
        check("$.data", None, true);
        check("$", Some(true), false);
        check("$[?@ == 'Paid']", None, false);
        check("$ == 3", None, false);
    }

    #[test]
    fn what_is_not_known_does_not_hide_what_is() {
        check("$.type == 'Placed' && $.data.total > 3", Some(false), false);
        check("$.type == 'Paid' && $.data.total > 3", None, false);
        check("$.type == 'Paid' || $.data.total > 3", Some(true), false);
        check("$.type == 'Placed' || $.data.total > 3", None, false);
        check("!($.type == 'Placed' && $.data.total > 3)", Some(true), false);
    }
}
