//! Events, plans and items to test with.

use crate::time::after;
use crate::{
    Accept, Attempt, Budget, Cause, Delivery, DeliveryKey, DeliveryState, Lease, LogPosition,
    Outcome, PageNumber, Settlement,
};
use eventyard_event::{DeliveryId, Event, Identity, Limits};
use eventyard_rules::{Payload, Plan, Planned, Retry, RuleName, TargetName, Version};
use jiff::Timestamp;
use std::time::Duration;

/// A time, in seconds after the tests began.
#[must_use]
pub fn at(seconds: u64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, Duration::from_secs(1_767_225_600 + seconds))
}

/// A lease over these seconds.
#[must_use]
pub fn lease(now_s: u64, until_s: u64) -> Lease {
    Lease { now: at(now_s), until: at(until_s) }
}

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> TargetName {
    name.parse().expect("a target name")
}

/// The rule of that name.
#[must_use]
pub fn rule(name: &str) -> RuleName {
    name.parse().expect("a rule name")
}

/// The version that all plans of these tests are of.
#[must_use]
pub fn version() -> Version {
    "0123456789abcdef0123456789abcdef".parse().expect("a version")
}

/// An event of the source `contract` with this id and this text as its data.
#[must_use]
pub fn event(id: &str, text: &str) -> Event {
    event_of("contract", id, text)
}

/// An event of this source, with this id, and with this text as its data.
#[must_use]
pub fn event_of(source: &str, id: &str, text: &str) -> Event {
    let event = Event::builder(id, source, "Tested").data_text(text);
    event.build(&Limits::default()).expect("an event")
}

/// An event of the source `contract` with a plan of one delivery for each target, about to be
/// accepted.
#[must_use]
pub fn planned(event: Event, targets: &[&str]) -> Accept {
    let delivery = |name: &&str| Planned {
        id: DeliveryId::new("main", &event.identity(), "everything", name, None),
        rule: rule("everything"),
        target: target(name),
        payload: Payload::Document,
        group: None,
        url: None,
        retry: Retry::default(),
        expires_after: None,
        refused: None,
    };
    let deliveries = targets.iter().map(delivery).collect();
    let plan = Plan { rules: version(), matched: vec![rule("everything")], deliveries };
    Accept { event, plan, via: "contract".into(), order: None }
}

/// An item for this target, waiting since the start, with number `n` as its id and place in the log.
#[must_use]
pub fn item(n: u32, target_name: &str, due_s: u64) -> Delivery {
    let identity = Identity::new("contract", &n.to_string());
    let id = DeliveryId::new("main", &identity, "everything", target_name, None);
    Delivery {
        key: DeliveryKey { identity, id },
        rule: rule("everything"),
        target: target(target_name),
        group: None,
        position: LogPosition { page: PageNumber(1), entry: n, delivery: 0 },
        state: DeliveryState::Waiting { due: at(due_s) },
        attempts: 0,
        budget: Budget { since: at(0), spent_before: 0, redrives: 0 },
        created_at: at(0),
        history: Vec::new(),
        cause: None,
        edit: None,
        replayed: None,
    }
}

/// The same item in a group.
#[must_use]
pub fn grouped(n: u32, target_name: &str, group: &str, due_s: u64) -> Delivery {
    Delivery { group: Some(group.to_owned()), ..item(n, target_name, due_s) }
}

/// The same item, parked at that time.
#[must_use]
pub fn parked(n: u32, target_name: &str, at_s: u64) -> Delivery {
    let state = DeliveryState::Parked { at: at(at_s) };
    Delivery { state, cause: Some(cause()), ..item(n, target_name, 0) }
}

/// Why an attempt of these tests fails.
#[must_use]
pub fn cause() -> Cause {
    Cause::new("Http503", "`partner.example` answered 503")
}

/// The end of attempt `n` at that time.
#[must_use]
pub fn end(key: DeliveryKey, n: u32, state: DeliveryState, at_s: u64) -> Settlement {
    let (outcome, cause) = match state {
        DeliveryState::Delivered { .. } => (Outcome::Delivered, None),
        _ => (Outcome::Failed, Some(cause())),
    };
    let attempt = Attempt { n, at: at(at_s), outcome, cause, duration_ms: 5 };
    Settlement { key, state, attempt }
}
