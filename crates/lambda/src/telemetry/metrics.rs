//! Counts of one invocation, and the lines they become.

use eventyard_bus::{DeliveryRef, What};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The namespace of every metric.
const NAMESPACE: &str = "Eventyard";
/// The values that one metric has in one line (embedded metric format: at most 100).
const VALUES_MAX: usize = 100;

/// A value that is measured once per invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gauge {
    /// How long the oldest open page is open.
    OldestOpenPageSeconds,
    /// How long the longest overdue delivery is overdue.
    OldestDueSeconds,
    /// One for each sweep: the sweeper's heartbeat.
    Sweeps,
}

impl Gauge {
    fn name(self) -> &'static str {
        match self {
            Self::OldestOpenPageSeconds => "OldestOpenPageSeconds",
            Self::OldestDueSeconds => "OldestDueSeconds",
            Self::Sweeps => "Sweeps",
        }
    }

    fn unit(self) -> &'static str {
        if self == Self::Sweeps { "Count" } else { "Seconds" }
    }
}

/// What metrics are told apart by beside the bus: nothing, a rule, or a rule and a target.
type Labels = Vec<(&'static str, String)>;

/// The counts and latencies of one invocation.
#[derive(Debug)]
pub(super) struct Metrics {
    bus: String,
    counts: BTreeMap<(Labels, &'static str), u64>,
    latencies_ms: BTreeMap<Labels, Vec<u64>>,
    gauges: BTreeMap<Gauge, f64>,
}

impl Metrics {
    pub(super) fn new(bus: &str) -> Self {
        Self {
            bus: bus.to_owned(),
            counts: BTreeMap::new(),
            latencies_ms: BTreeMap::new(),
            gauges: BTreeMap::new(),
        }
    }

    pub(super) fn gauge(&mut self, gauge: Gauge, value: f64) {
        self.gauges.insert(gauge, value);
    }

    pub(super) fn count(&mut self, what: &What) {
        match what {
            What::Accepted { .. } => self.add(&[], "Accepted"),
            What::Duplicate { .. } => self.add(&[], "Duplicates"),
            What::Conflict { .. } => self.add(&[], "Conflicts"),
            What::Refused { .. } => self.add(&[], "Refused"),
            What::Unmatched { .. } => self.add(&[], "Unmatched"),
            What::TakenOver { .. } => self.add(&[], "TakenOver"),
            What::RulesRefused { .. } => self.add(&[], "RulesRefused"),
            What::Matched { rules, .. } => {
                self.add(&[], "Matched");
                for rule in rules {
                    self.add(&[("Rule", rule.as_str())], "Matched");
                }
            }
            What::Delivered { delivery, latency_ms, .. } => {
                let labels =
                    [("Rule", delivery.rule.as_str()), ("Target", delivery.target.as_str())];
                self.add(&[], "Delivered");
                self.add(&labels, "Delivered");
                self.latencies_ms.entry(Vec::new()).or_default().push(*latency_ms);
                self.latencies_ms.entry(owned(&labels)).or_default().push(*latency_ms);
            }
            What::Retried { delivery, .. } => self.of_delivery(delivery, "Retried"),
            What::Parked { delivery, .. } => self.of_delivery(delivery, "Parked"),
            What::BreakerOpened { target, denied, .. } => {
                let name = if *denied { "TargetsDenied" } else { "BreakersOpened" };
                self.add(&[], name);
                self.add(&[("Target", target.as_str())], name);
            }
            _ => {}
        }
    }

    fn of_delivery(&mut self, delivery: &DeliveryRef, name: &'static str) {
        let (rule, target) = (delivery.rule.as_str(), delivery.target.as_str());
        self.add(&[], name);
        self.add(&[("Rule", rule), ("Target", target)], name);
    }

    fn add(&mut self, labels: &[(&'static str, &str)], name: &'static str) {
        let count = self.counts.entry((owned(labels), name)).or_default();
        *count = count.saturating_add(1);
    }

    /// The lines of all that was counted; nothing when nothing was.
    pub(super) fn take(&mut self, now_ms: i64) -> Vec<Value> {
        let mut by_labels: BTreeMap<Labels, Vec<(&'static str, &'static str, Value)>> =
            BTreeMap::new();
        for ((labels, name), count) in std::mem::take(&mut self.counts) {
            by_labels.entry(labels).or_default().push((name, "Count", count.into()));
        }
        for (gauge, value) in std::mem::take(&mut self.gauges) {
            let metric = (gauge.name(), gauge.unit(), json!(value));
            by_labels.entry(Vec::new()).or_default().push(metric);
        }
        let mut lines = Vec::new();
        for (labels, mut values) in std::mem::take(&mut self.latencies_ms) {
            // The first hundred travel with the counts, the others on lines of their own.
            let rest = values.split_off(values.len().min(VALUES_MAX));
            by_labels.entry(labels.clone()).or_default().push((
                "LatencyMs",
                "Milliseconds",
                json!(values),
            ));
            for more in rest.chunks(VALUES_MAX) {
                let metric = ("LatencyMs", "Milliseconds", json!(more));
                lines.push(self.line(&labels, &[metric], now_ms));
            }
        }
        lines.extend(by_labels.iter().map(|(labels, metrics)| self.line(labels, metrics, now_ms)));
        lines
    }

    fn line(
        &self,
        labels: &Labels,
        metrics: &[(&'static str, &'static str, Value)],
        now_ms: i64,
    ) -> Value {
        let dimensions: Vec<_> =
            std::iter::once("Bus").chain(labels.iter().map(|(name, _)| *name)).collect();
        let named: Vec<_> =
            metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
        let mut line = Map::new();
        line.insert(
            "_aws".into(),
            json!({
                "Timestamp": now_ms,
                "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": named }],
            }),
        );
        line.insert("Bus".into(), self.bus.as_str().into());
        line.extend(labels.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())));
        line.extend(metrics.iter().map(|(name, _, value)| ((*name).to_owned(), value.clone())));
        Value::Object(line)
    }
}

fn owned(labels: &[(&'static str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}
