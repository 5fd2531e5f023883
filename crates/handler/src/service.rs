//! A service: its name, its handlers, and how it treats what none of them takes.

use crate::handler::{Handler, erased};
use crate::{Context, HandlerError, Journal, Listen, Publisher, Worker};
use eventyard_event::{Event, Limits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::time::Duration;

/// A service: its name, its handlers, its settings.
pub struct Service {
    name: String,
    handlers: Vec<(Listen, Handler)>,
    unhandled: Unhandled,
    settings: Settings,
}

/// What becomes of an event that no handler takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unhandled {
    /// It is acknowledged, and counted.
    #[default]
    Acknowledge,
    /// It is parked: the rules send something here that nobody expects.
    Refuse,
}

/// Durations and bounds of a service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Messages of one batch at the same time; those of one FIFO group never.
    pub concurrency: usize,
    /// How long it is known that a delivery is done: longer than its source sends it again.
    pub keep: Duration,
    /// Attempts of one delivery that may panic before it is parked.
    pub panics_max: u32,
    /// How often a handler runs anew within one attempt since a row was changed by another.
    pub conflicts_max: u32,
    /// How old an outbox is before the sweeper publishes it.
    pub outbox_age: Duration,
    /// Bounds of events.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 8,
            // SQS keeps a message for 14 days at most.
            keep: Duration::from_secs(15 * 24 * 60 * 60),
            panics_max: 3,
            conflicts_max: 16,
            outbox_age: Duration::from_secs(60),
            limits: Limits::default(),
        }
    }
}

/// Why a service cannot start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A name that cannot stand in a key.
    #[error(
        "`{name}` names no service or handler: 1 to 256 characters, none of them a control character"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two handlers of one name.
    #[error("two handlers are named `{name}`; give one another name with `Listen::named`")]
    SameName {
        /// The name.
        name: String,
    },
}

/// The longest name, in characters: it stands in keys.
const NAME_MAX: usize = 256;

impl Service {
    /// A service of this name, which is the source of the events it emits.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            handlers: Vec::new(),
            unhandled: Unhandled::default(),
            settings: Settings::default(),
        }
    }

    /// A service that [`run`](Self::run) connects as the environment says.
    ///
    /// | variable | what |
    /// |---|---|
    /// | `EVENTYARD_URL` | emitted events are posted there, to `/events` |
    /// | `EVENTYARD_QUEUE_URL` | else they are sent to this queue (feature `aws`) |
    /// | `EVENTYARD_TABLE` | the journal is in this DynamoDB table (feature `aws`) |
    /// | `EVENTYARD_JOURNAL` | else it is in this file (feature `embedded`) |
    pub fn from_env(name: impl Into<String>) -> Self {
        Self::new(name)
    }

    /// Runs `handler` on the events that `listen` names, with their data as its argument.
    ///
    /// Several handlers may take one event: each has a record of its own, and the delivery is done when all
    /// are.
    #[must_use]
    pub fn on<T, R, F, Fut>(mut self, listen: impl Into<Listen>, handler: F) -> Self
    where
        T: DeserializeOwned,
        R: Serialize,
        F: Fn(T, Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HandlerError>> + Send + 'static,
    {
        self.handlers.push((listen.into(), erased(handler)));
        self
    }

    /// Says what becomes of an event that no handler takes.
    #[must_use]
    pub fn unhandled(mut self, unhandled: Unhandled) -> Self {
        self.unhandled = unhandled;
        self
    }

    /// Changes durations and bounds.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The service on this journal and this way to the bus, with the clock of the machine: for who runs it
    /// in a process of their own.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn start<J: Journal + 'static, P: Publisher>(
        self,
        journal: J,
        publisher: P,
    ) -> Result<Worker<J, P>, ServiceError> {
        Worker::new(self, journal, publisher, crate::environment::clock())
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn check(&self) -> Result<(), ServiceError> {
        let mut names = BTreeSet::new();
        for name in std::iter::once(&*self.name).chain(self.handlers.iter().map(|(l, _)| l.name()))
        {
            if name.is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control)
            {
                return Err(ServiceError::Name { name: name.to_owned() });
            }
        }
        for (listen, _) in &self.handlers {
            if !names.insert(listen.name()) {
                return Err(ServiceError::SameName { name: listen.name().to_owned() });
            }
        }
        Ok(())
    }

    /// The handlers that take an event, with their names.
    pub(crate) fn takers(&self, event: &Event) -> Vec<(&str, &Handler)> {
        let takers = self.handlers.iter().filter(|(listen, _)| listen.takes(event));
        takers.map(|(listen, handler)| (listen.name(), handler)).collect()
    }

    pub(crate) fn handler(&self, name: &str) -> Option<&Handler> {
        self.handlers.iter().find(|(listen, _)| listen.name() == name).map(|(_, handler)| handler)
    }

    pub(crate) fn refuses_unhandled(&self) -> bool {
        self.unhandled == Unhandled::Refuse
    }

    pub(crate) fn of(&self) -> &Settings {
        &self.settings
    }
}
