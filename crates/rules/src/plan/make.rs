//! From an event and the rules to its plan.

use eventyard_event::json::Value;
use eventyard_event::{DeliveryId, Event};

use super::group::group;
use super::size::too_large;
use super::{Payload, Plan, Planned, Refused, RefusedCode};
use crate::{Rule, RuleSet, Target, TargetKind};

/// How often an event goes round where the rule does not say: AWS ends loops of its own services
/// after about as many rounds.
pub const HOPS_MAX: u32 = 16;

impl RuleSet {
    /// Everything that is to happen to `event` under these rules.
    ///
    /// Pure: the same event gives the same plan. Every delivery names a rule that matched and a
    /// target of that rule, and each pair of them stands in the plan once. A delivery that could
    /// only fail is planned too, with the reason it is parked for ([`Planned::refused`]).
    #[must_use]
    pub fn plan(&self, event: &Event) -> Plan {
        let matched = self.matches(&event.checked());
        let matched: Vec<&Rule> =
            matched.into_iter().filter_map(|index| self.rules.get(index)).collect();
        // The tree is for what is made of the event: where no rule takes it, nothing is.
        let root = if matched.is_empty() { Value::Null } else { event.root() };
        let event = Planning { rules: self, event, root: &root };
        Plan {
            rules: self.version.clone(),
            matched: matched.iter().map(|rule| rule.name.clone()).collect(),
            deliveries: matched.iter().flat_map(|rule| event.rule(rule)).collect(),
        }
    }
}

/// One event while it is planned.
struct Planning<'p> {
    rules: &'p RuleSet,
    event: &'p Event,
    root: &'p Value<'p>,
}

impl Planning<'_> {
    /// The deliveries of one rule, in the order of its `to`.
    fn rule(&self, rule: &Rule) -> Vec<Planned> {
        let payload = match &rule.transform {
            None => Payload::Document,
            Some(transform) => Payload::Body(transform.render(self.root)),
        };
        let targets = rule.to.iter().filter_map(|name| self.rules.targets.get(name));
        targets.map(|target| self.delivery(rule, target, payload.clone())).collect()
    }

    fn delivery(&self, rule: &Rule, target: &Target, payload: Payload) -> Planned {
        let (bus, identity) = (&self.rules.bus.name, self.event.identity());
        let id = DeliveryId::new(bus, &identity, rule.name.as_str(), target.name.as_str(), None);
        let (url, no_url) = self.url(&target.kind);
        let refused = self.loop_detected(rule).or(no_url);
        Planned {
            id,
            rule: rule.name.clone(),
            target: target.name.clone(),
            group: group(&target.kind, self.event, self.root),
            url,
            retry: rule.retry,
            expires_after: rule.expires_after,
            refused: refused.or_else(|| too_large(self.event, target, &payload)),
            payload,
        }
    }

    /// The event has had its rounds: it was delivered as often as the rule allows.
    fn loop_detected(&self, rule: &Rule) -> Option<Refused> {
        let (hops, limit) = (self.event.hops(), rule.allow_loop.unwrap_or(HOPS_MAX));
        (hops >= limit).then(|| Refused {
            code: RefusedCode::LoopDetected,
            message: format!("the event has made {hops} hops, and the rule allows {limit}"),
        })
    }

    /// The URL of this delivery where it depends on the event, or why there is none.
    fn url(&self, kind: &TargetKind) -> (Option<String>, Option<Refused>) {
        let TargetKind::Http(http) = kind else { return (None, None) };
        if http.url.is_fixed() {
            return (None, None);
        }
        match http.url.render(self.root) {
            Ok(url) => (Some(url), None),
            Err(error) => {
                let (code, message) = (RefusedCode::UrlNotPossible, error.to_string());
                (None, Some(Refused { code, message }))
            }
        }
    }
}
