//! The verbs about a bus: on a running one, on its folder beside it, and on the folder alone.

use std::io::{BufRead as _, BufReader};

use eventyard_tests::bus::{Bus, Start, eventually};
use eventyard_tests::command;
use eventyard_tests::receiver::Receiver;

use super::{folder, json, run};

const RULES: &str = "version: 1
targets:
  payments: { sqs: { queue: payments } }
  partner: { http: { url: \"RECEIVER\" } }
rules:
  - { name: take-payment, when: '$.data.total > 0', to: payments }
  - { name: tell-partner, when: '$.data.partner == true', to: partner }
";
const ORDER: &str = r#"{"specversion":"1.0","id":"o-1","source":"shop","type":"OrderPlaced","subject":"c-1","data":{"total":5}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_questions_have_the_same_answers_on_a_url_and_on_a_folder() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    let url = bus.url().to_owned();
    let other = ORDER.replace("o-1", "o-2").replace("OrderPlaced", "OrderPaid");
    let (out, _) = run(yard.path(), &["put", "-"], &format!("{ORDER}\n{other}\n{ORDER}\n"), 0);
    assert_eq!(
        out.lines().map(|line| line.split("  ").next().unwrap()).collect::<Vec<_>>(),
        ["accepted", "accepted", "duplicate"]
    );
    let conflict = ORDER.replace("\"total\":5", "\"total\":6");
    let (out, _) = run(yard.path(), &["put", "--output", "json"], &conflict, 1);
    assert_eq!(json(&out)["status"], "conflict");

    let idle = || async {
        let audit = json(&run(yard.path(), &["audit", "--output", "json"], "", 0).0);
        Ok((audit["delivered"] == 2 && audit["open"] == 0).then_some(()))
    };
    eventually("both are delivered", idle).await.unwrap();

    for verb in [
        &["events"][..],
        &["events", "--type", "OrderPaid"],
        &["events", "--source", "nobody"],
        &["events", "--since", "1h", "--limit", "1"],
        &["trace", "o-1"],
        &["parked"],
        &["queue"],
        &["queue", "payments"],
        &["audit"],
    ] {
        let on_url = [verb, &["--output", "json", "--url", &url]].concat();
        let on_folder = [verb, &["--output", "json"]].concat();
        let (remote, _) = run(yard.path(), &on_url, "", 0);
        assert_eq!(
            remote,
            run(yard.path(), &on_folder, "", 0).0,
            "{verb:?} beside the running bus"
        );
    }
    let before = run(yard.path(), &["events", "--output", "json"], "", 0).0;
    assert_eq!(
        before.lines().map(|line| json(line)["id"].clone()).collect::<Vec<_>>(),
        ["o-1", "o-2"]
    );
    assert_eq!(json(before.lines().next().unwrap()), json(ORDER));
    bus.kill().unwrap();
    assert_eq!(
        before,
        run(yard.path(), &["events", "--output", "json"], "", 0).0,
        "after it was killed"
    );
    run(yard.path(), &["events", "--url", &url], "", 3);
    run(yard.path(), &["trace", "nobody"], "", 1);
    run(yard.path(), &["tail"], "", 2);
    let (_, refused) = run(yard.path(), &["audit", "--stack", "shop"], "", 2);
    assert!(refused.contains("--features aws"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_delivery_is_shown_with_its_reason_and_redriven_to_its_target_alone() {
    let receiver = Receiver::start().await.unwrap();
    receiver.answer(422);
    let yard = folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", &receiver.url()))]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let start = Start {
        rules: &rules,
        data: &data,
        arguments: &["--allow-insecure-targets"],
        binary: None,
    };
    let bus = Bus::start(start.clone()).await.unwrap();
    for id in ["o-1", "o-2"] {
        let event = ORDER.replace("o-1", id).replace("\"total\":5", "\"total\":5,\"partner\":true");
        run(yard.path(), &["put"], &event, 0);
    }
    let parked = || async {
        let lines: Vec<_> =
            run(yard.path(), &["parked", "--output", "json"], "", 0).0.lines().map(json).collect();
        Ok((lines.len() == 2).then_some(lines))
    };
    let parked = eventually("both are parked", parked).await.unwrap();
    assert_eq!(parked[0]["cause"]["code"], "Http422", "{parked:?}");
    assert_eq!(parked[0]["event"]["id"], "o-1");

    receiver.answer(204);
    run(yard.path(), &["redrive"], "", 2);
    run(yard.path(), &["redrive", "--event", "nobody"], "", 1);
    let (out, _) = run(yard.path(), &["redrive", "--event", "o-1", "--output", "json"], "", 0);
    assert_eq!(json(&out)["redriven"], 1);
    let settled = |delivered: u64| {
        let folder = yard.path();
        move || async move {
            let audit = json(&run(folder, &["audit", "--output", "json"], "", 0).0);
            Ok((audit["delivered"] == delivered && audit["in_flight"] == 0).then_some(audit))
        }
    };
    eventually("the first is delivered", settled(3)).await.unwrap();

    // The other one is redriven while no bus runs, and goes out when one does.
    bus.kill().unwrap();
    let (out, _) = run(yard.path(), &["redrive", "--all", "--output", "json"], "", 0);
    assert_eq!(json(&out)["redriven"], 1);
    let _bus = Bus::start(start).await.unwrap();
    let audit = eventually("the second is delivered", settled(4)).await.unwrap();
    assert_eq!(audit["parked"], 0, "{audit}");
    let counts = receiver.counts();
    assert_eq!(counts.len(), 2, "each has one delivery id: {counts:?}");
    assert!(counts.values().all(|&times| times == 2), "refused once, taken once: {counts:?}");
}

#[test]
fn events_can_be_put_where_no_bus_runs_and_are_there() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    run(yard.path(), &["put"], ORDER, 0);
    let (out, _) = run(yard.path(), &["trace", "o-1", "--output", "json"], "", 0);
    assert_eq!(json(&out)["events"][0]["matched"], serde_json::json!(["take-payment"]));
    assert_eq!(
        run(yard.path(), &["queue", "payments", "--output", "json"], "", 0).0.lines().count(),
        1
    );
    let (_, err) = run(yard.path(), &["queue", "receive", "payments"], "", 2);
    assert!(err.contains("no bus runs on"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_sends_receives_and_deletes_by_the_calls_of_any_sdk() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let _bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    run(yard.path(), &["queue", "send", "payments", "-"], "hello", 0);
    let (out, _) = run(yard.path(), &["queue", "receive", "payments", "--output", "json"], "", 0);
    let message = json(&out);
    assert_eq!(message["Body"], "hello");
    run(yard.path(), &["queue", "receive", "payments"], "", 1);
    let handle = message["ReceiptHandle"].as_str().unwrap();
    run(yard.path(), &["queue", "delete", "payments", handle], "", 0);
    let gone = || async {
        Ok(run(yard.path(), &["queue", "payments", "--output", "json"], "", 0)
            .0
            .is_empty()
            .then_some(()))
    };
    eventually("the message is gone", gone).await.unwrap();
    let (_, err) = run(yard.path(), &["queue", "receive", "nowhere"], "", 3);
    assert!(err.contains("nowhere") || err.contains("queue"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_follows_what_happens_as_lines_and_as_json() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let _bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    let mut tail = std::process::Command::new(command::binary().unwrap())
        .args(["tail", "--output", "json"])
        .current_dir(yard.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    // What happened before somebody listens is not told: events are put until the first is.
    let putting = std::thread::spawn({
        let folder = yard.path().to_owned();
        move || {
            for n in 0..50 {
                run(&folder, &["put"], &ORDER.replace("o-1", &format!("t-{n}")), 0);
            }
        }
    });
    let told: Vec<_> = lines.by_ref().take(3).map(|line| json(&line.unwrap())).collect();
    tail.kill().unwrap();
    tail.wait().unwrap();
    putting.join().unwrap();
    assert!(
        told.iter().all(|stage| stage["at"].is_string() && stage["stage"].is_string()),
        "{told:?}"
    );
    assert!(told.iter().all(|stage| stage.get("data").is_none()), "no payload: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_event_is_parked_with_its_bytes() {
    let rules = RULES
        .replace("RECEIVER", "https://partner.example/")
        .replace("version: 1\n", "version: 1\nbus: { inputs: [ { sqs: { queue: events } } ] }\n");
    let yard = folder(&[("rules/shop.yaml", &rules)]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let _bus = Bus::start(Start { rules: &rules, data: &data, arguments: &[], binary: None })
        .await
        .unwrap();
    run(yard.path(), &["queue", "send", "events", "-"], "no event at all", 0);
    let parked = || async {
        let (out, _) = run(yard.path(), &["parked", "--undecodable", "--output", "json"], "", 0);
        Ok(out.lines().next().map(json))
    };
    let parked = eventually("it is parked", parked).await.unwrap();
    assert_eq!(parked["bytes_base64"], "bm8gZXZlbnQgYXQgYWxs", "{parked}");
    assert!(parked["cause"]["code"].as_str().unwrap().starts_with('E'), "{parked}");
    let (out, _) = run(yard.path(), &["parked", "--undecodable"], "", 0);
    assert!(out.contains("no event at all"), "{out}");
}
