//! Starting the bus on one machine.

use super::clock::SystemClock;
use super::consume::{Consumer, Function, FunctionError};
use super::inputs::{self, Pumping};
use super::rules_folder::{RulesError, RulesSource};
use super::running::{Running, url};
use super::stages::Announcer;
use super::stop::{Stop, stop};
use super::streams::{self, StreamRouter};
use super::targets::{EmbeddedTargets, LambdaEndpoint, LambdaEndpointError};
use super::wake::Wake;
use super::watcher::{self, RulesWatch};
use super::{DevOptions, EmbeddedBus, EmbeddedPorts, Intake, Metrics};
use super::{dispatcher, workers};
use super::{replays, retention};
use crate::queues::QueueName;
use crate::server::{self, App, AppParts};
use crate::store::{OpenError, Store};
use eventyard_bus::memory::MemoryBreakers;
use eventyard_bus::{Bus, Clock as _, OpenPage, StoreError};
use eventyard_http::{EnvSecrets, HttpSender};
use eventyard_rules::{Diagnostics, LoadOptions};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Why the bus did not start. The data folder is as it was before, except that a new one may have
/// been made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// The rules folder or the overlay cannot be read.
    #[error("the rules cannot be read")]
    RulesUnreadable(#[source] io::Error),
    /// The rules are refused; the diagnostics say why and where.
    #[error("{0}")]
    RulesRefused(Diagnostics),
    /// The rules folder cannot be watched.
    #[error("changes of the rules cannot be watched")]
    Watch(#[source] notify::Error),
    /// The data folder cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The store failed at the first write.
    #[error("the rules cannot be stored")]
    StoreFailed(#[from] StoreError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// `--lambda-endpoint` is no URL.
    #[error("{0}")]
    LambdaEndpoint(String),
    /// `--consume` names no function.
    #[error("{0}")]
    Consume(String),
    /// The URL cannot be left in the data folder.
    #[error("the address cannot be left in the data folder")]
    UrlFile(#[source] io::Error),
}

impl From<RulesError> for DevError {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Unreadable(error) => Self::RulesUnreadable(error),
            RulesError::Refused(diagnostics) => Self::RulesRefused(diagnostics),
        }
    }
}

impl From<FunctionError> for DevError {
    fn from(error: FunctionError) -> Self {
        Self::Consume(error.to_string())
    }
}

impl From<LambdaEndpointError> for DevError {
    fn from(error: LambdaEndpointError) -> Self {
        Self::LambdaEndpoint(error.to_string())
    }
}

/// Starts the bus: opens the store, reads the rules, finishes what an earlier process left open,
/// listens.
///
/// The process has installed a TLS provider for rustls before; HTTPS targets wait until it has. The
/// bus leaves its URL in the file `url` of the data folder.
///
/// # Errors
/// [`DevError`]; nothing runs then.
pub async fn dev(options: DevOptions) -> Result<Running, DevError> {
    let source = RulesSource {
        folder: options.rules.clone(),
        overlay: options.overlay.clone(),
        allow_insecure_targets: options.allow_insecure_targets,
    };
    // The watch begins before the files are read, so that no change falls in between.
    let watch = RulesWatch::start(&source).map_err(|error| not_watched(&source, error))?;
    let rules = source.load()?;
    let address = options.listen;
    let store = Store::open(&options.data)?;
    store.release_claims(SystemClock.now()).await?;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| DevError::Listen { address, error })?;
    let (metrics, wake) = (Arc::<Metrics>::default(), Arc::<Wake>::default());
    let ports = ports(&options, store.clone(), Arc::clone(&metrics), Arc::clone(&wake))?;
    let load = LoadOptions {
        allow_insecure_targets: options.allow_insecure_targets,
        ..LoadOptions::default()
    };
    let bus = Bus::start(ports, Arc::new(rules), load, options.settings.bus).await?;
    let consumers = consumers(&options, &store)?;
    let house = House { options, consumers, store, bus: Arc::new(bus), metrics, wake };
    house.run(listener, source, watch)
}

/// Without a folder there is nothing to watch; the error about the folder is the clearer one.
fn not_watched(source: &RulesSource, error: notify::Error) -> DevError {
    match source.load() {
        Err(unreadable @ RulesError::Unreadable(_)) => unreadable.into(),
        _ => DevError::Watch(error),
    }
}

fn ports(
    options: &DevOptions,
    store: Store,
    metrics: Arc<Metrics>,
    wake: Arc<Wake>,
) -> Result<EmbeddedPorts, DevError> {
    let mut http = options.settings.http.clone();
    http.guard.allow_loopback = options.allow_insecure_targets;
    let lambda = options.lambda_endpoint.as_deref().map(LambdaEndpoint::new).transpose()?;
    let targets = EmbeddedTargets {
        queues: store.queues(),
        http: HttpSender::new(http, Arc::new(EnvSecrets::of_process())),
        lambda,
        concurrency: options.settings.target_concurrency.max(1),
    };
    let announcer = Announcer::new(options.settings.stages_max.max(1), metrics, wake);
    Ok(EmbeddedPorts {
        store,
        breakers: MemoryBreakers::default(),
        targets,
        clock: SystemClock,
        announcer,
    })
}

fn consumers(options: &DevOptions, store: &Store) -> Result<Vec<Consumer>, DevError> {
    let consumer = |(queue, url): &(QueueName, String)| {
        let function = Function::new(url, queue)?;
        let (queue, queues) = (queue.clone(), store.queues());
        Ok(Consumer { queue, function, queues, again: options.settings.consume_again })
    };
    options.consume.iter().map(consumer).collect()
}

/// Everything that is there before the tasks are.
struct House {
    options: DevOptions,
    consumers: Vec<Consumer>,
    store: Store,
    bus: Arc<EmbeddedBus>,
    metrics: Arc<Metrics>,
    wake: Arc<Wake>,
}

impl House {
    fn run(
        mut self,
        listener: TcpListener,
        source: RulesSource,
        watch: RulesWatch,
    ) -> Result<Running, DevError> {
        let address = self.options.listen;
        let local = listener.local_addr();
        let address = local.map_err(|error| DevError::Listen { address, error })?;
        let (stopper, stop) = stop();
        let settings = &self.options.settings;
        let (intake, pages) = Intake::new(Arc::clone(&self.bus), settings.pages_max.max(1));
        let mut tasks = JoinSet::new();
        self.spawn_deliveries(&mut tasks, pages, &stop);
        self.spawn_sources(&mut tasks, &intake, source, watch, &stop);
        let (starter, asked) = replays::starter();
        let (pause, bus) = (settings.store_pause, Arc::clone(&self.bus));
        tasks.spawn(replays::run(bus, starter.clone(), asked, pause, stop.clone()));
        let app = App::new(AppParts {
            replays: starter,
            bus: Arc::clone(&self.bus),
            store: self.store.clone(),
            intake,
            metrics: Arc::clone(&self.metrics),
            settings: settings.clone(),
            is_loopback: address.ip().is_loopback(),
            stop: stop.clone(),
        });
        tasks.spawn(server::run(listener, app, stop.clone()));
        for consumer in std::mem::take(&mut self.consumers) {
            tasks.spawn(consumer.run(stop.clone()));
        }
        let url_file = self.store.folder().url_file();
        std::fs::write(&url_file, format!("{}\n", url(address))).map_err(DevError::UrlFile)?;
        let grace = settings.grace;
        let (bus, stopper) = (self.bus, Arc::new(stopper));
        Ok(Running { bus, address, url_file, stopper, stop, tasks, grace })
    }
    fn spawn_deliveries(
        &self,
        tasks: &mut JoinSet<()>,
        pages: mpsc::Receiver<OpenPage>,
        stop: &Stop,
    ) {
        let pause = self.options.settings.store_pause;
        let (bus, wake) = (Arc::clone(&self.bus), Arc::clone(&self.wake));
        tasks.spawn(dispatcher::run(Arc::clone(&bus), pages, pause, stop.clone()));
        tasks.spawn(workers::run(bus, wake, pause, stop.clone()));
    }

    fn spawn_sources(
        &self,
        tasks: &mut JoinSet<()>,
        intake: &Intake,
        source: RulesSource,
        rules_watch: RulesWatch,
        stop: &Stop,
    ) {
        let settings = &self.options.settings;
        let pumping = Pumping {
            bus: Arc::clone(&self.bus),
            intake: intake.clone(),
            queues: self.store.queues(),
            limits: settings.limits.clone(),
            pause: settings.store_pause,
        };
        let (reloaded, reloads) = watch::channel(());
        let (bus, quiet) = (Arc::clone(&self.bus), settings.reload_after);
        tasks.spawn(retention::run(Arc::clone(&bus), reloads.clone(), stop.clone()));
        tasks.spawn(watcher::run(bus, source, rules_watch, quiet, reloaded, stop.clone()));
        tasks.spawn(inputs::run(pumping, reloads, stop.clone()));
        let router = StreamRouter {
            bus: Arc::clone(&self.bus),
            store: self.store.clone(),
            intake: intake.clone(),
            pause: settings.store_pause,
        };
        tasks.spawn(streams::run(router, stop.clone()));
    }
}
