//! A store in a folder of its own, and what tests do with it.

use std::ops::Deref;

use eventyard_bus::contract::fixture::{event, lease, planned};
use eventyard_bus::{Accept, Accepted, Ledger};
use eventyard_embedded::queues::{NewMessage, QueueName, Queues, ReceivedMessage};
use eventyard_embedded::store::Store;
use eventyard_event::Timestamp;

/// A store whose folder goes with it.
pub struct TempStore {
    store: Store,
    pub folder: tempfile::TempDir,
}

impl TempStore {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: Store::open(folder.path()).unwrap(), folder }
    }

    /// A store that keeps events for an hour.
    pub async fn keeping_an_hour() -> Self {
        let store = Self::new();
        store.keep_for(Some(std::time::Duration::from_secs(3_600))).await.unwrap();
        store
    }

    /// Closes the store and opens it again.
    pub fn reopen(self) -> Self {
        let Self { store, folder } = self;
        drop(store);
        Self { store: Store::open(folder.path()).unwrap(), folder }
    }
}

impl Deref for TempStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}

/// Events with these ids, each planned for the targets `x` and `y`.
pub fn batch(ids: impl IntoIterator<Item = impl ToString>) -> Vec<Accept> {
    let events = ids.into_iter().map(|id| event(&id.to_string(), "a text"));
    events.map(|event| planned(event, &["x", "y"])).collect()
}

/// Accepts events with these ids, at a time in seconds.
pub fn accept(store: &Store, ids: impl IntoIterator<Item = impl ToString>, now_s: u64) -> Accepted {
    block_on(store.accept(batch(ids), lease(now_s, now_s + 60))).unwrap()
}

pub fn queue(name: &str) -> QueueName {
    name.parse().unwrap()
}

/// Sends one message that must be taken.
pub fn send(queues: &Queues, to: &str, message: NewMessage, now: Timestamp) -> String {
    let mut sent = block_on(queues.send(&queue(to), vec![message], now)).unwrap();
    sent.pop().unwrap().unwrap().message_id
}

/// Receives up to ten messages for the queue's own visibility timeout.
pub fn receive(queues: &Queues, from: &str, now: Timestamp) -> Vec<ReceivedMessage> {
    block_on(queues.receive(&queue(from), 10, None, now)).unwrap()
}

pub fn bodies(messages: &[ReceivedMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}
