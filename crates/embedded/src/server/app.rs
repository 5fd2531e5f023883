//! What every route works with.

use crate::engine::{
    DevSettings, EmbeddedBus, Intake, Metrics, ReplayStarter, Stop, input_queue, queue_name,
};
use crate::queues::{QueueName, Queues};
use crate::store::Store;
use eventyard_bus::{Clock, Ports};
use eventyard_event::Timestamp;
use eventyard_rules::Input;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The running bus, as the listener sees it; a clone is another handle of the same one.
#[derive(Clone)]
pub(crate) struct App {
    pub(super) bus: Arc<EmbeddedBus>,
    pub(super) store: Store,
    pub(super) queues: Queues,
    pub(super) intake: Intake,
    pub(super) replays: ReplayStarter,
    pub(super) metrics: Arc<Metrics>,
    pub(super) settings: Arc<DevSettings>,
    /// Whether only this machine can reach the listener, so that strange pages must not.
    pub(super) is_loopback: bool,
    pub(super) stop: Stop,
    /// Bounds the requests.
    pub(super) requests: Arc<Semaphore>,
    /// Bounds the memory of request bodies.
    pub(super) uploads: Arc<Semaphore>,
    /// Bounds the readers of the stream.
    pub(super) streams: Arc<Semaphore>,
}

/// What an [`App`] is made of.
pub(crate) struct AppParts {
    pub(crate) bus: Arc<EmbeddedBus>,
    pub(crate) store: Store,
    pub(crate) intake: Intake,
    pub(crate) replays: ReplayStarter,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) settings: DevSettings,
    pub(crate) is_loopback: bool,
    pub(crate) stop: Stop,
}

impl App {
    pub(crate) fn new(parts: AppParts) -> Self {
        let AppParts { bus, store, intake, replays, metrics, settings, is_loopback, stop } = parts;
        Self {
            bus,
            queues: store.queues(),
            store,
            intake,
            replays,
            metrics,
            requests: Arc::new(Semaphore::new(settings.requests_max.max(1))),
            uploads: Arc::new(Semaphore::new(settings.uploads_max.max(1))),
            streams: Arc::new(Semaphore::new(settings.streams_max.max(1))),
            settings: Arc::new(settings),
            is_loopback,
            stop,
        }
    }

    /// The time of the bus.
    pub(super) fn now(&self) -> Timestamp {
        self.bus.ports().clock().now()
    }

    /// How long it is until `at`; nothing when that is past.
    pub(super) fn until(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.now())).unwrap_or_default()
    }

    /// The queues that stand in for targets and inputs of the live rules.
    pub(super) fn queues_of_rules(&self) -> BTreeSet<QueueName> {
        let rules = self.bus.rules();
        let targets = rules.targets.values().filter_map(|target| queue_name(&target.kind).ok());
        let inputs = rules.bus.inputs.iter().filter_map(|input| match input {
            Input::Sqs { queue } => Some(queue),
            Input::Sns { topic } => Some(topic),
            Input::EventBridge { bus } => Some(bus),
            _ => None,
        });
        let inputs = inputs.filter_map(|resource| input_queue(resource).ok());
        targets.chain(inputs).collect()
    }
}
