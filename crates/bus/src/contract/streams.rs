//! What a store does with streams: see [`Streams`].

use super::fixture::{at, event};
use crate::ports::{AppendError, Appended, Direction, Expected, StreamEvent, StreamName, Streams};
use Direction::{Backwards, Forwards};
use eventyard_event::{Event, Identity, Limits};
use futures::future::join_all;

/// The stream that most cases are about.
#[must_use]
pub fn stream() -> StreamName {
    named("order-VB-42345")
}

fn named(name: &str) -> StreamName {
    name.parse().expect("a name")
}

fn events(ids: std::ops::Range<u32>) -> Vec<Event> {
    ids.map(|n| event(&n.to_string(), "a")).collect()
}

/// An event with about so many bytes, which do not deflate to less than half.
fn sized(id: &str, bytes: usize) -> Event {
    let part = |n: usize| format!("\"{}\"", Identity::new(id, &n.to_string()));
    let parts: Vec<_> = (0..bytes / 35).map(part).collect();
    let head = format!(r#"{{"specversion":"1.0","id":"{id}","source":"contract","type":"Tested""#);
    let document = format!(r#"{head},"data":[{}]}}"#, parts.join(","));
    Event::from_document(document.as_bytes(), &Limits::default()).expect("an event")
}

async fn append(
    store: &impl Streams,
    expected: Expected,
    events: &[Event],
) -> Result<Appended, AppendError> {
    store.append(&stream(), expected, events, at(7)).await
}

async fn read(
    store: &impl Streams,
    from: u64,
    direction: Direction,
    limit: usize,
) -> Vec<StreamEvent> {
    store.read(&stream(), from, direction, limit).await.expect("read")
}

fn versions(events: &[StreamEvent]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}

fn conflict(expected: Expected, actual: u64) -> Result<Appended, AppendError> {
    Err(AppendError::Conflict { expected, actual })
}

/// Events come back under consecutive versions, unchanged, with the time of their append.
pub async fn events_are_read_under_their_versions_as_they_were_appended(store: &impl Streams) {
    let given = events(1..8);
    let first = append(store, Expected::None, &given[..3]).await;
    assert_eq!(first, Ok(Appended { first: 1, last: 3 }));
    let second = append(store, Expected::Exact(3), &given[3..6]).await;
    assert_eq!(second, Ok(Appended { first: 4, last: 6 }));
    let third = append(store, Expected::Any, &given[6..]).await;
    assert_eq!(third, Ok(Appended { first: 7, last: 7 }));
    let all = read(store, 1, Forwards, 100).await;
    assert_eq!(versions(&all), [1, 2, 3, 4, 5, 6, 7]);
    assert!(all.iter().zip(&given).all(|(read, given)| read.event == *given));
    assert!(all.iter().all(|event| event.appended_at == at(7)));
    assert_eq!(store.last_version(&stream()).await, Ok(7));
}

/// What was never appended to has no event, no version and no snapshot.
pub async fn a_stream_that_is_not_there_is_empty(store: &impl Streams) {
    assert_eq!(read(store, 1, Forwards, 100).await, []);
    assert_eq!(read(store, u64::MAX, Backwards, 100).await, []);
    assert_eq!(store.last_version(&stream()).await, Ok(0));
    assert_eq!(store.listed(&stream()).await, Ok(0));
    assert_eq!(store.snapshot(&stream()).await, Ok(None));
    assert_eq!(store.load(&stream()).await.map(|loaded| loaded.version()), Ok(0));
}

/// A stream is read from any version in both directions, and no more than was asked for.
pub async fn a_stream_is_read_from_a_version_in_both_directions(store: &impl Streams) {
    append(store, Expected::None, &events(1..8)).await.expect("appended");
    store.put_snapshot(&stream(), 5, b"five", at(8)).await.expect("kept");
    for (from, direction, limit, found) in [
        (0, Forwards, 2, vec![1, 2]),
        (3, Forwards, 2, vec![3, 4]),
        (3, Forwards, 100, vec![3, 4, 5, 6, 7]),
        (7, Forwards, 1, vec![7]),
        (7, Forwards, 2, vec![7]),
        (8, Forwards, 1, vec![]),
        (1, Forwards, 0, vec![]),
        (u64::MAX, Forwards, 1, vec![]),
        (u64::MAX, Backwards, 2, vec![7, 6]),
        (7, Backwards, 7, vec![7, 6, 5, 4, 3, 2, 1]),
        (7, Backwards, 8, vec![7, 6, 5, 4, 3, 2, 1]),
        (3, Backwards, 2, vec![3, 2]),
        (1, Backwards, 100, vec![1]),
        (0, Backwards, 100, vec![]),
        (7, Backwards, 0, vec![]),
    ] {
        let read = read(store, from, direction, limit).await;
        assert_eq!(versions(&read), found, "{limit} from {from} {direction:?}");
    }
}

/// A stream that is not as expected stays as it is.
pub async fn an_append_that_expects_another_version_is_a_conflict_with_both_numbers(
    store: &impl Streams,
) {
    assert_eq!(
        append(store, Expected::Exact(1), &events(1..2)).await,
        conflict(Expected::Exact(1), 0)
    );
    append(store, Expected::Exact(0), &events(1..3)).await.expect("appended");
    for expected in [Expected::None, Expected::Exact(1), Expected::Exact(3)] {
        assert_eq!(append(store, expected, &events(9..10)).await, conflict(expected, 2));
    }
    assert_eq!(versions(&read(store, 1, Forwards, 9).await), [1, 2], "nothing was appended");
}

/// Whoever does not know whether an append was done makes it again: it is done once.
pub async fn the_same_append_again_is_answered_as_the_first(store: &impl Streams) {
    for expected in [Expected::None, Expected::Any] {
        for _ in 0..2 {
            let again = append(store, expected, &events(1..4)).await;
            assert_eq!(again, Ok(Appended { first: 1, last: 3 }));
        }
    }
    append(store, Expected::Exact(3), &events(4..6)).await.expect("appended");
    let late = append(store, Expected::None, &events(1..4)).await;
    assert_eq!(late, Ok(Appended { first: 1, last: 3 }), "also when others came behind it");
    let late = append(store, Expected::Exact(3), &events(4..6)).await;
    assert_eq!(late, Ok(Appended { first: 4, last: 5 }));
    assert_eq!(versions(&read(store, 1, Forwards, 9).await), [1, 2, 3, 4, 5]);
}

/// The same identity with other contents is never taken for the same event.
pub async fn another_event_of_an_identity_at_the_end_of_the_stream_is_refused(
    store: &impl Streams,
) {
    append(store, Expected::None, &events(1..4)).await.expect("appended");
    let other = [event("1", "another"), event("2", "a"), event("3", "a")];
    assert_eq!(append(store, Expected::None, &other).await, conflict(Expected::None, 3));
    let known = |version| Err(AppendError::Known { version });
    assert_eq!(append(store, Expected::Any, &other).await, known(1));
    assert_eq!(append(store, Expected::Any, &[event("3", "another")]).await, known(3));
    let overlap = [event("3", "a"), event("4", "a")];
    assert_eq!(append(store, Expected::Any, &overlap).await, known(3));
    assert_eq!(versions(&read(store, 1, Forwards, 9).await), [1, 2, 3]);
}

/// An append names each event once.
pub async fn an_append_of_one_identity_twice_is_refused(store: &impl Streams) {
    let twice = [event("1", "a"), event("2", "a"), event("1", "b")];
    let repeated = Err(AppendError::Repeated { id: "1".to_owned() });
    for expected in [Expected::Any, Expected::None, Expected::Exact(0)] {
        assert_eq!(append(store, expected, &twice).await, repeated);
    }
    assert_eq!(store.last_version(&stream()).await, Ok(0));
    append(store, Expected::Any, &twice[..2]).await.expect("appended");
}

/// An append is as long as a transaction, and one event more is refused whole.
pub async fn an_append_takes_as_many_events_as_a_transaction_does(store: &impl Streams) {
    let max = store.append_events_max();
    let count = u32::try_from(max).expect("small");
    for given in [0, count + 1] {
        for expected in [Expected::Any, Expected::None, Expected::Exact(3)] {
            let refused = append(store, expected, &events(0..given)).await;
            let given = usize::try_from(given).expect("small");
            assert_eq!(refused, Err(AppendError::Length { given, max }));
        }
    }
    assert_eq!(store.last_version(&stream()).await, Ok(0));
    let last = u64::from(count);
    let appended = append(store, Expected::Any, &events(0..count)).await;
    assert_eq!(appended, Ok(Appended { first: 1, last }));
    assert_eq!(read(store, 1, Forwards, max).await.len(), max);
    assert_eq!(read(store, 1, Forwards, max + 1).await.len(), max);
}

/// However long a stream is, no part of it is left out.
pub async fn a_stream_of_more_than_one_megabyte_is_read_to_its_end(store: &impl Streams) {
    let given: Vec<_> = (1..=45).map(|n| sized(&n.to_string(), 60_000)).collect();
    for events in given.chunks(9) {
        append(store, Expected::Any, events).await.expect("appended");
    }
    let all = read(store, 1, Forwards, usize::MAX).await;
    assert_eq!(all.len(), 45);
    assert!(all.iter().zip(&given).all(|(read, given)| read.event == *given));
    let back = read(store, u64::MAX, Backwards, usize::MAX).await;
    assert!(back.iter().rev().eq(&all));
    assert_eq!(versions(&read(store, 45, Forwards, 10).await), [45]);
    assert_eq!(store.load(&stream()).await.expect("loaded").events, all);
}

/// An event may be larger than an item of a table.
pub async fn events_around_400_kilobytes_and_of_one_megabyte_come_back_byte_for_byte(
    store: &impl Streams,
) {
    let given = [399_000, 401_000, 1_000_000].map(|bytes| sized(&bytes.to_string(), bytes));
    for expected in [Expected::None, Expected::None] {
        let appended = append(store, expected, &given).await;
        assert_eq!(appended, Ok(Appended { first: 1, last: 3 }));
    }
    let all = read(store, 1, Forwards, 10).await;
    assert!(all.iter().map(|read| &read.event).eq(&given));
}

/// Writers that expect nothing each get versions of their own, without a gap.
pub async fn of_64_writers_that_expect_anything_each_gets_a_version_of_its_own(
    store: &impl Streams,
) {
    let given = events(0..64);
    let appends =
        given.iter().map(|event| append(store, Expected::Any, std::slice::from_ref(event)));
    let results = join_all(appends).await;
    let mut won: Vec<_> = results.into_iter().map(|won| won.expect("appended").first).collect();
    won.sort_unstable();
    assert_eq!(won, (1..=64).collect::<Vec<_>>());
    assert_eq!(versions(&read(store, 1, Forwards, 100).await), won);
}

/// Of writers that expect the same version one appends, whether they are two or 64.
pub async fn of_writers_that_expect_the_same_version_one_appends(store: &impl Streams) {
    for (last, writers) in [(0, 2), (1, 8), (2, 64)] {
        let expected = Expected::Exact(last);
        let given: Vec<_> = (0..writers).map(|n| event(&format!("{last}-{n}"), "a")).collect();
        let appends =
            given.iter().map(|event| append(store, expected, std::slice::from_ref(event)));
        let results = join_all(appends).await;
        let lost = conflict(expected, last + 1);
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| **result == lost).count(), writers - 1);
        assert_eq!(store.last_version(&stream()).await, Ok(last + 1));
    }
}

/// Streams are told apart by their whole names, also such that look like keys.
pub async fn streams_do_not_mix(store: &impl Streams) {
    let names = ["a", "a#b", "a#V#1", "A", "ä", "a b/c"].map(named);
    for (name, event) in names.iter().zip(events(1..7)) {
        let appended = store.append(name, Expected::None, &[event], at(0)).await;
        assert_eq!(appended, Ok(Appended { first: 1, last: 1 }), "{name}");
    }
    store.put_snapshot(&named("a"), 1, b"a", at(0)).await.expect("kept");
    for (name, event) in names.iter().zip(events(1..7)) {
        let read = store.read(name, 1, Forwards, 9).await.expect("read");
        assert_eq!(read.iter().map(|read| &read.event).collect::<Vec<_>>(), [&event]);
    }
    assert_eq!(store.snapshot(&named("a#b")).await, Ok(None));
}

/// How far a stream was routed moves by whoever saw where it stood.
pub async fn what_was_routed_moves_forward_by_one_reader_at_a_time(store: &impl Streams) {
    append(store, Expected::None, &events(1..6)).await.expect("appended");
    assert_eq!(store.listed(&stream()).await, Ok(0));
    assert_eq!(store.advance_listed(&stream(), 0, 2).await, Ok(true));
    assert_eq!(store.advance_listed(&stream(), 0, 2).await, Ok(false));
    assert_eq!(store.listed(&stream()).await, Ok(2));
    assert_eq!(store.advance_listed(&stream(), 2, 5).await, Ok(true));
    assert_eq!(store.listed(&stream()).await, Ok(5));
    append(store, Expected::Exact(5), &events(6..7)).await.expect("appended");
    assert_eq!(store.listed(&stream()).await, Ok(5), "an append routes nothing");
}
