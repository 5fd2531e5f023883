//! How a store keeps the order of groups: see [`Deliveries`].

use super::deliveries::{claim, due};
use super::fixture::{at, end, grouped, item, target};
use crate::{Deliveries, DeliveryState};

/// Later ones of a group are not even seen, however long they are due.
pub async fn of_a_group_only_the_first_is_due(store: &impl Deliveries) {
    let items = vec![
        grouped(3, "x", "a", 0),
        grouped(1, "x", "a", 10),
        grouped(2, "x", "b", 20),
        item(4, "x", 15),
    ];
    store.record(items).await.expect("recorded");
    assert!(due(store, 9).await.is_empty());
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(10))));
    assert_eq!(due(store, 20).await, [1, 4, 2]);
}

/// A worker that was told of a later one of a group leaves it alone while an earlier one is not done.
pub async fn of_a_group_only_the_first_is_found_by_its_key(store: &impl Deliveries) {
    let (first, second) = (grouped(1, "x", "a", 0), grouped(2, "x", "a", 0));
    store.record(vec![second.clone(), first.clone()]).await.expect("recorded");
    let x = target("x");
    assert_eq!(store.due_of(&x, &[second.key], at(1)).await, Ok(Vec::new()));
    let both = [second.key, first.key];
    assert_eq!(store.due_of(&x, &both, at(1)).await, Ok(vec![first.clone()]));
    assert!(claim(store, first.key, 1, 1).await);
    assert_eq!(store.due_of(&x, &both, at(1)).await, Ok(Vec::new()));
    let done = end(first.key, 1, DeliveryState::Delivered { at: at(2) }, 1);
    store.settle(vec![done]).await.expect("settled");
    assert_eq!(store.due_of(&x, &both, at(2)).await, Ok(vec![second]));
}

/// When the first is done, the next is due at once.
pub async fn a_finished_head_makes_way_for_the_next(store: &impl Deliveries) {
    let (first, second) = (grouped(1, "x", "a", 0), grouped(2, "x", "a", 0));
    store.record(vec![first.clone(), second.clone()]).await.expect("recorded");
    assert!(claim(store, first.key, 1, 0).await);
    assert!(due(store, 1).await.is_empty(), "the head is in flight");
    let done = end(first.key, 1, DeliveryState::Delivered { at: at(1) }, 0);
    store.settle(vec![done]).await.expect("settled");
    assert_eq!(due(store, 1).await, [2]);
    assert_eq!(store.holds(&target("x"), "a").await, Ok(true));
    assert!(claim(store, second.key, 1, 1).await);
    let done = end(second.key, 1, DeliveryState::Delivered { at: at(2) }, 1);
    store.settle(vec![done]).await.expect("settled");
    assert_eq!(store.holds(&target("x"), "a").await, Ok(false));
}

/// A failing head blocks its group at that target only.
pub async fn a_head_that_waits_holds_its_group_and_no_other(store: &impl Deliveries) {
    let items = vec![
        grouped(1, "x", "a", 0),
        grouped(2, "x", "a", 0),
        grouped(3, "x", "b", 0),
        grouped(4, "y", "b", 0),
    ];
    store.record(items).await.expect("recorded");
    let head = grouped(1, "x", "a", 0);
    assert!(claim(store, head.key, 1, 0).await);
    let failed = end(head.key, 1, DeliveryState::Waiting { due: at(100) }, 0);
    store.settle(vec![failed]).await.expect("settled");
    assert_eq!(due(store, 99).await, [3]);
    assert_eq!(due(store, 100).await, [3, 1]);
    let (x, y) = (target("x"), target("y"));
    assert_eq!(store.holds(&x, "a").await, Ok(true));
    assert_eq!(store.holds(&y, "a").await, Ok(false));
    assert_eq!(store.holds(&y, "b").await, Ok(true));
    assert_eq!(store.holds(&x, "").await, Ok(false));
}

/// When the head's budget is spent the group goes on without it; redriven, it comes first again.
pub async fn a_parked_head_lets_its_group_go_on(store: &impl Deliveries) {
    let head = grouped(1, "x", "a", 0);
    store.record(vec![head.clone(), grouped(2, "x", "a", 0)]).await.expect("recorded");
    assert!(claim(store, head.key, 1, 0).await);
    let spent = end(head.key, 1, DeliveryState::Parked { at: at(1) }, 0);
    store.settle(vec![spent]).await.expect("settled");
    assert_eq!(due(store, 1).await, [2]);
    store.redrive(&head.key, None, at(2)).await.expect("redriven");
    assert_eq!(due(store, 2).await, [1]);
}
