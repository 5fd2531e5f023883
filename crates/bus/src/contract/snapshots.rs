//! What a store does with snapshots of streams: see [`Streams`].

use super::fixture::{at, event};
use super::streams::stream;
use crate::ports::{Expected, SNAPSHOT_BYTES_MAX, Snapshot, SnapshotError, Streams};
use eventyard_event::{Event, Identity};

/// Appends so many events to the stream, which is not there yet.
async fn filled(store: &impl Streams, events: u32) {
    let events: Vec<Event> = (0..events).map(|n| event(&n.to_string(), "a")).collect();
    for some in events.chunks(store.append_events_max()) {
        store.append(&stream(), Expected::Any, some, at(0)).await.expect("appended");
    }
}

async fn put(
    store: &impl Streams,
    version: u64,
    state: &[u8],
    at_s: u64,
) -> Result<(), SnapshotError> {
    store.put_snapshot(&stream(), version, state, at(at_s)).await
}

fn snapshot(version: u64, state: &[u8], at_s: u64) -> Result<Option<Snapshot>, crate::StoreError> {
    Ok(Some(Snapshot { version, state: state.to_vec(), taken_at: at(at_s) }))
}

/// The snapshot of the highest version is read, whichever was put last.
pub async fn the_newest_snapshot_is_read_as_it_was_put(store: &impl Streams) {
    filled(store, 12).await;
    put(store, 2, b"two", 1).await.expect("kept");
    assert_eq!(store.snapshot(&stream()).await, snapshot(2, b"two", 1));
    put(store, 10, b"ten", 2).await.expect("kept");
    put(store, 9, b"nine", 3).await.expect("kept");
    assert_eq!(store.snapshot(&stream()).await, snapshot(10, b"ten", 2));
    put(store, 10, b"TEN", 4).await.expect("kept");
    assert_eq!(store.snapshot(&stream()).await, snapshot(10, b"TEN", 4));
}

/// Nobody can know what events that are not there amount to.
pub async fn a_snapshot_of_a_version_that_is_not_there_is_refused(store: &impl Streams) {
    let refused = |version, last| Err(SnapshotError::Version { version, last });
    assert_eq!(put(store, 1, b"none", 1).await, refused(1, 0));
    filled(store, 3).await;
    assert_eq!(put(store, 0, b"nothing", 1).await, refused(0, 3));
    assert_eq!(put(store, 4, b"ahead", 1).await, refused(4, 3));
    assert_eq!(store.snapshot(&stream()).await, Ok(None));
    assert_eq!(put(store, 3, b"head", 1).await, Ok(()));
}

/// A load begins at the newest snapshot, or at nothing, and leaves no event out.
pub async fn a_load_has_the_newest_snapshot_and_every_event_behind_it(store: &impl Streams) {
    filled(store, 7).await;
    let loaded = store.load(&stream()).await.expect("loaded");
    assert_eq!((loaded.version(), loaded.events.len(), loaded.snapshot), (7, 7, None));
    put(store, 4, b"four", 1).await.expect("kept");
    let loaded = store.load(&stream()).await.expect("loaded");
    let versions: Vec<_> = loaded.events.iter().map(|event| event.version).collect();
    assert_eq!((loaded.version(), versions), (7, vec![5, 6, 7]));
    put(store, 7, b"seven", 1).await.expect("kept");
    let loaded = store.load(&stream()).await.expect("loaded");
    assert_eq!((loaded.version(), loaded.events.len()), (7, 0));
    let next = [event("next", "a")];
    let expected = Expected::Exact(loaded.version());
    store.append(&stream(), expected, &next, at(2)).await.expect("appended");
    let loaded = store.load(&stream()).await.expect("loaded");
    assert_eq!((loaded.version(), loaded.events.len()), (8, 1));
}

/// A snapshot may be larger than an item of a table, and has an end.
pub async fn a_snapshot_of_megabytes_comes_back_and_one_byte_too_many_is_refused(
    store: &impl Streams,
) {
    filled(store, 1).await;
    let part = |n: usize| Identity::new("snapshot", &n.to_string()).to_string();
    let mut state = (0..SNAPSHOT_BYTES_MAX / 32).map(part).collect::<String>().into_bytes();
    put(store, 1, &state, 1).await.expect("kept");
    assert!(store.snapshot(&stream()).await == snapshot(1, &state, 1), "it came back changed");
    state.push(0);
    for state in [&state[..], b""] {
        let refused = put(store, 1, state, 2).await;
        assert_eq!(refused, Err(SnapshotError::Length { bytes: state.len() }));
    }
    put(store, 1, b"1", 3).await.expect("kept");
    assert_eq!(store.snapshot(&stream()).await, snapshot(1, b"1", 3));
}
