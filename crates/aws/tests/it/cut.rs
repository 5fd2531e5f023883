//! A process that ends after any of its calls: what it left is finished by who comes after it.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut;
use eventyard_aws::store::DynamoStore;
use eventyard_bus::contract::fixture::{at, cause, end, event, grouped, lease, planned, target};
use eventyard_bus::{
    Accept, Acceptance, Appended, Deliveries, Delivery, DeliveryState, Direction, Expected, Ledger,
    LogPosition, StoreError, Streams,
};

use crate::table::{block_on, fresh_bus, watched};

/// Fails every call after the first so many.
#[derive(Debug)]
struct Cut(AtomicI64);

impl Intercept for Cut {
    fn name(&self) -> &'static str {
        "cut"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match self.0.fetch_sub(1, Ordering::Relaxed) > 0 {
            true => Ok(()),
            false => Err("the process has ended".into()),
        }
    }
}

/// A store that ends after so many calls, and one that goes on.
async fn pair(calls: i64) -> (DynamoStore, DynamoStore) {
    let bus = fresh_bus();
    let cut = watched(&bus, Cut(AtomicI64::new(calls))).await;
    (cut, watched(&bus, Cut(AtomicI64::new(i64::MAX))).await)
}

/// Does something with every number of calls, until it is not cut any more; there are several.
async fn at_every_call<F, T>(work: impl Fn(i64) -> F)
where
    F: Future<Output = Result<T, StoreError>>,
{
    for calls in 0..100 {
        if work(calls).await.is_ok() {
            assert!(calls > 1, "done with {calls} calls");
            return;
        }
    }
    panic!("never done");
}

fn batch() -> Vec<Accept> {
    (0..3).map(|n| planned(event(&n.to_string(), "a"), &["x"])).collect()
}

#[test]
fn a_batch_that_was_cut_off_is_accepted_once_when_it_comes_again() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let first = cut.accept(batch(), lease(0, 60)).await;
        let again = healthy.accept(batch(), lease(1, 61)).await.expect("accepted");
        assert!(!again.results.contains(&Acceptance::Conflict));
        let mut seen = Vec::new();
        while let Some(page) = healthy.take_over(lease(100, 200)).await.expect("asked") {
            seen.extend(page.events.iter().map(|stored| stored.event.id().to_owned()));
            healthy.seal(&page.claim, &[], at(100)).await.expect("sealed");
        }
        assert_eq!(seen.len(), 3, "each event is in one page: {seen:?}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 3);
        assert!(healthy.take_over(lease(900, 999)).await.expect("asked").is_none());
        first
    }));
}

#[test]
fn a_page_that_is_cut_off_while_it_is_taken_over_is_taken_over_again() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        healthy.accept(batch(), lease(0, 60)).await.expect("accepted");
        let first = cut.take_over(lease(60, 120)).await;
        let again = healthy.take_over(lease(200, 300)).await.expect("asked").expect("a page");
        assert_eq!(again.events.len(), 3);
        if let Ok(Some(lost)) = &first {
            let claim = lost.claim;
            let late = healthy.seal(&claim, &[], at(201)).await;
            assert_eq!(late, Err(StoreError::Fenced { claim }));
        }
        first.map(|_| ())
    }));
}

/// Two deliveries of one group.
fn items() -> [Delivery; 2] {
    [grouped(1, "x", "a", 0), grouped(2, "x", "a", 0)]
}

/// The deliveries are done one after the other, and nothing is left of their group.
async fn finish_in_order(store: &DynamoStore, from_s: u64) {
    let mut done = Vec::new();
    for now_s in (from_s..).step_by(100).take(4) {
        for delivery in store.due(&target("x"), at(now_s), 9).await.expect("asked") {
            let attempt = delivery.attempts + 1;
            let claimed = store.claim(&[(delivery.key, attempt)], lease(now_s, now_s + 60)).await;
            assert_eq!(claimed, Ok(vec![true]));
            let state = DeliveryState::Delivered { at: at(now_s) };
            store.settle(vec![end(delivery.key, attempt, state, now_s)]).await.expect("settled");
            done.push(delivery.position.entry);
        }
    }
    assert!(done.is_sorted(), "in order: {done:?}");
    assert_eq!(store.holds(&target("x"), "a").await, Ok(false));
    assert_eq!(store.next_due(&target("x")).await, Ok(None));
}

#[test]
fn items_that_were_cut_off_while_they_were_recorded_go_out_in_order() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let first = cut.record(items().to_vec()).await;
        healthy.record(items().to_vec()).await.expect("recorded");
        finish_in_order(&healthy, 1).await;
        for item in items() {
            let kept = healthy.get(&[item.key]).await.expect("read");
            assert!(matches!(
                kept[0].as_ref().expect("there").state,
                DeliveryState::Delivered { .. }
            ));
        }
        first
    }));
}

#[test]
fn a_group_whose_first_was_cut_off_while_it_was_settled_goes_on() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let [first, _] = items();
        healthy.record(items().to_vec()).await.expect("recorded");
        let claimed = healthy.claim(&[(first.key, 1)], lease(0, 60)).await;
        assert_eq!(claimed, Ok(vec![true]));
        let done = end(first.key, 1, DeliveryState::Delivered { at: at(1) }, 1);
        let settled = cut.settle(vec![done]).await;
        finish_in_order(&healthy, 60).await;
        settled
    }));
}

#[test]
fn a_redrive_that_was_cut_off_is_given_again_and_comes_first() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let [first, second] = items();
        let parked = Delivery {
            state: DeliveryState::Parked { at: at(0) },
            cause: Some(cause()),
            ..first.clone()
        };
        healthy.record(vec![parked, second]).await.expect("recorded");
        let edit = "e".repeat(400_000);
        let redriven = cut.redrive(&first.key, Some(edit.clone()), at(1)).await;
        let again = healthy.redrive(&first.key, Some(edit.clone()), at(1)).await;
        assert!(again.is_ok() || again == Err(StoreError::NotParked { key: first.key }));
        let due = healthy.due(&target("x"), at(1), 9).await.expect("asked");
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].key, due[0].edit.as_ref()), (first.key, Some(&edit)));
        finish_in_order(&healthy, 1).await;
        redriven
    }));
}

#[test]
fn an_append_that_was_cut_off_is_done_once() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let stream = "order".parse().expect("a name");
        let events = [event("1", &"a".repeat(200_000)), event("2", "b")];
        let first = cut.append(&stream, Expected::Any, &events, at(0)).await;
        let again = healthy.append(&stream, Expected::Any, &events, at(0)).await;
        assert_eq!(again, Ok(Appended { first: 1, last: 2 }));
        let read = healthy.read(&stream, 1, Direction::Forwards, 9).await.expect("read");
        assert_eq!(read.len(), 2);
        first.map_err(|_| StoreError::unavailable("cut"))
    }));
}

/// A delivery of an event in a page of the log, the first of a group.
fn of_page(page: eventyard_bus::PageNumber, accepted: &Accept) -> Delivery {
    let planned = &accepted.plan.deliveries[0];
    let key = eventyard_bus::DeliveryKey { identity: accepted.event.identity(), id: planned.id };
    let position = LogPosition { page, entry: 0, delivery: 0 };
    Delivery { key, position, ..grouped(1, "x", "a", 0) }
}

#[test]
fn a_delivery_that_an_open_page_will_record_holds_its_group() {
    block_on(at_every_call(|calls| async move {
        let (cut, healthy) = pair(calls).await;
        let new = planned(event("1", "a"), &["x"]);
        let page = healthy.accept(vec![new.clone()], lease(0, 60)).await.expect("accepted").page;
        let claim = page.expect("a page").claim;
        let first = of_page(claim.page, &new);
        let later = eventyard_bus::PageNumber(claim.page.0 + 1);
        let second = Delivery {
            position: LogPosition { page: later, entry: 0, delivery: 0 },
            ..grouped(2, "x", "a", 0)
        };
        healthy.record(vec![second.clone()]).await.expect("recorded");
        let recorded = cut.record(vec![first.clone()]).await;
        let pointed = healthy.due(&target("x"), at(1), 9).await.expect("asked");
        let is_there = healthy.get(&[first.key]).await.expect("read")[0].is_some();
        match (is_there, pointed.first().map(|item| item.key)) {
            (true, key) => assert_eq!(key, Some(first.key)),
            // Before its pointer is written nobody knows of it; afterwards the group waits.
            (false, key) => assert!(key.is_none() || key == Some(second.key)),
        }
        healthy.record(vec![first]).await.expect("recorded");
        healthy.seal(&claim, &[], at(1)).await.expect("sealed");
        let due = healthy.due(&target("x"), at(1), 9).await.expect("asked");
        assert_eq!(due.len(), 1, "one at a time");
        recorded
    }));
}
