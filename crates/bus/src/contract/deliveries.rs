//! What a store does with delivery items and attempts: see [`Deliveries`].

use super::fixture::{at, cause, end, item, lease, parked, target};
use crate::{Deliveries, Delivery, DeliveryKey, DeliveryState};

pub(super) async fn read(store: &impl Deliveries, key: DeliveryKey) -> Delivery {
    let items = store.get(&[key]).await.expect("read");
    items.into_iter().flatten().next().expect("an item")
}

pub(super) async fn due(store: &impl Deliveries, now_s: u64) -> Vec<u32> {
    let items = store.due(&target("x"), at(now_s), 100).await.expect("asked");
    items.iter().map(|item| item.position.entry).collect()
}

pub(super) async fn claim(
    store: &impl Deliveries,
    key: DeliveryKey,
    attempt: u32,
    now_s: u64,
) -> bool {
    let claimed = store.claim(&[(key, attempt)], lease(now_s, now_s + 60)).await;
    claimed.expect("claimed") == [true]
}

/// Every field comes back, and unknown keys have nothing, in the order of the keys.
pub async fn a_recorded_item_is_read_as_it_was_given(store: &impl Deliveries) {
    let tried = Delivery {
        attempts: 1,
        history: vec![
            end(item(2, "x", 9).key, 1, DeliveryState::Waiting { due: at(9) }, 1).attempt,
        ],
        cause: Some(cause()),
        group: Some("VB-42345".to_owned()),
        ..item(2, "x", 9)
    };
    let items = vec![item(1, "x", 0), tried, parked(3, "y", 5)];
    store.record(items.clone()).await.expect("recorded");
    let mut keys: Vec<_> = items.iter().map(|item| item.key).collect();
    keys.insert(1, item(9, "x", 0).key);
    let mut expected: Vec<_> = items.into_iter().map(Some).collect();
    expected.insert(1, None);
    assert_eq!(store.get(&keys).await, Ok(expected));
}

/// A page that is delivered again does not set back what became of its items.
pub async fn recording_again_changes_nothing(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    let done = end(first.key, 1, DeliveryState::Delivered { at: at(1) }, 0);
    store.settle(vec![done]).await.expect("settled");
    store.record(vec![first.clone(), item(2, "x", 0)]).await.expect("recorded");
    assert_eq!(read(store, first.key).await.state, DeliveryState::Delivered { at: at(1) });
    assert_eq!(due(store, 0).await, [2]);
}

/// An empty store has no work, and takes empty lists.
pub async fn nothing_recorded_is_nothing_due(store: &impl Deliveries) {
    store.record(Vec::new()).await.expect("recorded");
    assert_eq!(store.get(&[]).await, Ok(Vec::new()));
    assert_eq!(store.claim(&[], lease(0, 1)).await, Ok(Vec::new()));
    assert_eq!(store.settle(Vec::new()).await, Ok(Vec::new()));
    assert_eq!(store.next_due(&target("x")).await, Ok(None));
    assert_eq!(store.targets().await, Ok(Vec::new()));
    assert!(due(store, 1_000).await.is_empty());
}

/// The worker of a target sees its own items, in the order of their due times.
pub async fn due_items_come_longest_due_first_and_only_those_of_the_target(
    store: &impl Deliveries,
) {
    let others = [item(4, "y", 0), parked(5, "x", 0), item(6, "x-y", 0)];
    let own = [item(1, "x", 30), item(2, "x", 10), item(3, "x", 20)];
    store.record(own.into_iter().chain(others).collect()).await.expect("recorded");
    assert!(due(store, 9).await.is_empty());
    assert_eq!(due(store, 10).await, [2]);
    assert_eq!(due(store, 29).await, [2, 3]);
    assert_eq!(due(store, 30).await, [2, 3, 1]);
}

/// A worker that was told of items finds those that are due, wherever they stand.
pub async fn due_items_are_found_by_their_keys_and_no_others(store: &impl Deliveries) {
    let items = vec![
        item(1, "x", 30),
        item(2, "x", 10),
        item(3, "x", 20),
        item(4, "x", 5),
        item(5, "y", 0),
        parked(6, "x", 0),
    ];
    store.record(items.clone()).await.expect("recorded");
    let keys: Vec<_> = [&items[0], &items[2], &items[1], &items[4], &items[5]]
        .map(|item| item.key)
        .into_iter()
        .chain([item(9, "x", 0).key])
        .collect();
    let x = target("x");
    assert_eq!(store.due_of(&x, &keys, at(20)).await, Ok(vec![items[1].clone(), items[2].clone()]));
    assert_eq!(store.due_of(&x, &keys, at(9)).await, Ok(Vec::new()));
    assert_eq!(store.due_of(&x, &[], at(99)).await, Ok(Vec::new()));
}

/// What became due together goes out in the order it was accepted.
pub async fn equally_due_items_come_in_log_order(store: &impl Deliveries) {
    let items = [7, 3, 5, 1].map(|n| item(n, "x", 10));
    store.record(items.to_vec()).await.expect("recorded");
    assert_eq!(due(store, 10).await, [1, 3, 5, 7]);
}

/// A round takes what it can carry.
pub async fn no_more_items_come_than_asked_for(store: &impl Deliveries) {
    store.record((1..=5).map(|n| item(n, "x", u64::from(n))).collect()).await.expect("recorded");
    let some = store.due(&target("x"), at(9), 2).await.expect("asked");
    assert_eq!(some, [item(1, "x", 1), item(2, "x", 2)]);
    assert_eq!(store.due(&target("x"), at(9), 0).await, Ok(Vec::new()));
}

/// A worker sleeps until there is something to do, and no longer.
pub async fn the_next_due_time_is_that_of_the_first_unfinished_item(store: &impl Deliveries) {
    let items = vec![item(1, "x", 30), item(2, "x", 10), parked(3, "x", 5), item(4, "y", 1)];
    store.record(items).await.expect("recorded");
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(10))));
    assert!(claim(store, item(2, "x", 10).key, 1, 10).await);
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(30))));
    assert!(claim(store, item(1, "x", 30).key, 1, 30).await);
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(70))), "a lease that ends is due");
}

/// A restart finds the targets that have work.
pub async fn targets_are_those_with_unfinished_items(store: &impl Deliveries) {
    let items = vec![item(1, "y", 5), item(2, "x", 5), item(3, "x", 5), parked(4, "z", 5)];
    store.record(items).await.expect("recorded");
    assert_eq!(store.targets().await, Ok(vec![target("x"), target("y")]));
    assert!(claim(store, item(1, "y", 5).key, 1, 5).await);
    assert_eq!(store.targets().await, Ok(vec![target("x"), target("y")]));
    let done = end(item(1, "y", 5).key, 1, DeliveryState::Delivered { at: at(6) }, 5);
    store.settle(vec![done]).await.expect("settled");
    assert_eq!(store.targets().await, Ok(vec![target("x")]));
}

/// Of several workers that saw the same item one makes the attempt.
pub async fn an_attempt_is_claimed_once(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    let twice = [(first.key, 1), (first.key, 1)];
    assert_eq!(store.claim(&twice, lease(0, 60)).await, Ok(vec![true, false]));
    assert!(!claim(store, first.key, 1, 1).await);
    assert!(!claim(store, first.key, 2, 1).await, "attempt 1 is in flight");
    assert!(due(store, 59).await.is_empty());
    let claimed = read(store, first.key).await;
    assert_eq!(claimed.state, DeliveryState::InFlight { until: at(60) });
    assert_eq!(claimed.attempts, 1);
}

/// Only the next attempt, only when it is due, and only of what is there.
pub async fn an_attempt_out_of_turn_is_not_claimed(store: &impl Deliveries) {
    let later = item(1, "x", 10);
    store.record(vec![later.clone(), parked(2, "x", 0)]).await.expect("recorded");
    assert!(!claim(store, later.key, 1, 9).await, "it is not due");
    assert!(!claim(store, later.key, 2, 10).await, "attempt 1 comes first");
    assert!(!claim(store, later.key, 0, 10).await);
    assert!(!claim(store, parked(2, "x", 0).key, 1, 10).await, "it is parked");
    assert!(!claim(store, item(3, "x", 0).key, 1, 10).await, "it is not there");
    assert!(claim(store, later.key, 1, 10).await);
}

/// A crash during an attempt costs that attempt; who comes late changes nothing.
pub async fn an_attempt_whose_lease_is_over_is_due_again_and_its_late_end_changes_nothing(
    store: &impl Deliveries,
) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    assert!(due(store, 59).await.is_empty());
    assert_eq!(due(store, 60).await, [1]);
    assert!(claim(store, first.key, 2, 60).await);
    let late = end(first.key, 1, DeliveryState::Parked { at: at(61) }, 0);
    assert_eq!(store.settle(vec![late]).await, Ok(vec![false]));
    let done = end(first.key, 2, DeliveryState::Delivered { at: at(62) }, 60);
    assert_eq!(store.settle(vec![done.clone(), done]).await, Ok(vec![true, false]));
    assert_eq!(read(store, first.key).await.state, DeliveryState::Delivered { at: at(62) });
}

/// What is delivered never comes due again.
pub async fn a_delivered_item_is_finished(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    let done = end(first.key, 1, DeliveryState::Delivered { at: at(1) }, 0);
    assert_eq!(store.settle(vec![done]).await, Ok(vec![true]));
    assert!(due(store, 1_000_000).await.is_empty());
    assert_eq!(store.next_due(&target("x")).await, Ok(None));
    let stored = read(store, first.key).await;
    assert_eq!((stored.history.len(), stored.cause), (1, None));
}

/// A failed attempt comes due at its time, with its cause.
pub async fn a_failed_attempt_waits_and_is_remembered(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    let failed = end(first.key, 1, DeliveryState::Waiting { due: at(100) }, 0);
    assert_eq!(store.settle(vec![failed.clone()]).await, Ok(vec![true]));
    assert!(due(store, 99).await.is_empty());
    assert_eq!(due(store, 100).await, [1]);
    let stored = read(store, first.key).await;
    assert_eq!((stored.attempts, stored.cause), (1, Some(cause())));
    assert_eq!(stored.history, [failed.attempt]);
}

/// An item stays small, however often it is tried.
pub async fn the_history_keeps_the_first_and_the_last_ten_attempts(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone()]).await.expect("recorded");
    for n in 1..=20 {
        let now_s = u64::from(n);
        assert!(claim(store, first.key, n, now_s).await, "attempt {n}");
        let failed = end(first.key, n, DeliveryState::Waiting { due: at(now_s + 1) }, now_s);
        store.settle(vec![failed]).await.expect("settled");
    }
    let stored = read(store, first.key).await;
    let kept: Vec<_> = stored.history.iter().map(|attempt| attempt.n).collect();
    assert_eq!(kept, [1, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    assert_eq!(stored.attempts, 20);
}

/// A rate that is spent costs time, not attempts.
pub async fn a_deferred_item_is_due_later_without_an_attempt(store: &impl Deliveries) {
    let items = vec![item(1, "x", 0), item(2, "x", 0), item(3, "x", 0)];
    store.record(items).await.expect("recorded");
    let later = [(item(1, "x", 0).key, at(20)), (item(2, "x", 0).key, at(10))];
    store.defer(&later).await.expect("deferred");
    assert_eq!(due(store, 9).await, [3]);
    assert_eq!(due(store, 20).await, [3, 2, 1]);
    assert_eq!(read(store, item(1, "x", 0).key).await.attempts, 0);
}

/// What another worker has taken meanwhile, or a person has, is left alone.
pub async fn an_item_in_flight_is_not_deferred(store: &impl Deliveries) {
    let first = item(1, "x", 0);
    store.record(vec![first.clone(), parked(2, "x", 0)]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    let later =
        [(first.key, at(500)), (parked(2, "x", 0).key, at(500)), (item(3, "x", 0).key, at(5))];
    store.defer(&later).await.expect("deferred");
    assert_eq!(read(store, first.key).await.state, DeliveryState::InFlight { until: at(60) });
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(60))));
}
