//! Replays of a stack: what its table says of them, and what a stack without the function says.

use std::sync::Arc;

use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::{Clients, NoWake};
use eventyard_bus::contract::fixture::{at, version};
use eventyard_bus::{Checkpoints as _, Cursor, Place, ReplayCounts, Replayed};
use eventyard_history::replay::{ReplayAsk, ReplayRecord, ReplayState};

use crate::aws::{Aws, REGION};
use crate::command::{lines, run};
use crate::yard::{fresh, table};

fn record(name: &str) -> ReplayRecord {
    let ask = ReplayAsk::all(name.parse().unwrap());
    let places = |page| Cursor { places: vec![Place::page(page); 16] };
    ReplayRecord {
        replayed: Replayed { name: ask.name.clone(), rules: Some(version()) },
        ask,
        cursor: places(3),
        end: places(9),
        state: ReplayState::Running,
        counts: ReplayCounts { events: 7, planned: 7, delivered: 7, ..ReplayCounts::default() },
        started_at: at(0),
        written_at: at(1),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_how_far_replays_are_and_a_person_pauses_them() {
    let aws = Aws::up().await;
    let name = fresh();
    table(&aws, &name).await;
    let stack = ["--stack", &name];
    assert!(lines(&aws, 0, &[&["replay", "--list"], &stack[..]].concat()).is_empty());
    let clients = Clients::of_stand_in(&aws.endpoint, REGION).await;
    let settings = StoreSettings::default();
    let store = DynamoStore::new(clients.dynamodb(), &name, "main", Arc::new(NoWake), settings);
    let text = serde_json::to_string(&record("july")).unwrap();
    let key = "replay/july".parse().unwrap();
    assert_eq!(store.put_checkpoint(&key, Some(&text), 0).await, Ok(true));

    let listed = lines(&aws, 0, &[&["replay", "--list"], &stack[..]].concat());
    assert_eq!(
        (&listed[0]["state"], &listed[0]["counts"]["events"]),
        (&"running".into(), &7.into())
    );
    let paused = lines(&aws, 0, &[&["replay", "--pause", "july"], &stack[..]].concat());
    assert_eq!(paused[0]["state"], "paused");
    let shown = lines(&aws, 0, &[&["replay", "--show", "july"], &stack[..]].concat());
    assert_eq!(shown[0]["state"], "paused");

    let unknown = run(&aws, &[&["replay", "--show", "nobody"], &stack[..]].concat());
    assert_eq!(unknown.code, 3);
    assert!(unknown.err.contains("`nobody`"), "{}", unknown.err);
    // Nothing that could do it is deployed.
    let started = run(&aws, &[&["replay", "august"], &stack[..]].concat());
    assert_eq!(started.code, 3);
    assert!(started.err.contains(&format!("`{name}-replay`")), "{}", started.err);
}
