//! Reading what happened.

use eventyard_bus::contract::fixture::{
    at, cause, end, event_of, item, lease, parked, planned, rule, target,
};
use eventyard_bus::{Cause, Deliveries, DeliveryState, Ledger, PageNumber, Sealed, Undecodable};
use eventyard_embedded::queues::NewMessage;
use eventyard_embedded::reader::{EventFilter, ParkedFilter, Reader, TracedState};
use eventyard_embedded::store::OpenError;
use eventyard_event::{Event, Limits};

use crate::support::{TempStore, accept, block_on, queue, receive, send};

/// The ids of the events that fit.
fn ids(reader: &Reader, filter: EventFilter) -> Vec<String> {
    let events = reader.events(filter).map(|event| event.unwrap().line);
    let parsed = events.map(|line| Event::from_document(line.as_bytes(), &Limits::default()));
    parsed.map(|event| event.unwrap().id().to_owned()).collect()
}

fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[test]
fn a_folder_without_a_store_is_not_read_and_nothing_is_made_in_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(folder.path()), Err(OpenError::Missing { .. })));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_is_read_beside_its_writer_and_after_it() {
    let store = TempStore::new();
    accept(&store, 0..3, 0);
    let beside = Reader::open(store.folder.path()).unwrap();
    assert_eq!(ids(&beside, EventFilter::default()), numbers(0..3));
    accept(&store, 3..5, 0);
    assert_eq!(ids(&beside, EventFilter::default()), numbers(0..5));
    assert_eq!(ids(&store.reader(), EventFilter::default()), numbers(0..5));
    let store = store.reopen();
    assert_eq!(ids(&beside, EventFilter::default()), numbers(0..5));
    drop(store);
}

#[test]
fn events_come_in_the_order_they_were_accepted_sealed_or_not() {
    let store = TempStore::new();
    let first = accept(&store, 0..1000, 0).page.unwrap();
    accept(&store, 1000..2000, 1);
    accept(&store, 2000..2500, 2);
    block_on(store.seal(&first.claim, &[], at(3))).unwrap();
    assert_eq!(ids(&store.reader(), EventFilter::default()), numbers(0..2500));
    let events: Vec<_> =
        store.reader().events(EventFilter::default()).map(Result::unwrap).collect();
    assert!(events.iter().zip(1..).all(|(event, sequence)| event.sequence == sequence));
    assert_eq!((events[1000].accepted_at, events[0].via.as_str()), (at(1), "contract"));
}

#[test]
fn a_limit_and_a_cursor_cut_the_log_into_pieces() {
    let store = TempStore::new();
    accept(&store, 0..100, 0);
    let piece = |after| EventFilter { after, limit: Some(40), ..EventFilter::default() };
    assert_eq!(ids(&store.reader(), piece(None)), numbers(0..40));
    assert_eq!(ids(&store.reader(), piece(Some(40))), numbers(40..80));
    assert_eq!(ids(&store.reader(), piece(Some(80))), numbers(80..100));
    assert_eq!(ids(&store.reader(), piece(Some(100))), numbers(0..0));
}

#[test]
fn events_are_found_by_the_time_of_their_acceptance() {
    let store = TempStore::new();
    for page in 0..10_u32 {
        accept(&store, page * 10..(page + 1) * 10, u64::from(page) * 60);
    }
    let since = |seconds| EventFilter { since: Some(at(seconds)), ..EventFilter::default() };
    assert_eq!(ids(&store.reader(), since(0)), numbers(0..100));
    assert_eq!(ids(&store.reader(), since(61)), numbers(20..100));
    assert_eq!(ids(&store.reader(), since(540)), numbers(90..100));
    assert_eq!(ids(&store.reader(), since(541)), numbers(0..0));
}

#[test]
fn events_are_found_by_type_source_and_subject() {
    let store = TempStore::new();
    let event = |id: u32, source: &str, kind: &str, subject: Option<&str>| {
        let builder = Event::builder(&id.to_string(), source, kind);
        let builder = subject.into_iter().fold(builder, |builder, text| builder.subject(text));
        planned(builder.build(&Limits::default()).unwrap(), &["x"])
    };
    let events = vec![
        event(0, "shop", "Placed", Some("a")),
        event(1, "shop", "Paid", Some("b")),
        event(2, "mill", "Placed", None),
        event(3, "mill", "Paid", Some("a")),
    ];
    block_on(store.accept(events, lease(0, 60))).unwrap();
    let find = |event_type: Option<&str>, source: Option<&str>, subject: Option<&str>| {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let (event_type, source, subject) = (own(event_type), own(source), own(subject));
        ids(&store.reader(), EventFilter { event_type, source, subject, ..Default::default() })
    };
    assert_eq!(find(Some("Placed"), None, None), ["0", "2"]);
    assert_eq!(find(None, Some("mill"), None), ["2", "3"]);
    assert_eq!(find(None, None, Some("a")), ["0", "3"]);
    assert_eq!(find(Some("Paid"), Some("mill"), Some("a")), ["3"]);
    assert_eq!(find(Some("Paid"), Some("mill"), Some("b")), [""; 0]);
    assert_eq!(find(Some("placed"), None, None), [""; 0]);
}

#[test]
fn a_trace_tells_what_became_of_each_delivery() {
    let store = TempStore::new();
    let page = accept(&store, [7], 0).page.unwrap();
    let deliveries = &page.events[0].plan.deliveries;
    let open = store.reader().trace("7", None).unwrap();
    assert_eq!(open.events[0].deliveries[0].state, TracedState::Open);
    assert!(!open.events[0].sealed);
    // `x` is delivered with the page, `y` has an item and is parked.
    let mut y = item(7, "y", 0);
    y.position.page = PageNumber(1);
    assert_eq!(y.key.id, deliveries[1].id);
    block_on(store.record(vec![y.clone()])).unwrap();
    let sealed = Sealed { delivery: deliveries[0].id, at: at(1) };
    block_on(store.seal(&page.claim, &[sealed], at(1))).unwrap();
    assert_eq!(block_on(store.claim(&[(y.key, 1)], lease(2, 60))), Ok(vec![true]));
    let settlement = end(y.key, 1, DeliveryState::Parked { at: at(3) }, 3);
    assert_eq!(block_on(store.settle(vec![settlement])), Ok(vec![true]));
    block_on(store.flush()).unwrap();
    let trace = store.reader().trace("7", None).unwrap();
    let event = &trace.events[0];
    assert!(event.sealed && event.matched == [rule("everything")]);
    assert_eq!(event.deliveries[0].state, TracedState::Delivered { at: at(1) });
    assert_eq!(event.deliveries[1].state, TracedState::Parked { at: at(3) });
    assert_eq!((event.deliveries[1].attempts, event.deliveries[1].history.len()), (1, 1));
    assert_eq!(event.deliveries[1].cause, Some(cause()));
    assert!(store.reader().trace("8", None).unwrap().events.is_empty());
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["events"][0]["deliveries"][1]["state"], "parked");
    assert_eq!(json["events"][0]["event"]["id"], "7");
    serde_json::from_value::<eventyard_embedded::reader::Trace>(json).unwrap();
}

#[test]
fn a_trace_lists_every_event_of_an_id_or_that_of_one_source() {
    let store = TempStore::new();
    for (source, page) in [("shop", 0), ("mill", 1)] {
        let batch = vec![planned(event_of(source, "same", "text"), &[])];
        block_on(store.accept(batch, lease(page, 60))).unwrap();
    }
    let reader = store.reader();
    assert_eq!(reader.trace("same", None).unwrap().events.len(), 2);
    let one = reader.trace("same", Some("mill")).unwrap().events;
    assert_eq!((one.len(), one[0].event.source()), (1, "mill"));
    assert!(reader.trace("same", Some("other")).unwrap().events.is_empty());
}

#[test]
fn parked_deliveries_come_with_their_event() {
    let store = TempStore::new();
    accept(&store, 0..3, 0);
    let items = [parked(0, "x", 9), parked(1, "y", 5), parked(2, "x", 7)];
    block_on(store.record(items.to_vec())).unwrap();
    block_on(store.flush()).unwrap();
    let list = |filter| {
        let found = store.reader().parked(filter).map(Result::unwrap);
        found.map(|parked| parked.event.id().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(ParkedFilter::default()), ["1", "2", "0"]);
    let of_x = ParkedFilter { target: Some(target("x")), ..Default::default() };
    assert_eq!(list(of_x), ["2", "0"]);
    assert_eq!(list(ParkedFilter { limit: Some(1), ..Default::default() }), ["1"]);
    let of_other = ParkedFilter { rule: Some(rule("other")), ..Default::default() };
    assert_eq!(list(of_other), [""; 0]);
}

#[test]
fn what_could_not_be_decoded_is_read_with_its_bytes() {
    let store = TempStore::new();
    let message = |id: &str| Undecodable {
        via: "http".to_owned(),
        message_id: id.to_owned(),
        bytes: b"{\xff".to_vec(),
        cause: Cause::new("E0501", "not JSON"),
        at: at(0),
    };
    for id in 0..150 {
        block_on(store.park_undecodable(message(&format!("{id:03}")))).unwrap();
    }
    let all: Vec<_> = store.reader().undecodable().map(Result::unwrap).collect();
    assert_eq!(all.len(), 150);
    assert_eq!(all[149], message("149"));
}

#[test]
fn queues_and_their_messages_are_read_without_receiving() {
    let store = TempStore::new();
    let queues = store.queues();
    for n in 0..50 {
        send(&queues, "q", NewMessage::text(n.to_string()), at(0));
    }
    receive(&queues, "q", at(0));
    block_on(store.flush()).unwrap();
    let lines = store.reader().queues(at(0)).unwrap();
    assert_eq!((lines.len(), lines[0].depth.visible, lines[0].depth.in_flight), (1, 40, 10));
    let messages = store.reader().messages(&queue("q")).unwrap().unwrap();
    let messages: Vec<_> = messages.map(Result::unwrap).collect();
    assert_eq!(messages.len(), 50);
    assert_eq!((messages[0].receive_count, messages[0].visible_at), (1, at(30)));
    assert_eq!((messages[49].receive_count, messages[49].body.as_str()), (0, "49"));
    assert!(store.reader().messages(&queue("other")).unwrap().is_none());
    assert_eq!(queues_line(&lines[0])["visible"], 40);
}

fn queues_line(line: &eventyard_embedded::reader::QueueLine) -> serde_json::Value {
    serde_json::to_value(line).unwrap()
}

#[test]
fn the_audit_finds_a_delivery_that_is_nowhere() {
    let store = TempStore::new();
    let page = accept(&store, [1], 0).page.unwrap();
    let report = store.reader().audit().unwrap();
    assert!(report.holds() && report.in_flight == 2 && report.open == 1);
    // A seal that leaves out both planned deliveries breaks the promise.
    block_on(store.seal(&page.claim, &[], at(1))).unwrap();
    block_on(store.flush()).unwrap();
    let report = store.reader().audit().unwrap();
    assert_eq!(report.violations.len(), 2);
}
