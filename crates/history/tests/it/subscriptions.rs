//! Subscriptions: history first, then live; nothing skipped, nothing out of order, whatever is stopped where.

use crate::world::{World, numbered, order};
use eventyard_bus::contract::fixture::{lease, planned};
use eventyard_bus::memory::MemoryStore;
use eventyard_bus::{Clock as _, Hints, Ledger as _, OpenPage};
use eventyard_filter::Condition;
use eventyard_history::subscription::{
    self, Batch, Begin, Noted, Subscription, SubscriptionError, SubscriptionName,
    SubscriptionOptions, SubscriptionState,
};
use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};

type Reader<'w> = Subscription<'w, MemoryStore, MemoryStore>;

fn name() -> SubscriptionName {
    "projection".parse().unwrap()
}

fn from_start() -> SubscriptionOptions {
    SubscriptionOptions { begin: Begin::Start, ..SubscriptionOptions::default() }
}

fn open(world: &World, options: SubscriptionOptions) -> Reader<'_> {
    let (store, now) = (&world.ports.store, world.ports.clock.now());
    block_on(Subscription::open(store, store, name(), options, now)).unwrap()
}

fn next(reader: &mut Reader<'_>) -> Option<Batch> {
    block_on(reader.next()).unwrap()
}

fn done(reader: &mut Reader<'_>, batch: Batch) -> Noted {
    block_on(reader.done(batch, Timestamp::UNIX_EPOCH)).unwrap()
}

fn ids(batch: &Batch) -> Vec<String> {
    batch.events.iter().map(|logged| logged.event.event.id().to_owned()).collect()
}

/// Deals with everything that is there for now.
fn drain(reader: &mut Reader<'_>) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(batch) = next(reader) {
        all.extend(ids(&batch));
        assert_eq!(done(reader, batch), Noted::Noted);
    }
    all
}

/// Accepts an order whose page nobody delivers.
fn stopped(world: &World, n: usize) -> OpenPage {
    let new = planned(order(n), &[]);
    let accepted = block_on(world.ports.store.accept(vec![new], lease(0, 60))).unwrap();
    accepted.page.unwrap()
}

#[test]
fn what_is_stored_comes_first_and_then_what_is_accepted() {
    let world = World::new();
    world.orders(250, 10);
    let mut reader = open(&world, from_start());
    assert_eq!(drain(&mut reader), numbered(0..250));
    world.orders(3, 1);
    assert_eq!(drain(&mut reader), numbered(250..253));
    assert_eq!(reader.record().events, 253);
    let mut late = block_on(Subscription::open(
        &world.ports.store,
        &world.ports.store,
        "late".parse().unwrap(),
        SubscriptionOptions::default(),
        world.ports.clock.now(),
    ))
    .unwrap();
    world.orders(1, 1);
    assert_eq!(drain(&mut late), numbered(253..254), "it begins with what comes");
}

#[test]
fn a_writer_that_is_stopped_is_waited_for_and_nothing_is_skipped() {
    let world = World::new();
    world.orders(2, 1);
    let open_page = stopped(&world, 2);
    world.orders(2, 1);
    let mut reader = open(&world, from_start());
    assert_eq!(drain(&mut reader), numbered(0..2));
    assert!(next(&mut reader).is_none());
    block_on(world.ports.store.seal(&open_page.claim, &[], Timestamp::UNIX_EPOCH)).unwrap();
    assert_eq!(drain(&mut reader), numbered(2..5));
}

#[test]
fn a_crash_before_the_note_hands_the_batch_out_again_and_one_after_it_does_not() {
    let world = World::new();
    world.orders(6, 2);
    let options = SubscriptionOptions { batch_events: 2, ..from_start() };
    let mut reader = open(&world, options.clone());
    let first = next(&mut reader).unwrap();
    drop(reader);
    let mut reader = open(&world, options.clone());
    let again = next(&mut reader).unwrap();
    assert_eq!((ids(&first), ids(&again)), (numbered(0..2), numbered(0..2)));
    done(&mut reader, again);
    drop(reader);
    assert_eq!(drain(&mut open(&world, options)), numbered(2..6));
}

#[test]
fn a_batch_that_is_not_noted_is_handed_out_again_to_the_same_reader() {
    let world = World::new();
    world.orders(4, 1);
    let mut reader = open(&world, SubscriptionOptions { batch_events: 1, ..from_start() });
    assert_eq!(ids(&next(&mut reader).unwrap()), numbered(0..1));
    assert_eq!(drain(&mut reader), numbered(0..4));
}

#[test]
fn a_batch_ends_with_the_page_that_fills_it() {
    let world = World::new();
    world.orders(9, 3);
    for (batch_events, first) in [(1, 3), (3, 3), (4, 6), (9, 9), (100, 9)] {
        let mut reader = open(&world, SubscriptionOptions { batch_events, ..from_start() });
        assert_eq!(ids(&next(&mut reader).unwrap()), numbered(0..first), "{batch_events}");
    }
}

#[test]
fn only_events_that_fit_are_handed_out_and_the_place_moves_over_the_rest() {
    let world = World::new();
    world.orders(40, 1);
    let hints = Hints { subject: Some("c-3".into()), ..Hints::default() };
    let when = Some(Condition::parse("$.data > 10").unwrap());
    let mut reader = open(&world, SubscriptionOptions { hints, when, ..from_start() });
    assert_eq!(drain(&mut reader), ["o-13", "o-23", "o-33"]);
    assert_eq!(reader.record().cursor.to_string(), "41");
}

#[test]
fn a_paused_subscription_keeps_its_place_and_goes_on_when_it_is_resumed() {
    let world = World::new();
    world.orders(3, 1);
    let (store, now) = (&world.ports.store, world.ports.clock.now());
    let mut reader = open(&world, SubscriptionOptions { batch_events: 1, ..from_start() });
    let batch = next(&mut reader).unwrap();
    block_on(subscription::pause(store, &name(), now)).unwrap();
    assert_eq!(done(&mut reader, batch), Noted::Noted, "what was dealt with stays so");
    assert!(next(&mut reader).is_none());
    let record = block_on(subscription::read(store, &name())).unwrap();
    assert_eq!((record.state, record.cursor.to_string()), (SubscriptionState::Paused, "2".into()));
    block_on(subscription::resume(store, &name(), now)).unwrap();
    assert_eq!(drain(&mut reader), numbered(1..3));
}

#[test]
fn a_rewound_subscription_hands_events_out_again_from_that_time_on() {
    let world = World::new();
    let begin = world.ports.clock.now();
    world.orders(5, 1);
    let store = &world.ports.store;
    let mut reader = open(&world, SubscriptionOptions { batch_events: 1, ..from_start() });
    assert_eq!(drain(&mut reader), numbered(0..5));
    let to = begin + SignedDuration::from_secs(3);
    block_on(subscription::rewind(store, store, &name(), to, begin)).unwrap();
    let batch = next(&mut reader).unwrap();
    assert_eq!(ids(&batch), numbered(3..4));
    // And while a batch is dealt with.
    block_on(subscription::rewind(store, store, &name(), begin, begin)).unwrap();
    assert_eq!(done(&mut reader, batch), Noted::Overtaken);
    assert_eq!(drain(&mut reader), numbered(0..5));
}

#[test]
fn of_two_readers_of_a_name_the_slower_one_learns_it_and_goes_on_behind_the_other() {
    let world = World::new();
    world.orders(4, 1);
    let options = SubscriptionOptions { batch_events: 1, ..from_start() };
    let (mut one, mut other) = (open(&world, options.clone()), open(&world, options));
    let (batch, same) = (next(&mut one).unwrap(), next(&mut other).unwrap());
    assert_eq!(done(&mut one, batch), Noted::Noted);
    assert_eq!(done(&mut other, same), Noted::Overtaken);
    assert_eq!(ids(&next(&mut other).unwrap()), numbered(1..2));
    assert_eq!(drain(&mut one), numbered(1..4));
}

#[test]
fn a_removed_subscription_is_unknown_and_begins_anew() {
    let world = World::new();
    world.orders(1, 1);
    let store = &world.ports.store;
    assert_eq!(drain(&mut open(&world, from_start())), numbered(0..1));
    assert_eq!(block_on(subscription::list(store)).unwrap().len(), 1);
    block_on(subscription::remove(store, &name())).unwrap();
    assert!(block_on(subscription::list(store)).unwrap().is_empty());
    let unknown = block_on(subscription::pause(store, &name(), Timestamp::UNIX_EPOCH));
    assert_eq!(unknown, Err(SubscriptionError::Unknown(name())));
    assert_eq!(drain(&mut open(&world, from_start())), numbered(0..1));
}

#[test]
fn a_name_is_letters_digits_dots_lines_and_no_path() {
    for text in ["", "a/b", "a b", &"a".repeat(65)] {
        assert!(text.parse::<SubscriptionName>().is_err(), "{text}");
    }
    assert!(
        "a.B-9_".parse::<SubscriptionName>().is_ok()
            && "a".repeat(64).parse::<SubscriptionName>().is_ok()
    );
}
