//! What a handler has beside its argument.

use crate::worker::Reading;
use crate::{HandlerError, Rows, Stored};
use eventyard_bus::ports::{RowKey, Work};
use eventyard_event::{Event, Limits};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// What a handler has beside its argument: the event, what it emits, its rows. A clone is the same.
///
/// What was emitted and written takes effect when the handler succeeds, and only then.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    event: Arc<Event>,
    work: Work,
    attempt: u32,
    now: Timestamp,
    rows: Arc<dyn Reading>,
    effects: Mutex<Effects>,
}

/// What a handler did so far.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<String>,
    pub(crate) rows: Rows,
}

/// What a context is made of.
pub(crate) struct Of {
    pub(crate) event: Arc<Event>,
    pub(crate) work: Work,
    pub(crate) attempt: u32,
    pub(crate) now: Timestamp,
    pub(crate) rows: Arc<dyn Reading>,
}

impl Context {
    pub(crate) fn new(of: Of) -> Self {
        let Of { event, work, attempt, now, rows } = of;
        Self(Arc::new(Inner { event, work, attempt, now, rows, effects: Mutex::default() }))
    }

    /// The event as it was delivered.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.0.event
    }

    /// Which work this is: service, handler, delivery.
    #[must_use]
    pub fn work(&self) -> &Work {
        &self.0.work
    }

    /// Which attempt of this delivery, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// The time at which the attempt began; a test gives it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// The same text for every attempt at this delivery by this handler, and for no other: give it to
    /// services that honour one.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        let hash = blake3::hash(self.0.work.to_string().as_bytes());
        hash.to_hex().chars().take(32).collect()
    }

    /// What this event and all that follow from it have in common: its correlation, else its own id.
    #[must_use]
    pub fn correlation(&self) -> &str {
        self.event().correlation().unwrap_or_else(|| self.event().id())
    }

    /// Emits an event about the subject of the one that is handled; it is published once the handler succeeded.
    ///
    /// Its source is the service, its cause this event, and its id follows from delivery, handler and place.
    ///
    /// # Errors
    /// Parks the delivery when the data cannot be written as JSON, or the event would be none.
    pub fn emit<T: Serialize + ?Sized>(
        &self,
        event_type: &str,
        data: &T,
    ) -> Result<(), HandlerError> {
        self.emit_event(event_type, self.event().subject(), data)
    }

    /// Emits an event about another subject.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_about<T: Serialize + ?Sized>(
        &self,
        subject: &str,
        event_type: &str,
        data: &T,
    ) -> Result<(), HandlerError> {
        self.emit_event(event_type, Some(subject), data)
    }

    fn emit_event<T: Serialize + ?Sized>(
        &self,
        event_type: &str,
        subject: Option<&str>,
        data: &T,
    ) -> Result<(), HandlerError> {
        let refused = |reason: String| {
            HandlerError::park(format!("the event `{event_type}` cannot be emitted: {reason}"))
        };
        let data = serde_json::to_vec(data).map_err(|error| refused(error.to_string()))?;
        let mut effects = self.effects();
        let work = &self.0.work;
        let id = format!("{}.{}.{}", work.delivery, work.handler, effects.events.len());
        let hops = i32::try_from(self.event().hops()).unwrap_or(i32::MAX);
        let mut event = Event::builder(&id, &work.service, event_type)
            .time(&self.0.now.to_string())
            .extension("correlationid", self.correlation())
            .extension("causationid", self.event().id())
            .extension("eventyardhops", hops);
        if let Some(subject) = subject {
            event = event.subject(subject);
        }
        let limits = Limits::default();
        let event = event.data_json(&data, &limits).map_err(|error| refused(error.to_string()))?;
        let event = event.build(&limits).map_err(|error| refused(error.to_string()))?;
        effects.events.push(event.document().to_owned());
        Ok(())
    }

    /// Writes rows of the service in one transaction with the record of this delivery and the emitted
    /// events: exactly once, however often the delivery comes.
    ///
    /// A row that is not what was expected makes the handler run again.
    pub fn transact(&self, rows: Rows) {
        let mut effects = self.effects();
        effects.rows = std::mem::take(&mut effects.rows).and(rows);
    }

    /// A row of the service, as it was committed last.
    ///
    /// # Errors
    /// To be tried again when the store does not answer; parked when the row is none of `T`.
    pub async fn row<T: DeserializeOwned>(
        &self,
        table: &str,
        key: impl Into<String>,
    ) -> Result<Option<Stored<T>>, HandlerError> {
        let key = RowKey { table: table.to_owned(), key: key.into() };
        let Some(row) = self.0.rows.row(&self.0.work.service, &key).await? else { return Ok(None) };
        let other = |_| HandlerError::park(format!("row `{key}` does not fit what it is read as"));
        let value = serde_json::from_str(&row.value).map_err(other)?;
        Ok(Some(Stored { value, revision: row.revision }))
    }

    /// Takes what the handler did; what a task it left behind does later has no effect.
    pub(crate) fn take(&self) -> Effects {
        std::mem::take(&mut *self.effects())
    }

    fn effects(&self) -> std::sync::MutexGuard<'_, Effects> {
        self.0.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
