//! What happened, told and done again: replays, routing diffs.

use std::path::Path;

use super::{folder, json, run};
use eventyard_tests::bus::{Bus, Start, eventually};
use eventyard_tests::receiver::Receiver;
use serde_json::Value;

/// Orders go to a queue, and those with a partner to an HTTP receiver as well.
const RULES: &str = r#"
version: 1
targets:
  payments: { sqs: { queue: payments } }
  partner: { http: { url: "RECEIVER" } }
rules:
  - { name: placed, when: $.type == 'OrderPlaced', to: payments }
  - { name: partners, when: $.data.partner == true, to: partner }
  - { name: again, when: $.replay == 'marked', to: payments }
"#;

fn order(n: usize) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"o-{n}","source":"shop","type":"OrderPlaced","subject":"c-{}","data":{{"n":{n}}}}}"#,
        n % 10
    )
}

fn orders(count: usize) -> String {
    (0..count).map(|n| order(n) + "\n").collect()
}

async fn start(yard: &Path) -> Bus {
    let (rules, data) = (yard.join("rules"), yard.join(".eventyard"));
    let start = Start {
        rules: &rules,
        data: &data,
        arguments: &["--allow-insecure-targets"],
        binary: None,
    };
    Bus::start(start).await.unwrap()
}

/// The bodies of the messages of a queue.
fn messages(yard: &Path, queue: &str) -> Vec<Value> {
    let (out, _) = run(yard, &["queue", queue, "--output", "json"], "", 0);
    out.lines().map(|line| json(json(line)["body"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_replayed_in_order_marked_and_counted() {
    let receiver = Receiver::start().await.unwrap();
    let yard = folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", &receiver.url()))]);
    let yard = yard.path();
    let bus = start(yard).await;
    run(yard, &["put", "-"], &orders(250), 0);

    let dry = ["replay", "july", "--subject", "c-3", "--when", "$.data.n > 100"];
    let (out, _) = run(yard, &[&dry[..], &["--dry-run", "--output", "json"]].concat(), "", 0);
    assert_eq!(
        (&json(&out)["events"], &json(&out)["planned"]),
        (&Value::from(15), &Value::from(15))
    );
    assert_eq!(messages(yard, "payments").len(), 250, "a dry run delivers nothing");

    let (out, _) = run(yard, &[&dry[..], &["--output", "json"]].concat(), "", 0);
    let record = json(out.lines().last().unwrap());
    assert_eq!((&record["state"], &record["counts"]["delivered"]), (&"done".into(), &15.into()));
    let again = messages(yard, "payments").split_off(250);
    let ids: Vec<_> = again.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    let wanted: Vec<_> = (10..25).map(|n| format!("o-{}", n * 10 + 3)).collect();
    assert_eq!(ids, wanted);
    assert!(again.iter().all(|event| event["replay"] == "july"));

    // A name is used once; a rule that asks for the mark is asked; the audit holds.
    let (_, refused) = run(yard, &["replay", "july"], "", 3);
    assert!(refused.contains("`july`") && refused.contains("once"), "{refused}");
    run(yard, &["replay", "marked", "--only-rule", "again", "--rate", "100000"], "", 0);
    assert_eq!(messages(yard, "payments").len(), 250 + 15 + 250);
    let (out, _) = run(yard, &["replay", "--list"], "", 0);
    assert!(out.contains("july") && out.contains("marked") && out.contains("done"), "{out}");
    run(yard, &["audit"], "", 0);
    let (_, refused) = run(yard, &["replay", "--show", "nobody"], "", 3);
    assert!(refused.contains("`nobody`"), "{refused}");
    bus.kill().unwrap();
    let (_, refused) = run(yard, &["replay", "other"], "", 2);
    assert!(refused.contains("eventyard dev"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_whose_bus_is_killed_goes_on_when_one_runs_again() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    let yard = yard.path();
    let bus = start(yard).await;
    run(yard, &["put", "-"], &orders(1_000), 0);
    // Slow enough to be cut off in the middle.
    run(yard, &["replay", "july", "--rate", "200", "--detach"], "", 0);
    let shown = || json(&run(yard, &["replay", "--show", "july", "--output", "json"], "", 0).0);
    let some = || async { Ok((shown()["counts"]["events"].as_u64() >= Some(200)).then_some(())) };
    eventually("some are replayed", some).await.unwrap();
    run(yard, &["replay", "--pause", "july"], "", 0);
    bus.kill().unwrap();
    let bus = start(yard).await;
    let there = messages(yard, "payments").len() - 1_000;
    assert!((200..1_000).contains(&there), "{there}");
    assert_eq!(shown()["state"], "paused");
    run(yard, &["replay", "--resume", "july"], "", 0);
    bus.kill().unwrap();
    let _bus = start(yard).await;
    let done = || async { Ok((shown()["state"] == "done").then_some(())) };
    eventually("all are replayed", done).await.unwrap();
    let again = messages(yard, "payments").split_off(1_000);
    let mut ids: Vec<_> = again.iter().map(|event| event["data"]["n"].as_u64().unwrap()).collect();
    assert!(again.len() <= 1_000 + 200, "at most a step for each kill is repeated");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids, (0..1_000).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routing_diff_tells_what_changed_rules_would_have_done() {
    let old = RULES.replace("RECEIVER", "https://partner.example/");
    let new = old.replace("$.type == 'OrderPlaced'", "$.type == 'OrderPlaced' && $.data.n < 90");
    let yard =
        folder(&[("rules/shop.yaml", &old), ("new/shop.yaml", &new), ("bad/shop.yaml", "x")]);
    let yard = yard.path();
    let bus = start(yard).await;
    run(yard, &["put", "-"], &orders(100), 0);

    let (same, _) = run(yard, &["diff", "rules", "rules"], "", 0);
    assert!(same.contains("100 events compared"), "{same}");
    let (table, _) = run(yard, &["diff", "rules", "new"], "", 2);
    assert!(table.contains("- payments sqs payments  10 events"), "{table}");
    let lines = |arguments: &[&str], input: &str| {
        let all = [&["diff", "rules", "new", "--output", "json"], arguments].concat();
        run(yard, &all, input, 2).0
    };
    let listed = lines(&[], "");
    assert_eq!(listed.lines().count(), 11);
    assert_eq!(json(listed.lines().next().unwrap())["lost"][0]["target"], "payments");
    assert_eq!(json(listed.lines().last().unwrap())["changed"], 10);
    // The same bytes at every run, and through every door.
    let url = bus.url().to_owned();
    assert_eq!(lines(&[], ""), listed);
    assert_eq!(lines(&["--url", &url], ""), listed);
    assert_eq!(lines(&["-"], &orders(100)), listed);
    assert_eq!(messages(yard, "payments").len(), 100, "nothing is delivered");

    // What cannot be compared is neither same nor changed.
    run(yard, &["diff", "rules", "bad"], "", 1);
    run(yard, &["diff", "rules", "nowhere"], "", 1);
    let (_, refused) = run(yard, &["diff", "rules", "new", "-"], "{}\n", 1);
    assert!(refused.contains("line 1"), "{refused}");
    bus.kill().unwrap();
    run(yard, &["diff", "rules", "new", "--url", &url], "", 1);
    assert_eq!(lines(&[], ""), listed, "the folder of a bus that is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_tells_of_replays_and_of_rules_that_nearly_matched() {
    let receiver = Receiver::start().await.unwrap();
    let yard = folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", &receiver.url()))]);
    let yard = yard.path();
    let bus = start(yard).await;
    let partner = order(1).replace(r#"{"n":1}"#, r#"{"n":1,"partner":true}"#);
    run(yard, &["put", "-"], &partner, 0);
    let trace =
        || json(&run(yard, &["trace", "o-1", "--output", "json"], "", 0).0)["events"][0].take();
    let delivered =
        || async { Ok((trace()["deliveries"][1]["state"] == "delivered").then_some(())) };
    eventually("the partner has it", delivered).await.unwrap();

    // The partner refuses it the second time: the delivery of the replay is parked, and told by its name.
    receiver.answer(400);
    run(yard, &["replay", "july", "--only-target", "partner"], "", 0);
    let parked = || async { Ok((trace()["deliveries"][2]["state"] == "parked").then_some(())) };
    eventually("the replay is parked", parked).await.unwrap();
    let story = trace();
    assert_eq!(story["deliveries"][1]["replay"], Value::Null);
    assert_eq!(story["deliveries"][2]["replay"], "july");
    assert_ne!(story["deliveries"][1]["id"], story["deliveries"][2]["id"]);
    let (text, _) = run(yard, &["trace", "o-1"], "", 0);
    assert!(text.contains("partners -> partner  in replay july"), "{text}");

    // One clause kept `again` from it, by the rules that planned it then, whatever they are now.
    let near = ["trace", "o-1", "--near-misses"];
    let (text, _) = run(yard, &near, "", 0);
    assert!(text.contains("of 1 rule that did not match, 1 nearly did"), "{text}");
    assert!(text.contains("this alone kept it from matching"), "{text}");
    let on_folder = run(yard, &[&near[..], &["--output", "json"]].concat(), "", 0).0;
    let on_url =
        run(yard, &[&near[..], &["--output", "json", "--url", bus.url()]].concat(), "", 0).0;
    assert_eq!(on_folder, on_url);
    assert_eq!(json(&on_url)["events"][0]["near_misses"][0]["rule"], "again");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_by_condition_from_cursor_to_cursor_and_as_chains() {
    let yard =
        folder(&[("rules/shop.yaml", &RULES.replace("RECEIVER", "https://partner.example/"))]);
    let yard = yard.path();
    let bus = start(yard).await;
    run(yard, &["put", "-"], &orders(30), 0);
    let caused = |id: &str, kind: &str, cause: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"till","type":"{kind}","causationid":"{cause}","correlationid":"c-77"}}"#
        ) + "\n"
    };
    let effects = caused("p-1", "Paid", "o-7") + &caused("s-1", "Shipped", "p-1");
    run(yard, &["put", "-"], &effects, 0);
    let url = bus.url().to_owned();
    // Both doors say the same.
    let said = |arguments: &[&str]| {
        let on_folder = run(yard, &[&["events"], arguments].concat(), "", 0);
        let on_url = run(yard, &[&["events", "--url", &url], arguments].concat(), "", 0);
        assert_eq!(on_folder, on_url);
        on_folder
    };
    let ids = |text: &str| text.lines().map(|l| json(l)["id"].clone()).collect::<Vec<_>>();
    let (some, _) = said(&["--when", "$.data.n >= 27", "--output", "json"]);
    assert_eq!(ids(&some), ["o-27", "o-28", "o-29"]);
    let (some, _) = said(&["--correlation", "c-77", "--output", "json"]);
    assert_eq!(ids(&some), ["p-1", "s-1"]);
    let (none, _) = said(&["--until", "1h"]);
    assert_eq!(none, "");

    // A list goes on behind the last event of the one before, without a gap and without a repetition.
    let (first, told) = said(&["--limit", "12", "--output", "json"]);
    let cursor = told.trim().rsplit(' ').next().unwrap().to_owned();
    let (second, _) = said(&["--cursor", &cursor, "--output", "json"]);
    let all = [ids(&first), ids(&second)].concat();
    assert_eq!(all.len(), 32);
    assert_eq!((&all[0], &all[12], &all[31]), (&"o-0".into(), &"o-12".into(), &"s-1".into()));
    let (lines, _) = said(&["--cursors", "--limit", "1"]);
    assert_eq!(json(&lines)["event"]["id"], "o-0");

    // Asked for in the middle, a chain is told from its beginning.
    let (chain, _) = said(&["--chain", "p-1"]);
    let starts: Vec<_> = chain.lines().map(|line| line.split("  from").next().unwrap()).collect();
    assert!(starts[0].starts_with("o-7  OrderPlaced"), "{chain}");
    assert!(starts[1].starts_with("  p-1  Paid"), "{chain}");
    assert!(starts[2].starts_with("    s-1  Shipped"), "{chain}");
    let (chain, _) = said(&["--chain", "s-1", "--output", "json"]);
    assert_eq!(json(chain.lines().last().unwrap())["cause"], "p-1");

    run(yard, &["events", "--chain", "nobody"], "", 1);
    let (_, refused) = run(yard, &["events", "--when", "$.("], "", 2);
    assert!(refused.contains("`when`"), "{refused}");
    let (_, refused) = run(yard, &["events", "--when", "$.(", "--url", &url], "", 3);
    assert!(refused.contains("`when`"), "{refused}");
    let (_, refused) = run(yard, &["events", "--cursor", "1.1"], "", 2);
    assert!(refused.contains("2 shards"), "{refused}");
}
