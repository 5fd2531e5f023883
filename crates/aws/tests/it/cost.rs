//! What things cost, in units of the table and in calls, against the budget of the design.

use eventyard_aws::store::DynamoStore;
use eventyard_bus::contract::fixture::{
    at, cause, end, grouped, item, lease, parked, planned, target,
};
use eventyard_bus::{
    Accept, Acceptance, Deliveries, Delivery, DeliveryState, Expected, Ledger, OpenPage,
    ParkedQuery, Sealed, Streams,
};
use eventyard_event::{Event, Limits};

use crate::meter::{Cost, Meter};
use crate::table::{block_on, fresh_bus, watched};

/// An event like those of the stories, with a document of that many bytes or a few more.
fn event(n: usize, bytes: usize) -> Event {
    let builder = Event::builder(&format!("order-{n:06}"), "shop.example/checkout", "OrderPlaced")
        .subject(&format!("VB-{n:05}"))
        .time("2026-11-24T12:00:00Z");
    // Hexadecimal digits of hashes, which deflate to little more than half.
    let noise: String = (0..).flat_map(|part: usize| noise(n, part)).take(bytes - 190).collect();
    builder.data_text(&noise).build(&Limits::default()).expect("an event")
}

fn noise(n: usize, part: usize) -> Vec<char> {
    let id = eventyard_event::Identity::new(&n.to_string(), &part.to_string());
    id.to_string().chars().collect()
}

fn batch(count: usize, bytes: usize) -> Vec<Accept> {
    let targets = ["orders-queue", "payments-queue"];
    (0..count).map(|n| planned(event(n, bytes), &targets)).collect()
}

fn outcomes(page: &OpenPage) -> Vec<Sealed> {
    let deliveries = page.events.iter().flat_map(|stored| &stored.plan.deliveries);
    deliveries.map(|planned| Sealed { delivery: planned.id, at: at(1) }).collect()
}

async fn start() -> (DynamoStore, Meter) {
    let meter = Meter::default();
    let store = watched(&fresh_bus(), meter.clone()).await;
    // What a process does once: the last number of its shard, the targets it knows.
    let first = store.accept(vec![planned(event(999_999, 300), &["x"])], lease(0, 60)).await;
    let page = first.expect("accepted").page.expect("a page");
    store.seal(&page.claim, &outcomes(&page), at(1)).await.expect("sealed");
    store.record(vec![parked(999, "x", 0), parked(998, "y", 0)]).await.expect("recorded");
    meter.take();
    (store, meter)
}

async fn accept_and_seal(store: &DynamoStore, batch: Vec<Accept>) {
    let accepted = store.accept(batch, lease(0, 60)).await.expect("accepted");
    assert!(accepted.results.iter().all(|result| *result == Acceptance::Accepted));
    let page = accepted.page.expect("a page");
    store.seal(&page.claim, &outcomes(&page), at(1)).await.expect("sealed");
}

#[track_caller]
fn check(what: &str, cost: &Cost, written: f64, calls: u32) {
    println!("{what:<64} {cost}");
    assert_eq!(cost.charged(), written, "{what}: units written");
    assert_eq!(cost.calls(), calls, "{what}: calls");
}

#[test]
fn ten_events_of_600_bytes_cost_12_units_with_their_page() {
    block_on(async {
        let (store, meter) = start().await;
        accept_and_seal(&store, batch(10, 600)).await;
        let cost = meter.take();
        check("10 events of 600 bytes, 2 deliveries each, page sealed", &cost, 12.0, 12);
        assert_eq!(cost.read, 0.0, "nothing is read");
    });
}

#[test]
fn an_event_that_deflates_to_one_unit_costs_one() {
    block_on(async {
        let (store, meter) = start().await;
        let mut most = 0;
        for n in 0..200 {
            // Hexadecimal digits of hashes deflate to little more than half.
            let one = planned(event(n, 700 + 10 * n), &["orders-queue", "payments-queue"]);
            let len = one.event.document().len();
            store.accept(vec![one], lease(0, 60)).await.expect("accepted");
            if meter.take().written > 2.0 {
                break;
            }
            most = len;
        }
        println!("the largest document of one unit, of digits that deflate to half: {most} bytes");
        assert!(most > 1_100, "{most} bytes");
    });
}

#[test]
fn ten_events_of_1500_bytes_cost_22_units_with_their_page() {
    block_on(async {
        let (store, meter) = start().await;
        accept_and_seal(&store, batch(10, 1_500)).await;
        check("10 events of 1,500 bytes that deflate to half", &meter.take(), 22.0, 12);
        let text = "das Paket ist unterwegs und kommt morgen ".repeat(36);
        let deflates = (0..10).map(|n| {
            let event = Event::builder(&format!("{n}"), "text", "Noted").data_text(&text);
            planned(event.build(&Limits::default()).expect("an event"), &["x"])
        });
        accept_and_seal(&store, deflates.collect()).await;
        check("10 events of 1,500 bytes of plain words", &meter.take(), 12.0, 12);
    });
}

#[test]
fn a_single_event_costs_3_units() {
    block_on(async {
        let (store, meter) = start().await;
        accept_and_seal(&store, batch(1, 600)).await;
        check("1 event of 600 bytes, page sealed", &meter.take(), 3.0, 3);
    });
}

#[test]
fn duplicates_cost_their_refused_writes_and_a_page() {
    block_on(async {
        let (store, meter) = start().await;
        accept_and_seal(&store, batch(10, 600)).await;
        meter.take();
        let again = store.accept(batch(10, 600), lease(2, 62)).await.expect("answered");
        assert_eq!(again.results, [Acceptance::Duplicate; 10]);
        let cost = meter.take();
        let reads = cost.calls.get("GetItem").copied().unwrap_or(0);
        // A table that answers a refused write with the item saves the read.
        check("10 duplicates", &cost, 12.0, 12 + reads);
    });
}

async fn attempt(
    store: &DynamoStore,
    delivery: &Delivery,
    n: u32,
    now_s: u64,
    state: DeliveryState,
) {
    let claimed = store.claim(&[(delivery.key, n)], lease(now_s, now_s + 60)).await;
    assert_eq!(claimed, Ok(vec![true]));
    let settled = store.settle(vec![end(delivery.key, n, state, now_s)]).await;
    assert_eq!(settled, Ok(vec![true]));
}

#[test]
fn a_delivery_through_its_worker_costs_5_units_and_in_a_group_7() {
    block_on(async {
        let (store, meter) = start().await;
        for (what, item, units) in [
            ("first attempt succeeds: recorded, claimed, settled", item(1, "x", 0), 5.0),
            ("the same in a group", grouped(2, "x", "VB-1", 0), 7.0),
        ] {
            store.record(vec![item.clone()]).await.expect("recorded");
            let due = store.due_of(&target("x"), &[item.key], at(1)).await;
            assert_eq!(due, Ok(vec![item.clone()]));
            attempt(&store, &item, 1, 1, DeliveryState::Delivered { at: at(1) }).await;
            let cost = meter.take();
            check(what, &cost, units, cost.calls());
        }
    });
}

#[test]
fn a_failing_delivery_costs_2_units_an_attempt_and_2_more_when_it_waits_long() {
    block_on(async {
        let (store, meter) = start().await;
        let item = item(1, "x", 0);
        store.record(vec![item.clone()]).await.expect("recorded");
        check("a failing delivery is recorded", &meter.take(), 2.0, 1);
        let mut now_s = 0;
        for (n, wait_s) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16)] {
            attempt(&store, &item, n, now_s, DeliveryState::Waiting { due: at(now_s + wait_s) })
                .await;
            now_s += wait_s;
        }
        check("5 attempts that fail, waits of 1 to 16 s", &meter.take(), 10.0, 20);
        for n in 6..=12 {
            attempt(&store, &item, n, now_s, DeliveryState::Waiting { due: at(now_s + 600) }).await;
            now_s += 600;
        }
        check("7 more, waits of 10 minutes", &meter.take(), 28.0, 28);
        attempt(&store, &item, 13, now_s, DeliveryState::Parked { at: at(now_s) }).await;
        check("the last attempt, parked", &meter.take(), 4.0, 4);
        store.redrive(&item.key, None, at(now_s)).await.expect("redriven");
        check("redriven", &meter.take(), 3.0, 2);
    });
}

#[test]
fn looking_for_work_reads_and_writes_nothing() {
    block_on(async {
        let (store, meter) = start().await;
        accept_and_seal(&store, batch(10, 600)).await;
        meter.take();
        assert!(store.take_over(lease(9, 99)).await.expect("asked").is_none());
        check("the first sweep of 16 shards, no page is lost", &meter.take(), 0.0, 32);
        assert!(store.take_over(lease(9, 99)).await.expect("asked").is_none());
        check("every later one", &meter.take(), 0.0, 16);
        assert_eq!(store.targets().await, Ok(Vec::new()));
        check("targets with work, of 2", &meter.take(), 0.0, 3);
        store.parked(&ParkedQuery { limit: 10, ..ParkedQuery::default() }).await.expect("listed");
        check("a list of parked deliveries of 2 targets", &meter.take(), 0.0, 4);
    });
}

#[test]
fn an_append_costs_4_units_and_one_to_list_it() {
    block_on(async {
        let (store, meter) = start().await;
        let stream = "order-VB-1".parse().expect("a name");
        let one = [event(1, 600)];
        store.append(&stream, Expected::None, &one, at(0)).await.expect("appended");
        check("append of one event of 600 bytes", &meter.take(), 4.0, 1);
        assert_eq!(store.advance_listed(&stream, 0, 1).await, Ok(true));
        check("listed", &meter.take(), 1.0, 1);
        let nine: Vec<_> = (2..11).map(|n| event(n, 600)).collect();
        store.append(&stream, Expected::Exact(1), &nine, at(0)).await.expect("appended");
        // DynamoDB Local counts no more than two actions of a transaction; AWS charges two units for each.
        let cost = meter.take();
        check("append of nine", &cost, cost.charged(), 1);
    });
}

#[test]
fn a_breaker_that_opens_costs_one_unit() {
    use eventyard_bus::breaker::{Breaker, Round};
    use eventyard_bus::{BreakerSettings, Breakers as _};
    block_on(async {
        let (store, meter) = start().await;
        let mut breaker = Breaker::default();
        breaker.record(Round::Denied(cause()), at(1), &BreakerSettings::default());
        assert_eq!(store.put(&target("x"), &breaker, 0).await, Ok(true));
        check("a breaker is written", &meter.take(), 1.0, 1);
    });
}
