//! What can be done with queues: each operation is one job of the writer.

use std::time::Duration;

use eventyard_bus::StoreError;
use eventyard_event::Timestamp;
use redb::{ReadableDatabase, ReadableTable};
use tokio::sync::watch;

use super::receipt::Receipt;
use super::receive::Taken;
use super::record::Record;
use super::registry::{create, find, names};
use super::{
    Depth, Enqueued, NewMessage, Queue, QueueError, QueueName, QueueSettings, RECEIVE_MAX,
    ReceivedMessage, VISIBILITY_MAX, delete, depth, receive, send, visibility,
};
use crate::store::transaction::Transaction;
use crate::store::{Fault, Promise, Store, format, instant, log};

/// The queues of a store.
#[derive(Debug, Clone)]
pub struct Queues {
    store: Store,
}

impl Store {
    /// The queues of this store.
    pub fn queues(&self) -> Queues {
        Queues { store: self.clone() }
    }
}

impl Queues {
    /// Makes a queue; one that is there with the same settings is as good.
    ///
    /// # Errors
    /// [`QueueError::ExistsOtherwise`]: the queue keeps the settings it has.
    pub async fn create(
        &self,
        name: &QueueName,
        settings: QueueSettings,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let key = name.clone();
        let wanted = settings.clone();
        let work = move |tables: &mut Transaction<'_>| create(tables, &key, settings, now);
        let queue = self.store.call(Promise::Durable, 0, work).await.map_err(StoreError::from)?;
        match queue.settings == wanted {
            true => Ok(()),
            false => Err(QueueError::ExistsOtherwise(name.clone())),
        }
    }

    /// Sends messages in their order, making the queue when it is not there; each is taken or
    /// refused on its own. Durable when it returns.
    ///
    /// # Errors
    /// [`QueueError::Store`]: none of them was taken.
    pub async fn send(
        &self,
        queue: &QueueName,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Vec<Result<Enqueued, QueueError>>, QueueError> {
        self.send_as(Promise::Durable, queue, messages, now).await
    }

    /// Sends as [`send`](Self::send) does, for deliveries of the bus: durable before anything
    /// written later is, the page's seal above all. After a crash that lost both, the page is open
    /// and its stored plan runs again.
    ///
    /// # Errors
    /// [`QueueError::Store`]: none of them was taken.
    pub async fn push(
        &self,
        queue: &QueueName,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Vec<Result<Enqueued, QueueError>>, QueueError> {
        self.send_as(Promise::Relaxed, queue, messages, now).await
    }

    async fn send_as(
        &self,
        promise: Promise,
        name: &QueueName,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Vec<Result<Enqueued, QueueError>>, QueueError> {
        let key = name.clone();
        let bytes = messages.iter().map(NewMessage::bytes).sum();
        let work = move |tables: &mut Transaction<'_>| {
            let settings = QueueSettings::for_name(&key);
            let queue = create(tables, &key, settings, now)?;
            send::send(tables, &queue, messages, instant::number(now))
        };
        let sent = self.store.call(promise, bytes, work).await.map_err(StoreError::from)?;
        self.store.arrivals().tell(name);
        Ok(sent)
    }

    /// Receives at most `max` messages, 1 to 10, the longest visible first, and hides them for
    /// `visibility`, or the queue's own time when there is none. In a FIFO queue the messages of a
    /// group come in their order, and none while others of the group are in flight.
    ///
    /// # Errors
    /// [`QueueError::NotFound`], [`QueueError::CountOutOfRange`],
    /// [`QueueError::VisibilityOutOfRange`].
    pub async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        visibility: Option<Duration>,
        now: Timestamp,
    ) -> Result<Vec<ReceivedMessage>, QueueError> {
        if !(1..=RECEIVE_MAX).contains(&max) {
            return Err(QueueError::CountOutOfRange(max));
        }
        check_visibility(visibility)?;
        let at = instant::number(now);
        let taken = self.on(Promise::Relaxed, queue, move |tables, queue| {
            let hidden = send::nanos(visibility.unwrap_or(queue.settings.visibility));
            Ok(Ok(receive::receive(tables, queue, max, at, at.saturating_add(hidden))?))
        });
        let messages = self.materialise(taken.await?);
        Ok(messages.map_err(StoreError::from)?)
    }

    /// Deletes the message of a receipt. One that is gone, or that was received again since, is no
    /// error.
    ///
    /// # Errors
    /// [`QueueError::NotFound`], [`QueueError::ReceiptInvalid`], and in FIFO queues
    /// [`QueueError::ReceiptExpired`].
    pub async fn delete(
        &self,
        queue: &QueueName,
        receipt: &str,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let (receipt, at) = (receipt.to_owned(), instant::number(now));
        self.on(Promise::Relaxed, queue, move |tables, queue| {
            match Receipt::parse(&receipt, queue.id) {
                Ok(receipt) => delete::delete(tables, queue, receipt, at),
                Err(refusal) => Ok(Err(refusal)),
            }
        })
        .await?;
        self.store.arrivals().tell(queue);
        Ok(())
    }

    /// Hides the message of a receipt for `visibility` from `now` on; zero gives it back at once.
    ///
    /// # Errors
    /// [`QueueError::NotFound`], [`QueueError::ReceiptInvalid`], [`QueueError::NotInFlight`],
    /// [`QueueError::VisibilityOutOfRange`].
    pub async fn change_visibility(
        &self,
        queue: &QueueName,
        receipt: &str,
        visibility: Duration,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        check_visibility(Some(visibility))?;
        let (receipt, at) = (receipt.to_owned(), instant::number(now));
        let until = at.saturating_add(send::nanos(visibility));
        self.on(Promise::Relaxed, queue, move |tables, queue| {
            match Receipt::parse(&receipt, queue.id) {
                Ok(receipt) => visibility::change(tables, queue, receipt, at, until),
                Err(refusal) => Ok(Err(refusal)),
            }
        })
        .await?;
        self.store.arrivals().tell(queue);
        Ok(())
    }

    /// The settings of a queue and when it was made; none when there is no such queue.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn settings(
        &self,
        queue: &QueueName,
    ) -> Result<Option<(QueueSettings, Timestamp)>, QueueError> {
        let name = queue.clone();
        let work = move |tables: &mut Transaction<'_>| find(&tables.queues, &name);
        let queue = self.store.call(Promise::Read, 0, work).await.map_err(StoreError::from)?;
        Ok(queue.map(|queue| (queue.settings, instant::time(queue.created_at))))
    }

    /// How full a queue is at `now`.
    ///
    /// # Errors
    /// [`QueueError::NotFound`].
    pub async fn depth(&self, queue: &QueueName, now: Timestamp) -> Result<Depth, QueueError> {
        let now = instant::number(now);
        self.on(Promise::Read, queue, move |tables, queue| {
            Ok(Ok(depth(&tables.ready, &tables.queue_lengths, queue.id, now)?))
        })
        .await
    }

    /// When the next message can be received, if no other comes; in the past when one can be.
    ///
    /// # Errors
    /// [`QueueError::NotFound`].
    pub async fn next_visible(&self, queue: &QueueName) -> Result<Option<Timestamp>, QueueError> {
        self.on(Promise::Read, queue, |tables, queue| {
            let all = (queue.id, i64::MIN, 0)..=(queue.id, i64::MAX, u64::MAX);
            let first = tables.ready.range(all)?.next().transpose()?;
            Ok(Ok(first.map(|(place, _)| instant::time(place.value().1))))
        })
        .await
    }

    /// A signal that changes whenever the queue may have something to receive, for long polls: take
    /// it, receive, and wait for it only when nothing came.
    pub fn arrivals(&self, queue: &QueueName) -> watch::Receiver<()> {
        self.store.arrivals().of(queue)
    }

    /// The names of the queues that begin with `prefix`, in their order.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn list(&self, prefix: &str) -> Result<Vec<QueueName>, QueueError> {
        let prefix = prefix.to_owned();
        let work = move |tables: &mut Transaction<'_>| names(&tables.queues, &prefix);
        Ok(self.store.call(Promise::Read, 0, work).await.map_err(StoreError::from)?)
    }

    /// Deletes every message that the queue has now, in steps between which others get their turn.
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`QueueError::NotFound`]; [`QueueError::Store`]: some may be deleted.
    pub async fn purge(&self, queue: &QueueName, now: Timestamp) -> Result<(), QueueError> {
        let end = self.on(Promise::Read, queue, |tables, _| Ok(Ok(tables.numbers.next_message)));
        let (end, at) = (end.await?, instant::number(now));
        while self
            .on(Promise::Durable, queue, move |tables, queue| {
                Ok(Ok(delete::purge(tables, queue, end, at)?))
            })
            .await?
        {}
        Ok(())
    }

    /// Does something with a queue that must be there.
    async fn on<T: Send + 'static>(
        &self,
        promise: Promise,
        name: &QueueName,
        work: impl FnOnce(&mut Transaction<'_>, &Queue) -> Result<Result<T, QueueError>, Fault>
        + Send
        + 'static,
    ) -> Result<T, QueueError> {
        let name = name.clone();
        let work = move |tables: &mut Transaction<'_>| match find(&tables.queues, &name)? {
            Some(queue) => work(tables, &queue),
            None => Ok(Err(QueueError::NotFound(name))),
        };
        self.store.call(promise, 0, work).await.map_err(StoreError::from)?
    }

    /// Makes the texts of messages, those of events from the log.
    fn materialise(&self, taken: Vec<Taken>) -> Result<Vec<ReceivedMessage>, Fault> {
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let read = self.store.slot().with(|database| Ok(database.begin_read()?))?;
        let events = read.open_table(format::EVENTS)?;
        let event = |sequence| log::with_event(&events, sequence, |stored| stored.event());
        taken.into_iter().map(|taken| taken.message(event)).collect()
    }
}

impl Taken {
    fn message(
        self,
        event: impl FnOnce(u64) -> Result<eventyard_event::Event, Fault>,
    ) -> Result<ReceivedMessage, Fault> {
        let Self { receipt, mut record, first_received_at } = self;
        Ok(ReceivedMessage {
            message_id: Record::message_id(record.sent_at, receipt.sequence),
            receipt: receipt.text(),
            body: record.body.materialise(&mut record.attributes, event)?,
            attributes: record.attributes,
            sent_at: instant::time(record.sent_at),
            receive_count: receipt.receive_count,
            first_received_at: instant::time(first_received_at),
            group: record.group,
            deduplication: record.deduplication,
            sequence: receipt.sequence,
        })
    }
}

fn check_visibility(visibility: Option<Duration>) -> Result<(), QueueError> {
    match visibility {
        Some(long) if long > VISIBILITY_MAX => {
            Err(QueueError::VisibilityOutOfRange(long.as_secs()))
        }
        _ => Ok(()),
    }
}
