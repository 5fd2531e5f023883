//! Groups, wake-ups and the sweep, where the contracts do not look.

use std::sync::{Arc, Mutex};

use eventyard_aws::store::DynamoStore;
use eventyard_aws::{Wake, WakeUp};
use eventyard_bus::contract::fixture::{at, end, event, grouped, item, lease, planned, target};
use eventyard_bus::{
    Accept, Deliveries, Delivery, DeliveryKey, DeliveryState, Ledger, LogPosition,
};
use eventyard_rules::TargetName;
use futures::future::BoxFuture;

use crate::table::{block_on, fresh, fresh_bus, settings, store};

/// Remembers the wake-ups.
#[derive(Default)]
struct Woken(Mutex<Vec<DeliveryKey>>);

impl Wake for Woken {
    fn wake(&self, wake_ups: Vec<WakeUp>) -> BoxFuture<'_, ()> {
        self.0.lock().expect("woken").extend(wake_ups.iter().map(|wake_up| wake_up.key));
        Box::pin(std::future::ready(()))
    }

    fn wake_targets(&self, _: Vec<TargetName>) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Woken {
    fn take(&self) -> Vec<DeliveryKey> {
        std::mem::take(&mut *self.0.lock().expect("woken"))
    }
}

async fn woken() -> (DynamoStore, Arc<Woken>) {
    let woken = Arc::new(Woken::default());
    (store(&fresh_bus(), woken.clone(), settings()).await, woken)
}

async fn finish(store: &DynamoStore, delivery: &Delivery, n: u32, now_s: u64) {
    let claimed = store.claim(&[(delivery.key, n)], lease(now_s, now_s + 60)).await;
    assert_eq!(claimed, Ok(vec![true]));
    let done = end(delivery.key, n, DeliveryState::Delivered { at: at(now_s) }, now_s);
    assert_eq!(store.settle(vec![done]).await, Ok(vec![true]));
}

#[test]
fn what_waits_is_woken_and_of_a_group_only_the_first() {
    block_on(async {
        let (store, woken) = woken().await;
        let (alone, first, second) =
            (item(1, "x", 5), grouped(2, "x", "a", 0), grouped(3, "x", "a", 0));
        store.record(vec![second.clone(), first.clone(), alone.clone()]).await.expect("recorded");
        let mut keys = woken.take();
        keys.sort();
        let mut expected = vec![alone.key, first.key];
        expected.sort();
        assert_eq!(keys, expected);
        finish(&store, &first, 1, 1).await;
        assert_eq!(woken.take(), [second.key], "the next of the group");
        store.claim(&[(alone.key, 1)], lease(5, 60)).await.expect("claimed");
        assert!(woken.take().is_empty(), "an attempt wakes nobody");
        let failed = end(alone.key, 1, DeliveryState::Waiting { due: at(9) }, 5);
        store.settle(vec![failed]).await.expect("settled");
        assert_eq!(woken.take(), [alone.key]);
        store.defer(&[(alone.key, at(20))]).await.expect("deferred");
        assert_eq!(woken.take(), [alone.key]);
        store.claim(&[(alone.key, 2)], lease(20, 60)).await.expect("claimed");
        let parked = end(alone.key, 2, DeliveryState::Parked { at: at(20) }, 20);
        store.settle(vec![parked]).await.expect("settled");
        assert!(woken.take().is_empty(), "what is parked wakes nobody");
        store.redrive(&alone.key, None, at(30)).await.expect("redriven");
        assert_eq!(woken.take(), [alone.key]);
    });
}

#[test]
fn recording_a_finished_first_again_does_not_hold_its_group() {
    block_on(async {
        let (store, _) = woken().await;
        let (first, second) = (grouped(1, "x", "a", 0), grouped(2, "x", "a", 0));
        store.record(vec![first.clone(), second.clone()]).await.expect("recorded");
        finish(&store, &first, 1, 1).await;
        store.record(vec![first.clone()]).await.expect("recorded again");
        assert_eq!(store.due(&target("x"), at(1), 9).await, Ok(vec![second.clone()]));
        finish(&store, &second, 1, 1).await;
        assert_eq!(store.holds(&target("x"), "a").await, Ok(false));
    });
}

#[test]
fn an_event_of_an_ordered_source_stays_in_the_shard_of_its_group() {
    block_on(async {
        let bus = fresh_bus();
        let mut shards = Vec::new();
        for n in 0..6 {
            // Each by an instance of its own, whose home is anywhere.
            let store = store(&bus, Arc::new(Woken::default()), settings()).await;
            let new = planned(event(&n.to_string(), "a"), &["x"]);
            let batch = vec![Accept { order: Some("VB-1".into()), ..new }];
            let page = store.accept(batch, lease(0, 60)).await.expect("accepted").page;
            shards.push(page.expect("a page").claim.page.0);
        }
        assert!(shards.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{shards:?}");
    });
}

#[test]
fn an_event_is_open_until_its_page_is_sealed() {
    block_on(async {
        let store = fresh().await;
        let new = planned(event("1", "a"), &["x"]);
        let identity = new.event.identity();
        assert_eq!(store.is_open(&identity).await, Ok(false), "it is not there");
        let page = store.accept(vec![new], lease(0, 60)).await.expect("accepted").page;
        let page = page.expect("a page");
        assert_eq!(store.is_open(&identity).await, Ok(true));
        assert_eq!(store.oldest_open_page().await, Ok(Some(at(0))));
        store.seal(&page.claim, &[], at(1)).await.expect("sealed");
        assert_eq!(store.is_open(&identity).await, Ok(false));
        assert_eq!(store.oldest_open_page().await, Ok(None));
    });
}

#[test]
fn a_long_log_is_swept_from_its_mark_on() {
    block_on(async {
        let store = fresh().await;
        for n in 0..45 {
            let batch = vec![planned(event(&n.to_string(), "a"), &["x"])];
            let page = store.accept(batch, lease(n, n + 60)).await.expect("accepted").page;
            if n != 30 {
                store.seal(&page.expect("a page").claim, &[], at(n)).await.expect("sealed");
            }
        }
        for attempt in 2..5 {
            let now_s = u64::from(attempt) * 100;
            let page = store.take_over(lease(now_s, now_s + 50)).await.expect("asked");
            assert_eq!(page.expect("page 31").claim.attempt, attempt);
            assert!(store.take_over(lease(now_s, now_s + 50)).await.expect("asked").is_none());
        }
    });
}

#[test]
fn the_oldest_due_delivery_of_all_targets_is_told() {
    block_on(async {
        let store = fresh().await;
        assert_eq!(store.oldest_due(at(100)).await, Ok(None));
        store.record(vec![item(1, "x", 30), item(2, "y", 20)]).await.expect("recorded");
        assert_eq!(store.oldest_due(at(19)).await, Ok(None));
        assert_eq!(store.oldest_due(at(100)).await, Ok(Some(at(20))));
    });
}

#[test]
fn an_audit_since_a_time_counts_its_pages_and_finds_what_is_lost() {
    block_on(async {
        let store = fresh().await;
        for n in 0..30 {
            let now_s = n * 1_000;
            let batch = vec![planned(event(&n.to_string(), "a"), &["x"])];
            let page = store.accept(batch, lease(now_s, now_s + 60)).await.expect("accepted").page;
            let page = page.expect("a page");
            let planned = &page.events[0].plan.deliveries[0];
            let delivered = eventyard_bus::Sealed { delivery: planned.id, at: at(now_s) };
            // The last is sealed as if its delivery had an item, and it has none.
            let outcomes = if n == 29 { vec![] } else { vec![delivered] };
            store.seal(&page.claim, &outcomes, at(now_s + 1)).await.expect("sealed");
        }
        let all = store.audit_since(at(0)).await.expect("audited");
        assert_eq!((all.accepted, all.delivered, all.violations.len()), (30, 29, 1));
        let some = store.audit_since(at(20_000)).await.expect("audited");
        assert_eq!((some.accepted, some.delivered, some.violations.len()), (10, 9, 1));
        let event = event("29", "a").identity();
        let lost = item(29, "x", 0);
        let position = LogPosition::default();
        let id = eventyard_event::DeliveryId::new("main", &event, "everything", "x", None);
        let key = DeliveryKey { identity: event, id };
        store.record(vec![Delivery { key, position, ..lost }]).await.expect("recorded");
        let found = store.audit_since(at(20_000)).await.expect("audited");
        assert_eq!((found.in_flight, found.violations.len()), (1, 0));
    });
}
