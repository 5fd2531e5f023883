//! Counters of what happened, and their text for Prometheus.
//!
//! In: stages. Out: the text exposition format 0.0.4. Counting takes a read lock and an addition;
//! labels come from the rules, so their number is bounded by them.

use eventyard_bus::{Stage, What};
use eventyard_rules::{RuleName, TargetName, Version};
use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Everything that is counted since the process started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    events: Events,
    rules: RwLock<BTreeMap<RuleName, Arc<AtomicU64>>>,
    targets: RwLock<BTreeMap<TargetName, Arc<TargetCounts>>>,
    live: RwLock<Option<Version>>,
}

#[derive(Debug, Default)]
struct Events {
    accepted: AtomicU64,
    duplicate: AtomicU64,
    conflict: AtomicU64,
    refused: AtomicU64,
    matched: AtomicU64,
    unmatched: AtomicU64,
    duplicate_names: AtomicU64,
    taken_over: AtomicU64,
    rules_loaded: AtomicU64,
    rules_refused: AtomicU64,
    stages_missed: AtomicU64,
}

#[derive(Debug, Default)]
struct TargetCounts {
    delivered: AtomicU64,
    retried: AtomicU64,
    parked: AtomicU64,
    waiting: AtomicU64,
    redriven: AtomicU64,
    dropped: AtomicU64,
    latency_ms: AtomicU64,
    breaker_open: AtomicU64,
}

impl Metrics {
    /// Counts one stage.
    pub(crate) fn count(&self, stage: &Stage) {
        let events = &self.events;
        match &stage.what {
            What::Accepted { .. } => add(&events.accepted, 1),
            What::Duplicate { .. } => add(&events.duplicate, 1),
            What::Conflict { .. } => add(&events.conflict, 1),
            What::Refused { .. } => add(&events.refused, 1),
            What::Unmatched { .. } => add(&events.unmatched, 1),
            What::Matched { rules, .. } => {
                add(&events.matched, 1);
                rules.iter().for_each(|rule| add(&entry(&self.rules, rule), 1));
            }
            What::TakenOver { .. } => add(&events.taken_over, 1),
            What::RulesLoaded { version, .. } => {
                add(&events.rules_loaded, 1);
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                *live = Some(version.clone());
            }
            What::RulesRefused { .. } => add(&events.rules_refused, 1),
            delivery => self.count_delivery(delivery),
        }
    }

    fn count_delivery(&self, what: &What) {
        let target = |name| entry(&self.targets, name);
        match what {
            What::Delivered { delivery, latency_ms, .. } => {
                let counts = target(&delivery.target);
                add(&counts.delivered, 1);
                add(&counts.latency_ms, *latency_ms);
            }
            What::Retried { delivery, .. } => add(&target(&delivery.target).retried, 1),
            What::Parked { delivery, .. } => add(&target(&delivery.target).parked, 1),
            What::Waiting { delivery, .. } => add(&target(&delivery.target).waiting, 1),
            What::Redriven { delivery, .. } => add(&target(&delivery.target).redriven, 1),
            What::Dropped { delivery, .. } => add(&target(&delivery.target).dropped, 1),
            What::BreakerOpened { target: name, .. } => {
                target(name).breaker_open.store(1, Ordering::Relaxed);
            }
            What::BreakerClosed { target: name } => {
                target(name).breaker_open.store(0, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    /// Counts names that stood twice in an object of an event; the last value counted.
    pub(crate) fn duplicate_names(&self, names: u32) {
        add(&self.events.duplicate_names, names.into());
    }

    /// Counts stages that a reader of the stream was too slow for.
    pub(crate) fn stages_missed(&self, stages: u64) {
        add(&self.events.stages_missed, stages);
    }

    /// The counters as text.
    pub(crate) fn text(&self) -> String {
        let mut text = Text::default();
        self.write_events(&mut text);
        self.write_rules(&mut text);
        self.write_targets(&mut text);
        text.0
    }

    fn write_events(&self, text: &mut Text) {
        let events = &self.events;
        text.family("eventyard_events_total", "counter", "Events by what became of them.");
        for (outcome, counter) in [
            ("accepted", &events.accepted),
            ("duplicate", &events.duplicate),
            ("conflict", &events.conflict),
            ("refused", &events.refused),
        ] {
            text.line("eventyard_events_total", &[("outcome", outcome)], get(counter));
        }
        for (name, help, counter) in [
            ("eventyard_events_matched_total", "Events that a rule took.", &events.matched),
            ("eventyard_events_unmatched_total", "Events that no rule took.", &events.unmatched),
            (
                "eventyard_duplicate_names_total",
                "Names that stood twice in an object of an event.",
                &events.duplicate_names,
            ),
            (
                "eventyard_pages_taken_over_total",
                "Open pages that were finished after a crash.",
                &events.taken_over,
            ),
            (
                "eventyard_stream_missed_total",
                "Stages that readers of /stream were too slow for.",
                &events.stages_missed,
            ),
        ] {
            text.family(name, "counter", help);
            text.line(name, &[], get(counter));
        }
    }

    fn write_rules(&self, text: &mut Text) {
        let name = "eventyard_rules_loads_total";
        text.family(name, "counter", "Rule sets that were read, by whether they came into force.");
        text.line(name, &[("result", "loaded")], get(&self.events.rules_loaded));
        text.line(name, &[("result", "refused")], get(&self.events.rules_refused));
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(version) = live.as_ref() {
            text.family("eventyard_rules_info", "gauge", "The rule set in force.");
            text.line("eventyard_rules_info", &[("version", version.as_ref())], 1);
        }
        let name = "eventyard_rule_matches_total";
        text.family(name, "counter", "Events that each rule took.");
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        for (rule, counter) in rules.iter() {
            text.line(name, &[("rule", rule.as_str())], get(counter));
        }
    }

    fn write_targets(&self, text: &mut Text) {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        let name = "eventyard_deliveries_total";
        text.family(name, "counter", "Deliveries by target and by what became of them.");
        for (target, counts) in targets.iter() {
            for (outcome, counter) in [
                ("delivered", &counts.delivered),
                ("retried", &counts.retried),
                ("parked", &counts.parked),
                ("waiting", &counts.waiting),
                ("redriven", &counts.redriven),
                ("dropped", &counts.dropped),
            ] {
                let labels = [("target", target.as_str()), ("outcome", outcome)];
                text.line(name, &labels, get(counter));
            }
        }
        let name = "eventyard_delivery_latency_seconds";
        text.family(name, "summary", "Time from acceptance to delivery.");
        for (target, counts) in targets.iter() {
            let labels = [("target", target.as_str())];
            let seconds = Seconds(get(&counts.latency_ms));
            text.line(&format!("{name}_sum"), &labels, seconds);
            text.line(&format!("{name}_count"), &labels, get(&counts.delivered));
        }
        text.family("eventyard_breaker_open", "gauge", "Whether a target is left alone.");
        for (target, counts) in targets.iter() {
            let labels = [("target", target.as_str())];
            text.line("eventyard_breaker_open", &labels, get(&counts.breaker_open));
        }
    }
}

/// Milliseconds, written as seconds.
struct Seconds(u64);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// The text exposition format, as it grows.
#[derive(Default)]
pub(crate) struct Text(pub(crate) String);

impl Text {
    /// Begins a family of lines.
    pub(crate) fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// Adds one line of the family.
    pub(crate) fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            self.0.push(if index == 0 { '{' } else { ',' });
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{label}=\"{escaped}\"");
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }
}

fn entry<K: Ord + Clone, V: Default>(map: &RwLock<BTreeMap<K, Arc<V>>>, key: &K) -> Arc<V> {
    if let Some(found) = map.read().unwrap_or_else(PoisonError::into_inner).get(key) {
        return Arc::clone(found);
    }
    let mut map = map.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(map.entry(key.clone()).or_default())
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::{Metrics, Text};
    use eventyard_bus::{Stage, What};

    #[test]
    fn a_breaker_is_a_gauge_that_falls_back() {
        let metrics = Metrics::default();
        let stage = |what| Stage { at: eventyard_event::Timestamp::UNIX_EPOCH, what };
        let target: eventyard_rules::TargetName = "partner".parse().unwrap();
        metrics.count(&stage(What::BreakerOpened {
            target: target.clone(),
            denied: false,
            cause: eventyard_bus::Cause::new("Http503", "`partner` answered 503"),
        }));
        assert!(metrics.text().contains("eventyard_breaker_open{target=\"partner\"} 1\n"));
        metrics.count(&stage(What::BreakerClosed { target }));
        assert!(metrics.text().contains("eventyard_breaker_open{target=\"partner\"} 0\n"));
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut text = Text::default();
        text.line("m", &[("l", "a\"b\\c\nd")], 1);
        assert_eq!(text.0, "m{l=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
