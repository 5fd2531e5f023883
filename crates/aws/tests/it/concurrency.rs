//! Many writers at once: each event accepted once, each version given once, each page number taken once.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventyard_aws::NoWake;
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_bus::contract::fixture::{at, event, item, lease, planned};
use eventyard_bus::{
    Acceptance, AppendError, Deliveries, Direction, Expected, Ledger, StreamName, Streams,
};
use futures::future::{join_all, try_join_all};

use crate::table::{block_on, fresh_bus, settings, store};

/// Stores of one bus that know nothing of each other.
async fn instances(count: usize, settings: &StoreSettings) -> Vec<DynamoStore> {
    let bus = fresh_bus();
    let stores = (0..count).map(|_| store(&bus, Arc::new(NoWake), settings.clone()));
    join_all(stores).await
}

#[test]
fn eight_instances_that_accept_the_same_events_accept_each_once() {
    block_on(async {
        let stores = instances(8, &settings()).await;
        let batch = || (0..100).map(|n| planned(event(&n.to_string(), "a"), &["x"])).collect();
        let accepted = stores.iter().map(|store| store.accept(batch(), lease(0, 60)));
        let accepted = try_join_all(accepted).await.expect("accepted");
        for n in 0..100 {
            let results = accepted.iter().map(|accepted| accepted.results[n]);
            let new = results.clone().filter(|result| *result == Acceptance::Accepted).count();
            assert_eq!(new, 1, "event {n}: {:?}", results.collect::<Vec<_>>());
        }
        let pages = accepted.iter().filter_map(|accepted| accepted.page.as_ref());
        let events: usize = pages.map(|page| page.events.len()).sum();
        assert_eq!(events, 100, "each is in one page");
    });
}

#[test]
fn eight_instances_in_one_shard_take_page_numbers_without_a_gap() {
    const EACH: usize = 12;
    block_on(async {
        let one_shard = StoreSettings { shards: 1, ..settings() };
        let stores = instances(8, &one_shard).await;
        let work = stores.iter().enumerate().map(|(instance, store)| async move {
            let mut numbers = Vec::new();
            for n in 0..EACH {
                let batch = vec![planned(event(&format!("{instance}-{n}"), "a"), &["x"])];
                let accepted = store.accept(batch, lease(0, 60)).await.expect("accepted");
                numbers.push(accepted.page.expect("a page").claim.page.0);
            }
            assert!(numbers.is_sorted(), "later pages have greater numbers");
            numbers
        });
        let numbers: BTreeSet<u64> = join_all(work).await.into_iter().flatten().collect();
        let all: BTreeSet<u64> = (1..=8 * u64::try_from(EACH).expect("small")).collect();
        assert_eq!(numbers, all);
    });
}

#[test]
fn of_eight_workers_one_claims_each_attempt_and_one_takes_over_each_page() {
    block_on(async {
        let stores = instances(8, &settings()).await;
        let items: Vec<_> = (1..=20).map(|n| item(n, "x", 0)).collect();
        stores[0].record(items.clone()).await.expect("recorded");
        let attempts: Vec<_> = items.iter().map(|item| (item.key, 1)).collect();
        let claims = stores.iter().map(|store| store.claim(&attempts, lease(1, 60)));
        let claims = try_join_all(claims).await.expect("claimed");
        for n in 0..items.len() {
            assert_eq!(claims.iter().filter(|claims| claims[n]).count(), 1, "item {n}");
        }
        for n in 0..20 {
            let batch = vec![planned(event(&n.to_string(), "a"), &["x"])];
            stores[n % 8].accept(batch, lease(0, 60)).await.expect("accepted");
        }
        let sweeps = stores.iter().map(|store| async move {
            let mut pages = Vec::new();
            while let Some(page) = store.take_over(lease(60, 120)).await.expect("asked") {
                pages.push(page.claim.page);
            }
            pages
        });
        let pages: Vec<_> = join_all(sweeps).await.into_iter().flatten().collect();
        assert_eq!(pages.len(), 20);
        assert_eq!(pages.iter().collect::<BTreeSet<_>>().len(), 20, "each once");
    });
}

async fn versions(store: &DynamoStore, stream: &StreamName) -> Vec<u64> {
    let events = store.read(stream, 1, Direction::Forwards, usize::MAX).await.expect("read");
    events.iter().map(|event| event.version).collect()
}

#[test]
fn of_64_writers_that_expect_anything_each_gets_a_version_of_its_own() {
    block_on(async {
        let stores = instances(64, &settings()).await;
        let stream: StreamName = "busy".parse().expect("a name");
        let appends = stores.iter().enumerate().map(|(n, store)| {
            let (stream, event) = (&stream, event(&n.to_string(), "a"));
            async move { store.append(stream, Expected::Any, &[event], at(0)).await }
        });
        let appended = try_join_all(appends).await.expect("appended");
        let given: BTreeSet<u64> = appended.iter().map(|appended| appended.first).collect();
        assert_eq!(given, (1..=64).collect());
        assert_eq!(versions(&stores[0], &stream).await, (1..=64).collect::<Vec<_>>());
    });
}

#[test]
fn of_64_writers_that_expect_the_same_version_one_appends() {
    block_on(async {
        let stores = instances(64, &settings()).await;
        let stream: StreamName = "contested".parse().expect("a name");
        let appends = stores.iter().enumerate().map(|(n, store)| {
            let (stream, event) = (&stream, event(&n.to_string(), "a"));
            async move { store.append(stream, Expected::None, &[event], at(0)).await }
        });
        let results = join_all(appends).await;
        let lost = AppendError::Conflict { expected: Expected::None, actual: 1 };
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| result.as_ref() == Err(&lost)).count(), 63);
        assert_eq!(versions(&stores[0], &stream).await, [1]);
    });
}
