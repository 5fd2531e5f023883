//! What a store does when its log is read again: see [`History`].

use super::fixture::{at, event, event_of, lease, planned};
use crate::{Accept, Cursor, Hints, History, Ledger, LoggedPage, OpenPage, Place, Sealed};
use eventyard_event::{Event, Limits};

/// Accepts events of one order, so that they are in one shard.
async fn accept(store: &impl Ledger, events: Vec<Event>, now_s: u64) -> OpenPage {
    let one = |event| Accept { order: Some("order".into()), ..planned(event, &["x"]) };
    let batch = events.into_iter().map(one).collect();
    let accepted = store.accept(batch, lease(now_s, now_s + 60)).await.expect("accepted");
    accepted.page.expect("a page")
}

/// Three pages: of two events, of one, and of one that stays open; at 10, 20 and 30 seconds.
async fn three_pages(store: &impl Ledger) -> [OpenPage; 3] {
    let first = accept(store, vec![event("1", "a"), event("2", "b")], 10).await;
    let second = accept(store, vec![event("3", "c")], 20).await;
    for page in [&first, &second] {
        let delivery = page.events[0].plan.deliveries[0].id;
        let outcomes = [Sealed { delivery, at: at(25) }];
        store.seal(&page.claim, &outcomes, at(26)).await.expect("sealed");
    }
    [first, second, accept(store, vec![event("4", "d")], 30).await]
}

async fn read(store: &impl History, shard: u16, from: u64, limit: usize) -> Vec<LoggedPage> {
    store.pages(shard, from, limit, &Hints::default()).await.expect("read")
}

/// The shard that has pages, and all of them.
async fn all(store: &impl History) -> (u16, Vec<LoggedPage>) {
    for shard in 0..store.shards() {
        let pages = read(store, shard, 1, 1_000).await;
        if !pages.is_empty() {
            return (shard, pages);
        }
    }
    (0, Vec::new())
}

fn ids(pages: &[LoggedPage]) -> Vec<&str> {
    pages.iter().flat_map(|page| &page.events).map(|logged| logged.event.event.id()).collect()
}

/// Nothing is accepted, nothing is read, and the beginning is the beginning.
pub async fn an_empty_log_has_no_pages(store: &impl History) {
    let begin = Cursor { places: vec![Place::page(1); usize::from(store.shards())] };
    assert_eq!(store.since(at(0)).await, Ok(begin));
    assert!(all(store).await.1.is_empty());
}

/// What was accepted comes back in order, with plans, times and places.
pub async fn pages_are_read_in_order_with_their_events_and_outcomes(
    store: &(impl Ledger + History),
) {
    let [first, second, third] = three_pages(store).await;
    let (_, pages) = all(store).await;
    let numbers: Vec<_> = pages.iter().map(|page| page.number).collect();
    assert_eq!(numbers, [first.claim.page, second.claim.page, third.claim.page]);
    assert_eq!(pages.iter().map(|page| page.n).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(ids(&pages), ["1", "2", "3", "4"]);
    assert_eq!(pages[0].events.iter().map(|logged| logged.entry).collect::<Vec<_>>(), [0, 1]);
    let times: Vec<_> = pages.iter().map(|page| page.accepted_at).collect();
    assert_eq!(times, [at(10), at(20), at(30)]);
    let stored = &pages[0].events[1].event;
    assert_eq!(stored.event.document(), first.events[1].event.document());
    assert_eq!((&stored.plan, stored.page), (&first.events[1].plan, first.claim.page));
    let delivery = first.events[0].plan.deliveries[0].id;
    assert_eq!(pages[0].outcomes, [Sealed { delivery, at: at(25) }]);
}

/// Who reads on only behind sealed pages sees which these are.
pub async fn an_open_page_is_read_as_open_until_it_is_sealed(store: &(impl Ledger + History)) {
    let [_, _, third] = three_pages(store).await;
    let sealed =
        |pages: &[LoggedPage]| -> Vec<bool> { pages.iter().map(|page| page.is_sealed).collect() };
    assert_eq!(sealed(&all(store).await.1), [true, true, false]);
    store.seal(&third.claim, &[], at(40)).await.expect("sealed");
    assert_eq!(sealed(&all(store).await.1), [true, true, true]);
}

/// A reader goes on where it stopped: at the limit, and at the end.
pub async fn reading_goes_on_from_any_page(store: &(impl Ledger + History)) {
    three_pages(store).await;
    let (shard, _) = all(store).await;
    assert_eq!(ids(&read(store, shard, 1, 2).await), ["1", "2", "3"]);
    assert_eq!(ids(&read(store, shard, 1, 3).await), ["1", "2", "3", "4"]);
    assert_eq!(ids(&read(store, shard, 3, 2).await), ["4"]);
    assert!(read(store, shard, 4, 2).await.is_empty());
    assert!(read(store, shard, 1, 0).await.is_empty());
    accept(store, vec![event("5", "e")], 40).await;
    assert_eq!(ids(&read(store, shard, 4, 2).await), ["5"]);
}

/// A time means the first page accepted then or later.
pub async fn a_time_is_the_first_page_accepted_then_or_later(store: &(impl Ledger + History)) {
    three_pages(store).await;
    let (shard, _) = all(store).await;
    for (time, page) in [(0, 1), (10, 1), (11, 2), (20, 2), (29, 3), (30, 3), (31, 4)] {
        let cursor = store.since(at(time)).await.expect("a cursor");
        assert_eq!(cursor.places.len(), usize::from(store.shards()));
        assert_eq!(cursor.places[usize::from(shard)], Place::page(page), "{time} s");
    }
}

/// Hints leave out nothing that has the attributes, and the places of events stay what they are.
pub async fn hints_leave_out_no_event_that_fits(store: &(impl Ledger + History)) {
    let of = |id: &str, source: &str, subject: &str| {
        let event = Event::builder(id, source, "Tested").subject(subject);
        let event = event.extension("correlationid", format!("c-{subject}").as_str());
        event.build(&Limits::default()).expect("an event")
    };
    let events =
        vec![of("1", "a", "x"), of("2", "b", "x"), of("3", "a", "y"), event_of("b", "4", "")];
    accept(store, events, 0).await;
    let (shard, _) = all(store).await;
    let text = |text: &str| Some(text.to_owned());
    for (hints, fitting) in [
        (Hints { source: text("a"), ..Hints::default() }, &["1", "3"][..]),
        (Hints { subject: text("x"), ..Hints::default() }, &["1", "2"]),
        (Hints { correlation: text("c-y"), ..Hints::default() }, &["3"]),
        (Hints { source: text("b"), subject: text("x"), ..Hints::default() }, &["2"]),
        (Hints { event_type: text("Tested"), ..Hints::default() }, &["1", "2", "3", "4"]),
        (Hints { event_type: text("Other"), ..Hints::default() }, &[]),
    ] {
        let pages = store.pages(shard, 1, 10, &hints).await.expect("read");
        let events = pages.iter().flat_map(|page| &page.events);
        let events = events.filter(|logged| hints.take(&logged.event.event));
        let found: Vec<_> =
            events.map(|logged| (logged.event.event.id().to_owned(), logged.entry + 1)).collect();
        let wanted: Vec<_> =
            fitting.iter().map(|id| ((*id).to_owned(), id.parse().expect("a number"))).collect();
        assert_eq!(found, wanted, "{hints:?}");
    }
}
