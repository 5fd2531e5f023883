//! `eventyard stream`: on a running bus, on its folder beside it, and on the folder alone.

use eventyard_tests::bus::{Bus, Start, eventually};
use serde_json::json;

use super::{folder, json, run};

const RULES: &str = "version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
  - { name: take-payment, when: '$.data.total > 0', to: payments }
";

fn lines(ids: std::ops::Range<u32>) -> String {
    let line = |id: u32| {
        let event = json!({
            "specversion": "1.0", "id": format!("o-{id}"), "source": "shop",
            "type": "OrderPlaced", "data": { "total": 5 },
        });
        format!("{event}\n")
    };
    ids.map(line).collect()
}

fn versions(out: &str) -> Vec<u64> {
    out.lines().map(|line| json(line)["version"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_appended_to_and_read_wherever_its_bus_is() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let (rules, data) = (yard.path().join("rules"), yard.path().join(".eventyard"));
    let append = ["stream", "append", "order/1", "--output", "json", "--expected"];
    let appended = |arguments: &[&str], input: &str, code: i32| {
        json(&run(yard.path(), &[&append[..], arguments].concat(), input, code).0)
    };
    // No bus runs on the folder.
    assert_eq!(appended(&["none"], &lines(1..3), 0), json!({ "first": 1, "last": 2 }));
    let read = ["stream", "order/1", "--output", "json"];
    assert_eq!(versions(&run(yard.path(), &read, "", 0).0), [1, 2]);

    let start = Start { rules: &rules, data: &data, arguments: &[], binary: None };
    let bus = Bus::start(start).await.unwrap();
    let url = bus.url().to_owned();
    assert_eq!(appended(&["2"], &lines(3..5), 0), json!({ "first": 3, "last": 4 }));
    let again = appended(&["2", "--url", &url], &lines(3..5), 0);
    assert_eq!(again, json!({ "first": 3, "last": 4 }), "the same again");
    let lost = appended(&["2"], &lines(5..6), 1);
    assert_eq!(
        (&lost["error"]["code"], &lost["error"]["expected"], &lost["error"]["actual"]),
        (&json!("VersionConflict"), &json!("2"), &json!(4))
    );
    let (_, said) =
        run(yard.path(), &["stream", "append", "order/1", "--expected", "none"], "{}", 3);
    assert!(said.contains("event 1"), "{said}");
    run(yard.path(), &["stream", "append", "order/1", "--expected", "some"], "", 2);
    run(yard.path(), &["stream"], "", 2);

    for (arguments, found) in [
        (&[][..], vec![1, 2, 3, 4]),
        (&["--from", "3"], vec![3, 4]),
        (&["--limit", "1"], vec![1]),
        (&["--backwards", "--limit", "2"], vec![4, 3]),
        (&["--backwards", "--from", "2"], vec![2, 1]),
    ] {
        let on_url = [&read[..], arguments, &["--url", &url]].concat();
        let (remote, _) = run(yard.path(), &on_url, "", 0);
        assert_eq!(versions(&remote), found, "{arguments:?}");
        let beside = run(yard.path(), &[&read[..], arguments].concat(), "", 0).0;
        assert_eq!(beside, remote, "{arguments:?} beside the running bus");
    }
    let (text, _) = run(yard.path(), &["stream", "order/1", "--limit", "1"], "", 0);
    assert!(text.contains("o-1") && text.contains("OrderPlaced from shop"), "{text}");
    assert_eq!(run(yard.path(), &["stream", "order/2"], "", 0).0, "");

    let routed = || async {
        let audit = json(&run(yard.path(), &["audit", "--output", "json"], "", 0).0);
        Ok((audit["delivered"] == 4 && audit["open"] == 0).then_some(()))
    };
    eventually("all four are delivered", routed).await.unwrap();
    let trace = json(&run(yard.path(), &["trace", "o-1", "--output", "json"], "", 0).0);
    assert_eq!(trace["events"][0]["via"], "stream:order/1");
}
