//! Stream mode: see `store::streams`.

use eventyard_aws::store::DynamoStore;
use eventyard_aws::store::streams::{AppendError, Appended, Expected, StreamName};
use eventyard_bus::contract::fixture::{at, event};
use eventyard_event::{Event, Identity, Limits};

use crate::table::{block_on, fresh};

fn stream() -> StreamName {
    "order-VB-42345".parse().expect("a name")
}

fn events(ids: std::ops::Range<u32>) -> Vec<Event> {
    ids.map(|n| event(&n.to_string(), "a")).collect()
}

async fn append(
    store: &DynamoStore,
    expected: Expected,
    events: &[Event],
) -> Result<Appended, AppendError> {
    store.append(&stream(), expected, events, at(7)).await
}

fn conflict(expected: Expected, actual: u64) -> Result<Appended, AppendError> {
    Err(AppendError::Conflict { expected, actual })
}

#[test]
fn events_are_read_under_their_versions_as_they_were_appended() {
    block_on(async {
        let store = fresh().await;
        let given = events(1..8);
        let first = append(&store, Expected::None, &given[..3]).await;
        assert_eq!(first, Ok(Appended { first: 1, last: 3 }));
        let second = append(&store, Expected::Exact(3), &given[3..6]).await;
        assert_eq!(second, Ok(Appended { first: 4, last: 6 }));
        let third = append(&store, Expected::Any, &given[6..]).await;
        assert_eq!(third, Ok(Appended { first: 7, last: 7 }));
        let read = store.read(&stream(), 1, 100).await.expect("read");
        assert_eq!(
            read.iter().map(|event| event.version).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6, 7]
        );
        assert!(read.iter().zip(&given).all(|(read, given)| read.event == *given));
        assert!(read.iter().all(|event| event.appended_at == at(7)));
        let some = store.read(&stream(), 3, 2).await.expect("read");
        assert_eq!(some.iter().map(|event| event.version).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(store.last_version(&stream()).await, Ok(7));
    });
}

#[test]
fn a_stream_that_is_not_there_is_empty() {
    block_on(async {
        let store = fresh().await;
        assert_eq!(store.read(&stream(), 1, 100).await, Ok(Vec::new()));
        assert_eq!(store.last_version(&stream()).await, Ok(0));
        assert_eq!(store.listed(&stream()).await, Ok(0));
    });
}

#[test]
fn an_append_that_expects_another_version_is_a_conflict_with_both_numbers() {
    block_on(async {
        let store = fresh().await;
        append(&store, Expected::None, &events(1..3)).await.expect("appended");
        for expected in [Expected::None, Expected::Exact(1), Expected::Exact(3)] {
            assert_eq!(append(&store, expected, &events(9..10)).await, conflict(expected, 2));
        }
        assert_eq!(
            store.read(&stream(), 1, 9).await.expect("read").len(),
            2,
            "nothing was appended"
        );
    });
}

#[test]
fn the_same_append_again_is_answered_as_the_first() {
    block_on(async {
        let store = fresh().await;
        for expected in [Expected::None, Expected::Any] {
            for _ in 0..2 {
                let again = append(&store, expected, &events(1..4)).await;
                assert_eq!(again, Ok(Appended { first: 1, last: 3 }));
            }
        }
        append(&store, Expected::Exact(3), &events(4..6)).await.expect("appended");
        let late = append(&store, Expected::None, &events(1..4)).await;
        assert_eq!(late, Ok(Appended { first: 1, last: 3 }), "also when others came behind it");
        let other = [event("1", "another"), event("2", "a"), event("3", "a")];
        assert_eq!(append(&store, Expected::None, &other).await, conflict(Expected::None, 5));
        assert_eq!(store.read(&stream(), 1, 9).await.expect("read").len(), 5);
    });
}

#[test]
fn an_append_takes_as_many_events_as_a_transaction_does() {
    block_on(async {
        let store = fresh().await;
        let max = 9;
        for given in [0, max + 1] {
            let given_events = events(0..u32::try_from(given).expect("small"));
            let refused = append(&store, Expected::Any, &given_events).await;
            assert_eq!(refused, Err(AppendError::Length { given, max }));
        }
        append(&store, Expected::Any, &events(0..9)).await.expect("appended");
    });
}

#[test]
fn a_stream_of_more_than_one_megabyte_is_read_to_its_end() {
    block_on(async {
        let store = fresh().await;
        // Text of 60 KB that deflates to 30 KB at best, which is still in the item.
        let big = |n: usize| {
            let part = |k: usize| Identity::new(&n.to_string(), &k.to_string()).to_string();
            let text: String = (0..1_900).map(part).collect();
            let event = Event::builder(&n.to_string(), "contract", "Tested").data_text(&text);
            event.build(&Limits::default()).expect("an event")
        };
        let given: Vec<_> = (1..=45).map(big).collect();
        for events in given.chunks(9) {
            append(&store, Expected::Any, events).await.expect("appended");
        }
        let read = store.read(&stream(), 1, usize::MAX).await.expect("read");
        assert_eq!(read.len(), 45);
        assert!(read.iter().zip(&given).all(|(read, given)| read.event == *given));
        let last = store.read(&stream(), 45, 10).await.expect("read");
        assert_eq!(last.iter().map(|event| event.version).collect::<Vec<_>>(), [45]);
    });
}

#[test]
fn what_was_routed_moves_forward_by_one_reader_at_a_time() {
    block_on(async {
        let store = fresh().await;
        assert_eq!(store.advance_listed(&stream(), 0, 2).await, Ok(true));
        assert_eq!(store.advance_listed(&stream(), 0, 2).await, Ok(false));
        assert_eq!(store.listed(&stream()).await, Ok(2));
        assert_eq!(store.advance_listed(&stream(), 2, 5).await, Ok(true));
        assert_eq!(store.listed(&stream()).await, Ok(5));
    });
}

#[test]
fn a_name_of_a_stream_is_short_and_printable() {
    let long = "a".repeat(513);
    for text in ["", "a\n", &long] {
        assert!(text.parse::<StreamName>().is_err(), "{text:?}");
    }
    assert_eq!("Bestellung 1".parse::<StreamName>().expect("a name").as_str(), "Bestellung 1");
}
