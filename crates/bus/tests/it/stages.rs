//! What observers are told: flat JSON, one word each, never a payload.

use crate::world::{World, denied, event, failing, target};
use eventyard_bus::{Acceptance, Sent, Stage};
use futures::executor::block_on;

/// A world in which everything happens that can be told.
fn eventful() -> World {
    let world = World::new();
    let refused = Sent::Park { cause: crate::world::cause() };
    world.targets().answer_next(&target("queue"), [failing(), refused]);
    world.deliver(vec![event("1", "Queue"), event("2", "Queue"), event("3", "Nothing")]);
    let again = world.ingest(vec![event("1", "Queue"), event("2", "Other")]);
    assert_eq!(again.results, [Acceptance::Duplicate, Acceptance::Conflict]);
    world.finish("queue");
    let items = world.ports.store.items();
    let parked = items.iter().find(|item| item.cause.is_some() && item.attempts == 1).unwrap();
    block_on(world.bus.redrive(&parked.key, None)).unwrap();
    world.targets().answer_next(&target("queue"), [denied()]);
    world.attempt("queue");
    world.finish("queue");
    world.deliver(vec![event("4", "Partner")]);
    world.finish("partner");
    world
}

#[test]
fn the_whole_story_is_told_in_one_word_each() {
    let world = eventful();
    for word in [
        "rules-loaded",
        "accepted",
        "matched",
        "unmatched",
        "duplicate",
        "conflict",
        "retried",
        "parked",
        "redriven",
        "breaker-opened",
        "waiting",
        "delivered",
    ] {
        let told = world.ports.observer.count(word);
        assert!(told > 0, "`{word}` was never told");
    }
}

#[test]
fn a_stage_is_one_flat_object_and_reads_back() {
    for stage in eventful().ports.observer.stages() {
        let text = serde_json::to_string(&stage).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["stage"], stage.what.word(), "{text}");
        assert!(value["at"].is_string(), "{text}");
        assert!(value.as_object().unwrap().values().all(|member| !member.is_object()), "{text}");
        assert_eq!(serde_json::from_str::<Stage>(&text).unwrap(), stage, "{text}");
    }
}

#[test]
fn a_delivery_is_told_by_its_names() {
    let world = World::new();
    world.deliver(vec![event("1", "Queue")]);
    let stages = world.ports.observer.stages();
    let told = serde_json::to_value(stages.last().unwrap()).unwrap();
    let stored = &world.ports.store.events()[0];
    assert_eq!(
        told,
        serde_json::json!({
            "at": "2026-01-01T00:00:00Z",
            "stage": "delivered",
            "identity": stored.event.identity().to_string(),
            "id": "1",
            "delivery": stored.plan.deliveries[0].id.to_string(),
            "rule": "to-queue",
            "target": "queue",
            "attempt": 1,
            "duration_ms": 0,
            "latency_ms": 0,
        })
    );
}
