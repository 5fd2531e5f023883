//! Events out of a bus and into another, and the readers that remember how far they are.

use std::path::Path;

use super::{folder, json, run};
use eventyard_embedded::store::Store;
use eventyard_history::subscription::{Begin, Subscription, SubscriptionOptions};
use eventyard_tests::bus::{Bus, Start};
use jiff::Timestamp;

const RULES: &str = r#"
version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - { name: placed, when: $.type == 'OrderPlaced', to: payments }
"#;

fn orders(range: std::ops::Range<usize>) -> String {
    let order = |n| {
        format!(
            r#"{{"specversion":"1.0","id":"o-{n}","source":"shop","type":"OrderPlaced","data":{{"n":{n}}}}}"#
        ) + "\n"
    };
    range.map(order).collect()
}

/// A folder with events put where no bus runs.
fn yard(count: usize) -> tempfile::TempDir {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    run(yard.path(), &["put", "-"], &orders(0..count), 0);
    yard
}

#[test]
fn what_is_exported_is_imported_elsewhere_in_order_and_as_often_as_one_likes() {
    let (old, new) = (yard(2_500), folder(&[("rules/shop.yaml", RULES)]));
    let (exported, _) = run(old.path(), &["export", "events"], "", 0);
    assert_eq!(exported, orders(0..2_500), "as they were sent");
    let import = ["import", "-", "--output", "json"];
    let (out, _) = run(new.path(), &import, &exported, 0);
    assert_eq!(out.trim(), r#"{"accepted":2500,"duplicates":0,"refused":0}"#);
    let (out, _) = run(new.path(), &import, &exported, 0);
    assert_eq!(out.trim(), r#"{"accepted":0,"duplicates":2500,"refused":0}"#);
    let (again, _) = run(new.path(), &["export", "events"], "", 0);
    assert_eq!(again, exported);
    let (out, _) = run(new.path(), &["audit", "--output", "json"], "", 0);
    assert_eq!(json(&out)["delivered"], 2_500);
}

#[test]
fn an_import_says_which_lines_were_refused_and_takes_the_rest() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let other = orders(0..1).replace("\"n\":0", "\"n\":7");
    let lines = format!("{}\n{other}{{\"no\":\"event\"}}\n{}", orders(0..1), orders(1..2));
    let (out, err) = run(yard.path(), &["import"], &lines, 1);
    assert!(out.contains("2 events accepted, 0 there already, 2 refused"), "{out}");
    assert!(err.contains("line 3: conflict o-0"), "{err}");
    assert!(err.contains("line 4: "), "{err}");
    assert!(!err.contains("line 5: "), "{err}");
}

#[test]
fn an_export_takes_the_same_filters_as_a_list_and_writes_over_no_file() {
    let yard = yard(20);
    let export = ["export", "events", "--when", "$.data.n > 17", "--file", "some.ndjson"];
    let (out, err) = run(yard.path(), &export, "", 0);
    assert!(out.is_empty() && err.contains("2 events in `some.ndjson`"), "{out}{err}");
    let written = std::fs::read_to_string(yard.path().join("some.ndjson")).unwrap();
    assert_eq!(written, orders(18..20));
    let (_, err) = run(yard.path(), &export, "", 2);
    assert!(err.contains("cannot write a new file `some.ndjson`"), "{err}");
}

/// Runs the reader `orders` until there is nothing left; answers how many events it got.
fn read_orders(yard: &Path) -> usize {
    let store = Store::open(yard.join(".eventyard")).unwrap();
    let options = SubscriptionOptions { begin: Begin::Start, ..SubscriptionOptions::default() };
    futures::executor::block_on(async {
        let (name, now) = ("orders".parse().unwrap(), Timestamp::now());
        let mut orders = Subscription::open(&store, &store, name, options, now).await.unwrap();
        let mut events = 0;
        while let Some(batch) = orders.next().await.unwrap() {
            events += batch.events.len();
            orders.done(batch, Timestamp::now()).await.unwrap();
        }
        events
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_are_listed_paused_and_rewound_with_and_without_a_running_bus() {
    let yard = yard(30);
    let path = yard.path();
    let verb = "subscriptions";
    let (out, _) = run(path, &[verb], "", 0);
    assert!(out.contains("no program has a subscription"), "{out}");
    assert_eq!((read_orders(path), read_orders(path)), (30, 0));

    let (out, _) = run(path, &[verb, "--rewind", "orders", "--to", "1h"], "", 0);
    assert!(out.contains("orders  running: 30 events done, next at 1"), "{out}");
    assert_eq!(read_orders(path), 30);

    let (rules, data) = (path.join("rules"), path.join(".eventyard"));
    let start = Start { rules: &rules, data: &data, arguments: &[], binary: None };
    let bus = Bus::start(start).await.unwrap();
    let (out, _) = run(path, &[verb, "--pause", "orders", "--output", "json"], "", 0);
    assert_eq!((&json(&out)["state"], &json(&out)["events"]), (&"paused".into(), &60.into()));
    let (out, _) = run(path, &[verb, "--rewind", "orders", "--to", "1h"], "", 0);
    assert!(out.contains("orders  paused"), "{out}");
    let (_, err) = run(path, &[verb, "--resume", "nobody"], "", 3);
    assert!(err.contains("there is no subscription `nobody`"), "{err}");
    bus.kill().unwrap();
    assert_eq!(read_orders(path), 0, "it is paused");
    run(path, &[verb, "--resume", "orders"], "", 0);
    assert_eq!(read_orders(path), 30);
    run(path, &[verb, "--remove", "orders"], "", 0);
    let (_, err) = run(path, &[verb, "--remove", "orders"], "", 2);
    assert!(err.contains("there is no subscription `orders`"), "{err}");
}
