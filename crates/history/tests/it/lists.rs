//! Lists of events: filters, times, cursors.

use crate::world::{World, numbered};
use eventyard_bus::{Cursor, Hints, Place};
use eventyard_filter::Condition;
use eventyard_history::list::{Ask, ListError, Listing};
use futures::executor::block_on;

fn list(world: &World, ask: Ask) -> Vec<String> {
    block_on(async {
        let mut listing = Listing::start(&world.ports.store, ask).await.unwrap();
        let mut ids = Vec::new();
        while let Some(page) = listing.next().await.unwrap() {
            ids.extend(page.events.iter().map(|logged| logged.event.event.id().to_owned()));
        }
        ids
    })
}

#[test]
fn everything_is_listed_in_the_order_of_acceptance_to_the_last_page() {
    let world = World::new();
    assert!(list(&world, Ask::default()).is_empty());
    // The pages that are read together, one less, and one more.
    for (count, total) in [(19, 19), (1, 20), (1, 21), (40, 61)] {
        world.orders(count, 1);
        assert_eq!(list(&world, Ask::default()), numbered(0..total));
    }
}

#[test]
fn attributes_and_conditions_must_all_hold() {
    let world = World::new();
    world.orders(40, 7);
    let subject = |text: &str| Hints { subject: Some(text.to_owned()), ..Hints::default() };
    assert_eq!(
        list(&world, Ask { hints: subject("c-3"), ..Ask::default() }),
        ["o-3", "o-13", "o-23", "o-33"]
    );
    let when = Some(Condition::parse("$.data > 20").unwrap());
    let ask = Ask { hints: subject("c-3"), when, ..Ask::default() };
    assert_eq!(list(&world, ask), ["o-23", "o-33"]);
    assert!(list(&world, Ask { hints: subject("nobody"), ..Ask::default() }).is_empty());
}

#[test]
fn a_span_begins_with_its_first_time_and_ends_before_its_last() {
    let world = World::new();
    world.orders(5, 1);
    let at = |n: usize| Some(world.ports.store.events()[n].accepted_at);
    let ask = Ask { since: at(1), until: at(3), ..Ask::default() };
    assert_eq!(list(&world, ask), numbered(1..3));
    assert!(list(&world, Ask { since: at(3), until: at(3), ..Ask::default() }).is_empty());
}

#[test]
fn a_cursor_goes_on_behind_any_event() {
    let world = World::new();
    world.orders(10, 4);
    for stop in 0..10 {
        let cursor = block_on(async {
            let mut listing = Listing::start(&world.ports.store, Ask::default()).await.unwrap();
            while let Some(page) = listing.next().await.unwrap() {
                let id = format!("o-{stop}");
                let event = page.events.iter().find(|logged| logged.event.event.id() == id);
                if let Some(event) = event {
                    return listing.cursor_behind(&page, event);
                }
            }
            panic!("o-{stop} is not there");
        });
        let from = Some(cursor.to_string().parse().unwrap());
        assert_eq!(list(&world, Ask { from, ..Ask::default() }), numbered(stop + 1..10));
    }
}

#[test]
fn a_cursor_of_another_log_is_refused() {
    let world = World::new();
    let from = Some(Cursor { places: vec![Place::page(1); 2] });
    let refused = block_on(Listing::start(&world.ports.store, Ask { from, ..Ask::default() }));
    assert_eq!(refused.err(), Some(ListError::CursorOfOther { given: 2, shards: 1 }));
}
