//! Log lines and metrics.

use crate::world::target;
use eventyard_bus::contract::fixture::{at, cause, event, item, rule, version};
use eventyard_bus::{DeliveryRef, EventRef, Observer, PageNumber, Stage, What};
use eventyard_lambda::telemetry::{Gauge, Invocation, Level, Telemetry};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Out {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn telemetry(level: Level) -> (Telemetry, Out) {
    let out = Out::default();
    (Telemetry::new("main", "ingest-sqs", level, Box::new(out.clone())), out)
}

fn accepted() -> Stage {
    let event = EventRef::from(&event("1", "secret payload"));
    Stage {
        at: at(0),
        what: What::Accepted { event, page: PageNumber(7), via: "sqs:events".into() },
    }
}

fn delivered(latency_ms: u64) -> Stage {
    let delivery = DeliveryRef::from(&item(1, "x", 0));
    Stage { at: at(1), what: What::Delivered { delivery, attempt: 1, duration_ms: 3, latency_ms } }
}

fn parked() -> Stage {
    let delivery = DeliveryRef::from(&item(1, "x", 0));
    Stage { at: at(1), what: What::Parked { delivery, attempts: 3, cause: cause() } }
}

#[test]
fn a_stage_is_one_line_with_the_invocation_and_without_the_payload() {
    let (telemetry, out) = telemetry(Level::Info);
    let xray = Some("Root=1-2-3".to_owned());
    telemetry.begin(Invocation { request_id: "r-1".into(), xray });
    telemetry.observe(&accepted());
    let line = out.lines().remove(0);
    assert_eq!(line["stage"], "accepted");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["request_id"], "r-1");
    assert_eq!(line["xray_trace_id"], "Root=1-2-3");
    assert_eq!(line["id"], "1");
    assert!(!line.to_string().contains("secret payload"));
}

#[test]
fn at_level_warn_only_what_a_person_may_look_at_is_logged_and_all_is_counted() {
    let (telemetry, out) = telemetry(Level::from_name("warn"));
    [accepted(), delivered(5), parked()].iter().for_each(|stage| telemetry.observe(stage));
    assert_eq!(
        out.lines().iter().map(|line| line["stage"].clone()).collect::<Vec<_>>(),
        ["parked"]
    );
    telemetry.flush(1_000);
    let bus = &out.lines()[1];
    assert_eq!(
        (&bus["Accepted"], &bus["Delivered"], &bus["Parked"]),
        (&json!(1), &json!(1), &json!(1))
    );
}

#[test]
fn metrics_are_in_the_embedded_format_per_bus_and_per_rule_and_target() {
    let (telemetry, out) = telemetry(Level::Error);
    let matched = What::Matched {
        event: EventRef::from(&event("1", "x")),
        rules: vec![rule("everything")],
        version: version(),
    };
    telemetry.observe(&Stage { at: at(0), what: matched });
    (0..150).for_each(|n| telemetry.observe(&delivered(n)));
    telemetry.gauge(Gauge::Sweeps, 1.0);
    telemetry.flush(1_000);
    let lines = out.lines();
    for line in &lines {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            (&line["_aws"]["Timestamp"], &directive["Namespace"]),
            (&json!(1_000), &json!("Eventyard"))
        );
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{line}");
        }
        for metric in directive["Metrics"].as_array().unwrap() {
            let value = &line[metric["Name"].as_str().unwrap()];
            assert!(
                value.is_number() || value.as_array().is_some_and(|values| values.len() <= 100)
            );
        }
    }
    let of = |dimensions: Value| -> Vec<_> {
        let same =
            |line: &&Value| line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0] == dimensions;
        lines.iter().filter(same).collect()
    };
    assert_eq!(of(json!(["Bus", "Rule"]))[0]["Matched"], 1);
    let pair = of(json!(["Bus", "Rule", "Target"]));
    assert!(pair.iter().all(|line| line["Target"] == target("x").as_str()));
    let latencies: usize =
        pair.iter().map(|line| line["LatencyMs"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(latencies, 150);
    telemetry.flush(2_000);
    assert_eq!(out.lines().len(), lines.len(), "nothing new, no line");
}
