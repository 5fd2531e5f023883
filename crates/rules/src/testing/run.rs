//! Runs the cases of a file against a rule set.

use std::collections::BTreeSet;

use eventyard_event::decode::Received;
use eventyard_event::json::{self, Value};
use eventyard_event::{Data, Event, Limits};

use super::diff::diff;
use super::{Case, CaseResult, Expected, Failure, TestFile};
use crate::suggest::nearest;
use crate::{Plan, Planned, Refusal, RuleSet, TargetKind};

/// Runs every case of the file, in its order; none depends on another.
#[must_use]
pub fn run(rules: &RuleSet, file: &TestFile) -> Vec<CaseResult> {
    let result = |case: &Case| CaseResult {
        file: file.name.clone(),
        name: case.name.clone(),
        place: case.place.clone(),
        failures: Running::new(rules, case).check(case),
    };
    file.cases.iter().map(result).collect()
}

/// A case with what became of its message.
struct Running<'r> {
    rules: &'r RuleSet,
    /// More than one where the message is a batch.
    events: Vec<(Event, Plan)>,
    refusals: Vec<Refusal>,
}

impl<'r> Running<'r> {
    fn new(rules: &'r RuleSet, case: &Case) -> Self {
        let received =
            Received { message_id: Some("test"), ..Received::new(case.message.as_bytes()) };
        let (mut events, mut refusals) = (Vec::new(), Vec::new());
        for decoded in rules.decode(&received, &Limits::default()) {
            match decoded {
                Ok(event) => {
                    let plan = rules.plan(&event);
                    events.push((event, plan));
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        Self { rules, events, refusals }
    }

    fn check(&self, case: &Case) -> Vec<Failure> {
        let expect = &case.expect;
        let mut failures = self.refusal(expect.refused.as_ref());
        failures.extend(self.unknown(case));
        failures.extend(expect.rules.as_ref().and_then(|rules| self.exactly(rules)));
        failures.extend(expect.not.iter().filter_map(|rule| self.not(rule)));
        failures.extend(expect.event.as_ref().and_then(|event| self.event(event)));
        failures.extend(expect.targets.iter().filter_map(|(name, one)| self.target(name, one)));
        failures
    }

    fn refusal(&self, expected: Option<&Option<String>>) -> Vec<Failure> {
        let Some(expected) = expected else {
            let unexpected =
                |refusal: &Refusal| Failure::new(format!("the message became no event: {refusal}"));
            return self.refusals.iter().map(unexpected).collect();
        };
        let fits = |refusal: &Refusal| expected.as_ref().is_none_or(|code| code == refusal.code());
        if self.refusals.iter().any(fits) {
            return Vec::new();
        }
        let wanted = expected.as_deref().unwrap_or("any reason");
        let got = self.refusals.iter().map(|refusal| format!("+ {}: {refusal}", refusal.code()));
        let got = got.chain(self.events.iter().map(|(event, _)| format!("+ {}", event.document())));
        vec![Failure::new(format!("the message was to be refused ({wanted})")).with(got.collect())]
    }

    /// Names that the rule set does not have: a slip here would pass for a proof.
    fn unknown(&self, case: &Case) -> Vec<Failure> {
        let rules: Vec<&str> = self.rules.rules.iter().map(|rule| rule.name.as_str()).collect();
        let targets: Vec<&str> = self.rules.targets.keys().map(|name| name.as_str()).collect();
        let named = case.expect.rules.iter().flatten().chain(&case.expect.not);
        let mut failures: Vec<Failure> =
            named.filter_map(|name| unknown("rule", name, &rules)).collect();
        let named = case.expect.targets.iter();
        failures.extend(named.filter_map(|(name, _)| unknown("target", name, &targets)));
        failures
    }

    fn matched(&self) -> BTreeSet<&str> {
        self.events.iter().flat_map(|(_, plan)| &plan.matched).map(|name| name.as_str()).collect()
    }

    fn exactly(&self, rules: &[String]) -> Option<Failure> {
        let expected: BTreeSet<&str> = rules.iter().map(String::as_str).collect();
        let matched = self.matched();
        let missing = expected.difference(&matched).map(|name| format!("- {name}"));
        let extra = matched.difference(&expected).map(|name| format!("+ {name}"));
        let lines: Vec<String> = missing.chain(extra).collect();
        (!lines.is_empty()).then(|| Failure::new("other rules match").with(lines))
    }

    fn not(&self, rule: &str) -> Option<Failure> {
        let matched = self.matched().contains(rule);
        matched.then(|| Failure::new(format!("rule `{rule}` matches and should not")))
    }

    fn event(&self, expected: &Value<'_>) -> Option<Failure> {
        let (event, _) = self.events.first()?;
        let lines = diff(expected, &event.root(), true);
        (!lines.is_empty()).then(|| Failure::new("the event is another one").with(lines))
    }

    fn target(&self, name: &str, expected: &Expected) -> Option<Failure> {
        let planned: Vec<(&Event, &Planned)> = self.planned(name);
        let sent: Vec<_> = planned.iter().filter(|(_, one)| one.refused.is_none()).collect();
        match expected {
            Expected::Nothing if sent.is_empty() => None,
            Expected::Nothing => {
                let lines = sent.iter().map(|(_, one)| format!("+ by rule {}", one.rule));
                let message = format!("target `{name}` receives something and should not");
                Some(Failure::new(message).with(lines.collect()))
            }
            _ if sent.is_empty() => Some(nothing_for(name, &planned)),
            Expected::Something => None,
            Expected::Payload(payload) => {
                let received = sent.iter().map(|(event, one)| self.received(event, one));
                other_payload(name, payload, &received.collect::<Vec<_>>())
            }
        }
    }

    fn planned(&self, target: &str) -> Vec<(&Event, &Planned)> {
        let all = self.events.iter();
        let all = all.flat_map(|(event, plan)| plan.deliveries.iter().map(move |one| (event, one)));
        all.filter(|(_, one)| one.target == *target).collect()
    }

    /// What the target receives, as JSON where it is JSON.
    fn received(&self, event: &Event, planned: &Planned) -> Value<'static> {
        let is_http = self
            .rules
            .target(planned.target.as_str())
            .is_some_and(|target| matches!(target.kind, TargetKind::Http(_)));
        match (planned.payload.body(), event.data()) {
            (Some(body), _) => parsed(body),
            (None, Data::Json(text)) if is_http => parsed(text),
            (None, Data::Text(text)) if is_http => Value::from(text.into_owned()),
            (None, Data::None | Data::Binary(_)) if is_http => Value::Null,
            (None, _) => event.root().into_owned(),
        }
    }
}

/// What we wrote ourselves, read again.
fn parsed(text: &str) -> Value<'static> {
    let limits = Limits { event_bytes: usize::MAX, string_bytes: usize::MAX, ..Limits::default() };
    match json::parse(text.as_bytes(), &limits) {
        Ok(document) => document.root.into_owned(),
        Err(_) => Value::from(text.to_owned()),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Option<Failure> {
    if known.contains(&name) {
        return None;
    }
    let meant = nearest(name, known.iter().copied());
    let help = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Some(Failure::new(format!("there is no {what} `{name}`{help}")))
}

/// Why a target receives nothing: no rule sends to it, or the plan parks what it would get.
fn nothing_for(name: &str, planned: &[(&Event, &Planned)]) -> Failure {
    let parked = planned.iter().filter_map(|(_, one)| one.refused.as_ref());
    let lines = parked.map(|why| format!("+ parked: {}: {}", why.code.as_str(), why.message));
    Failure::new(format!("target `{name}` receives nothing")).with(lines.collect())
}

/// The difference to what comes nearest, if none is as expected.
fn other_payload(name: &str, expected: &Value<'_>, received: &[Value<'_>]) -> Option<Failure> {
    let differences = received.iter().map(|got| diff(expected, got, false));
    let nearest = differences.min_by_key(Vec::len)?;
    let message = format!("target `{name}` receives something else");
    (!nearest.is_empty()).then(|| Failure::new(message).with(nearest))
}
