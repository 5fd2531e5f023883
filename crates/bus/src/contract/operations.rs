//! What a store does for people: parking, redriving, discarding, keeping; see [`Deliveries`].

use super::deliveries::{claim, due, read};
use super::fixture::{at, cause, item, lease, parked, rule, target};
use crate::{Cause, Deliveries, Delivery, DeliveryState, ParkedQuery, StoreError, Undecodable};

fn all(limit: usize) -> ParkedQuery {
    ParkedQuery { limit, ..ParkedQuery::default() }
}

async fn listed(store: &impl Deliveries, query: &ParkedQuery) -> Vec<u32> {
    let page = store.parked(query).await.expect("listed");
    page.items.iter().map(|item| item.position.entry).collect()
}

/// What is expired is given up when its turn comes, and not while another worker tries it.
pub async fn a_due_item_is_parked_without_an_attempt_and_one_that_is_not_due_is_not(
    store: &impl Deliveries,
) {
    let [expired, tried, later] = [item(1, "x", 0), item(2, "x", 0), item(3, "x", 50)];
    store.record(vec![expired.clone(), tried.clone(), later.clone()]).await.expect("recorded");
    assert!(claim(store, tried.key, 1, 0).await);
    let why = Cause::new("Expired", "the event is too old");
    let keys = [expired.key, tried.key, later.key, item(4, "x", 0).key];
    let parked = store.park(keys.map(|key| (key, why.clone())).to_vec(), at(1)).await;
    assert_eq!(parked, Ok(vec![true, false, false, false]));
    let expired = read(store, expired.key).await;
    assert_eq!(expired.state, DeliveryState::Parked { at: at(1) });
    assert_eq!((expired.cause, expired.attempts), (Some(why.clone()), 0));
    assert_eq!(
        store.park(vec![(tried.key, why)], at(60)).await,
        Ok(vec![true]),
        "its lease is over"
    );
    assert_eq!(due(store, 1_000).await, [3]);
}

/// A long list is read in pages, without gaps or repetitions.
pub async fn parked_items_are_listed_longest_parked_first_page_by_page(store: &impl Deliveries) {
    let mut items: Vec<_> = (1..=5).map(|n| parked(n, "x", 100 - u64::from(n))).collect();
    items.push(item(6, "x", 0));
    store.record(items).await.expect("recorded");
    assert_eq!(listed(store, &all(100)).await, [5, 4, 3, 2, 1]);
    let (mut query, mut seen) = (all(2), Vec::new());
    loop {
        let page = store.parked(&query).await.expect("listed");
        assert!(page.items.len() <= 2);
        seen.extend(page.items.iter().map(|item| item.position.entry));
        query.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    assert_eq!(store.parked(&all(5)).await.expect("listed").next, None, "there are no more");
    assert!(listed(store, &all(0)).await.is_empty());
}

/// Filters narrow the list.
pub async fn parked_items_are_listed_by_target_and_rule(store: &impl Deliveries) {
    let other_rule = Delivery { rule: rule("other"), ..parked(3, "x", 3) };
    store.record(vec![parked(1, "x", 1), parked(2, "y", 2), other_rule]).await.expect("recorded");
    let of_x = ParkedQuery { target: Some(target("x")), ..all(9) };
    assert_eq!(listed(store, &of_x).await, [1, 3]);
    let of_rule = ParkedQuery { rule: Some(rule("other")), ..all(9) };
    assert_eq!(listed(store, &of_rule).await, [3]);
    let of_both = ParkedQuery { target: Some(target("y")), ..of_rule };
    assert!(listed(store, &of_both).await.is_empty());
}

/// Redriven, a delivery is tried again as the same delivery, and its attempts go on counting.
pub async fn a_redriven_item_is_due_with_a_new_budget_and_the_same_id(store: &impl Deliveries) {
    let spent = Delivery { attempts: 185, ..parked(1, "x", 5) };
    store.record(vec![spent.clone()]).await.expect("recorded");
    let redriven = store.redrive(&spent.key, None, at(50)).await.expect("redriven");
    assert_eq!(redriven, read(store, spent.key).await);
    assert_eq!(redriven.key, spent.key);
    assert_eq!(redriven.state, DeliveryState::Waiting { due: at(50) });
    let budget = redriven.budget;
    assert_eq!((budget.since, budget.spent_before, budget.redrives), (at(50), 185, 1));
    assert_eq!(due(store, 50).await, [1]);
    assert!(listed(store, &all(9)).await.is_empty());
    assert!(claim(store, spent.key, 186, 50).await);
}

/// The changed body is stored beside the planned one.
pub async fn an_edit_of_one_megabyte_stays_with_the_item(store: &impl Deliveries) {
    store.record(vec![parked(1, "x", 5)]).await.expect("recorded");
    let edit = "ä".repeat(500_000);
    let key = parked(1, "x", 5).key;
    store.redrive(&key, Some(edit.clone()), at(6)).await.expect("redriven");
    assert!(read(store, key).await.edit.as_deref() == Some(&*edit), "the edit changed");
    let claimed = store.claim(&[(key, 1)], lease(6, 60)).await;
    assert_eq!(claimed, Ok(vec![true]));
    assert!(read(store, key).await.edit.is_some());
}

/// What waits, is done or is unknown cannot be redriven.
pub async fn only_parked_items_are_redriven(store: &impl Deliveries) {
    store.record(vec![item(1, "x", 100)]).await.expect("recorded");
    for key in [item(1, "x", 100).key, item(2, "x", 0).key] {
        let refused = store.redrive(&key, None, at(5)).await;
        assert_eq!(refused, Err(StoreError::NotParked { key }));
    }
    assert_eq!(store.next_due(&target("x")).await, Ok(Some(at(100))));
}

/// What a person discards is accounted for.
pub async fn a_dropped_item_keeps_its_reason_and_is_not_redriven(store: &impl Deliveries) {
    store.record(vec![parked(1, "x", 5), item(2, "x", 100)]).await.expect("recorded");
    let key = parked(1, "x", 5).key;
    let dropped = store.drop(&key, "a test order", at(9)).await.expect("dropped");
    let state = DeliveryState::Dropped { at: at(9), reason: "a test order".to_owned() };
    assert_eq!(dropped.state, state);
    assert_eq!(read(store, key).await, dropped);
    assert_eq!(dropped.cause, Some(cause()));
    assert!(listed(store, &all(9)).await.is_empty());
    let again = store.redrive(&key, None, at(10)).await;
    assert_eq!(again, Err(StoreError::NotParked { key }));
    let waiting = item(2, "x", 100).key;
    let refused = store.drop(&waiting, "no", at(10)).await;
    assert_eq!(refused, Err(StoreError::NotParked { key: waiting }));
}

fn undecodable(via: &str, message_id: &str, bytes: &[u8]) -> Undecodable {
    Undecodable {
        via: via.to_owned(),
        message_id: message_id.to_owned(),
        bytes: bytes.to_vec(),
        cause: Cause::new("E0501", "not JSON at byte 0"),
        at: at(3),
    }
}

/// Whatever came, text or not, is there to be looked at.
pub async fn a_message_that_is_no_event_is_kept_once_with_its_bytes(store: &impl Deliveries) {
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let message = undecodable("sqs:events", "m-1", &bytes);
    store.park_undecodable(message.clone()).await.expect("kept");
    store.park_undecodable(undecodable("sqs:events", "m-1", b"other")).await.expect("kept");
    assert!(store.undecodable(None, 9).await == Ok(vec![message]), "the message changed");
}

/// A long list of them is read in pages.
pub async fn kept_messages_are_listed_page_by_page(store: &impl Deliveries) {
    let places = [("http", "2"), ("http", "10"), ("sqs:b", "1"), ("sqs:a", "1")];
    for (via, id) in places {
        store.park_undecodable(undecodable(via, id, b"{")).await.expect("kept");
    }
    let all = store.undecodable(None, 9).await.expect("listed");
    let names: Vec<_> = all.iter().map(|m| (&*m.via, &*m.message_id)).collect();
    assert_eq!(names, [("http", "10"), ("http", "2"), ("sqs:a", "1"), ("sqs:b", "1")]);
    let rest = store.undecodable(Some(("http", "2")), 1).await.expect("listed");
    assert_eq!(rest, [undecodable("sqs:a", "1", b"{")]);
}
