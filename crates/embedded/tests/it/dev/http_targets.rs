//! HTTP targets that are slow, broken, gone, and well again.

use std::time::Duration;

use eventyard_bus::What;
use serde_json::json;

use super::bus::{Dev, event};
use super::receiver::{Does, Receiver};

fn rules(targets: &[(&str, &str)], retry: &str) -> String {
    let mut text = "version: 1\ntargets:\n".to_owned();
    for (name, url) in targets {
        text.push_str(&format!("  {name}: {{ http: {{ url: \"{url}\" }} }}\n"));
    }
    text.push_str("rules:\n");
    for (name, _) in targets {
        text.push_str(&format!(
            "  - name: to-{name}\n    when: $.type == 'A'\n    to: {name}\n    retry: {retry}\n"
        ));
    }
    text
}

const RETRY: &str = "{ attempts: 3, max-age: 24h, denied: 15m }";

#[tokio::test]
async fn a_delivery_carries_the_event_and_keeps_its_id_over_its_attempts() {
    let receiver = Receiver::start(&[Does::Answer(503)], Does::Answer(204)).await;
    let url = format!("{}/hooks/<$.subject>", receiver.url);
    let mut bus = Dev::start(&rules(&[("partner", &url)], RETRY)).await;
    bus.event("1", "A").await;
    bus.delivered("partner").await;
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    let last = &got[1];
    assert_eq!((last.path.as_str(), last.body.as_str()), ("/hooks/order-1", "{\"total\":12.5}"));
    for (name, value) in [
        ("ce-id", "1"),
        ("ce-source", "shop"),
        ("ce-type", "A"),
        ("ce-specversion", "1.0"),
        ("ce-eventyardhops", "1"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(last.header(name), value, "{name}");
    }
    let trace = bus.object("/trace/1").await;
    let delivery = &trace["events"][0]["deliveries"][0];
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(2)));
    assert_eq!(delivery["id"], last.header("webhook-id"));
}

#[tokio::test]
async fn a_target_that_hangs_delays_no_other() {
    let hanging = Receiver::start(&[], Does::Hang).await;
    let good = Receiver::start(&[], Does::Answer(200)).await;
    let rules = rules(&[("hanging", &hanging.url), ("good", &good.url)], RETRY);
    // The one that hangs is never given up during this test.
    let mut bus = Dev::start_with(&rules, |options| {
        options.settings.http.total = Duration::from_secs(3600);
        options.settings.grace = Duration::from_millis(50);
    })
    .await;
    for n in 0..20 {
        bus.event(&n.to_string(), "A").await;
        bus.delivered("good").await;
    }
    assert_eq!(good.got().len(), 20);
    let audit = bus.object("/audit").await;
    assert_eq!((&audit["delivered"], &audit["in_flight"]), (&json!(20), &json!(20)));
    bus.stop().await;
}

#[tokio::test]
async fn a_delivery_that_fails_too_often_is_parked_and_a_redrive_sends_it_again() {
    let receiver = Receiver::start(&[], Does::Answer(500)).await;
    let mut bus = Dev::start(&rules(&[("partner", &receiver.url)], RETRY)).await;
    bus.event("1", "A").await;
    assert_eq!(bus.parked("partner").await, ("Http500".to_owned(), 3));
    assert_eq!(receiver.got().len(), 3);
    let parked = &bus.lines("/parked").await[0];
    assert_eq!(parked["event"], event("1", "A"));
    let message = parked["cause"]["message"].as_str().unwrap();
    assert!(message.starts_with("`127.0.0.1` answered 500"), "{message}");
    receiver.then(Does::Answer(200));
    let answer = bus.send("/redrive", &[], r#"{"target":"partner"}"#.to_owned()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), r#"{"redriven":1}"#);
    bus.delivered("partner").await;
    let got = receiver.got();
    assert_eq!(got[0].header("webhook-id"), got[3].header("webhook-id"));
    assert!(bus.lines("/parked").await.is_empty());
    let nothing = bus.send("/redrive", &[], r#"{"all":true}"#.to_owned()).await;
    assert_eq!(nothing.status(), 404);
}

#[tokio::test]
async fn a_redrive_may_send_another_body_or_drop_for_a_reason() {
    let receiver = Receiver::start(&[], Does::Answer(400)).await;
    let mut bus = Dev::start(&rules(&[("partner", &receiver.url)], RETRY)).await;
    for id in ["1", "2"] {
        bus.event(id, "A").await;
        assert_eq!(bus.parked("partner").await, ("Http400".to_owned(), 1));
    }
    receiver.then(Does::Answer(200));
    let delivery = bus.lines("/parked").await[0]["key"]["id"].as_str().unwrap().to_owned();
    let edit = json!({ "delivery": delivery, "edit": "{\"total\":13}" });
    assert_eq!(bus.send("/redrive", &[], edit.to_string()).await.status(), 200);
    bus.delivered("partner").await;
    assert_eq!(receiver.got()[2].body, "{\"total\":13}");
    let drop = json!({ "event": "2", "drop": "it was a test" }).to_string();
    let dropped = bus.send("/redrive", &[], drop).await.text().await.unwrap();
    assert_eq!(dropped, r#"{"dropped":1}"#);
    let state = &bus.object("/trace/2").await["events"][0]["deliveries"][0];
    assert_eq!((&state["state"], &state["reason"]), (&json!("dropped"), &json!("it was a test")));
    let audit = bus.settled().await;
    assert_eq!((&audit["delivered"], &audit["dropped"]), (&json!(1), &json!(1)));
    for bad in ["{}", r#"{"target":"partner","edit":"x"}"#, r#"{"all":true,"drop":""}"#, "["] {
        assert_eq!(bus.send("/redrive", &[], bad.to_owned()).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn a_breaker_leaves_a_broken_target_alone_and_closes_when_it_answers() {
    let receiver = Receiver::start(&[], Does::Answer(503)).await;
    let retry = "{ attempts: 1000, max-age: 24h, denied: 15m }";
    let mut bus = Dev::start_with(&rules(&[("partner", &receiver.url)], retry), |options| {
        options.settings.bus.breaker.failures = 2;
        options.settings.bus.breaker.drain_full = 2;
    })
    .await;
    bus.event("1", "A").await;
    let opened = |what: &What| match what {
        What::BreakerOpened { target, cause, .. } => {
            Some((target.as_str().to_owned(), cause.code.clone()))
        }
        _ => None,
    };
    assert_eq!(bus.stage(opened).await, ("partner".to_owned(), "Http503".to_owned()));
    for id in ["2", "3"] {
        bus.event(id, "A").await;
    }
    let metrics = bus.get("/metrics").await.1;
    assert!(metrics.contains("eventyard_breaker_open{target=\"partner\"} 1\n"), "{metrics}");
    receiver.then(Does::Answer(200));
    bus.stage(|what| matches!(what, What::BreakerClosed { .. }).then_some(())).await;
    let audit = bus.settled().await;
    assert_eq!((&audit["delivered"], &audit["parked"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_opens_the_breaker_at_once_and_is_parked_in_time() {
    let receiver = Receiver::start(&[], Does::Answer(410)).await;
    let retry = "{ attempts: 1000, max-age: 24h, denied: 1s }";
    let mut bus = Dev::start(&rules(&[("partner", &receiver.url)], retry)).await;
    bus.event("1", "A").await;
    let denied = |what: &What| match what {
        What::BreakerOpened { denied, .. } => Some(*denied),
        _ => None,
    };
    assert!(bus.stage(denied).await);
    bus.settled().await;
    let parked = &bus.lines("/parked").await[0];
    assert_eq!(parked["cause"]["code"], "Http410");
}

#[tokio::test]
async fn an_address_inside_is_refused_whatever_the_rules_say() {
    let rules = rules(&[("partner", "http://localhost:1/x")], RETRY);
    let folder = super::bus::folder(&rules);
    let mut options = super::bus::options(&folder);
    options.allow_insecure_targets = false;
    // Refused by the rules already, with its place.
    let error = Dev::run(folder, options).await.err().unwrap();
    let text = error.to_string();
    assert!(text.contains("test.yaml"), "{text}");
}
