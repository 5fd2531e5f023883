//! The adapters for AWS put together: what every function starts with.

use crate::replay::{Again, Request};
use crate::rules::{HotRules, PackedRulesError, Reading, packed};
use crate::settings::{FunctionSettings, SettingsError};
use crate::telemetry::{Invocation, Telemetry};
use eventyard_aws::secrets::{AwsSecrets, SecretSettings};
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::targets::{AwsTargets, TargetSettings};
use eventyard_aws::{Clients, Functions, RulesSource, SqsWake, Wake};
use eventyard_bus::{Bus, Clock, Ports, ReplayName, StoreError};
use eventyard_event::Limits;
use eventyard_http::{Guard, HttpSender};
use eventyard_rules::RuleSet;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// The bus on AWS.
pub type AwsBus = Bus<AwsPorts>;

/// What a function delivers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Quick APIs, within the budget of a page.
    Inline,
    /// Everything, within the budget of an attempt.
    All,
}

/// What the sending of one round may take where it holds nothing up but its own message.
const ROUND_BUDGET: Duration = Duration::from_secs(20);

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A variable of its environment is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There are no rules.
    #[error(transparent)]
    Rules(#[from] PackedRulesError),
}

/// One function: its bus, and what surrounds it.
pub struct App {
    settings: FunctionSettings,
    ports: AwsPorts,
    rules: Arc<RuleSet>,
    reading: Reading,
    hot: Option<HotRules>,
    bus: OnceCell<AwsBus>,
    breakers_next: Mutex<Instant>,
}

impl App {
    /// Reads environment and rules, and makes the clients; no call is made.
    ///
    /// # Errors
    /// [`StartError`], as a person who deploys reads it.
    pub async fn start(function: &str, reach: Reach) -> Result<Self, StartError> {
        let settings = FunctionSettings::read(|name| std::env::var(name).ok())?;
        let overlay = settings.overlay.as_deref();
        let (rules, reading) = packed(&settings.rules, overlay, settings.allow_insecure_targets)?;
        let clients = Clients::from_env().await;
        let hot = settings.rules_s3.clone().map(|location| {
            let source = RulesSource::new(clients.s3(), location);
            HotRules::new(source, settings.rules_check, reading.clone(), &rules)
        });
        let ports = AwsPorts::new(function, &clients, &settings, &rules, reach);
        let (bus, breakers_next) = (OnceCell::new(), Mutex::new(Instant::now()));
        Ok(Self { settings, ports, rules: Arc::new(rules), reading, hot, bus, breakers_next })
    }

    /// The bus, with the rules in force and other workers' breakers as of now.
    ///
    /// # Errors
    /// The store failed before the rules were stored in it: nothing can be accepted yet.
    pub async fn bus(&self) -> Result<&AwsBus, StoreError> {
        let bus = self.bus.get_or_try_init(|| self.begin()).await?;
        if let Some(hot) = &self.hot {
            hot.check(bus).await;
        }
        if self.is_time_for_breakers()
            && let Err(error) = bus.refresh_breakers().await
        {
            tracing::warn!(%error, "other workers' breakers are not known");
        }
        Ok(bus)
    }

    async fn begin(&self) -> Result<AwsBus, StoreError> {
        let (ports, rules) = (self.ports.clone(), Arc::clone(&self.rules));
        Bus::start(ports, rules, self.reading.options(), self.settings.bus).await
    }

    fn is_time_for_breakers(&self) -> bool {
        let mut next = self.breakers_next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = Instant::now() >= *next;
        if is_time {
            *next = Instant::now() + self.settings.breakers_check;
        }
        is_time
    }

    /// What wakes the workers of targets.
    #[must_use]
    pub fn wake(&self) -> &dyn Wake {
        &*self.ports.wake
    }

    /// What has a replay go on: the function `replay` of this stack.
    #[must_use]
    pub fn replays(&self) -> ReplayFunction {
        let function = format!("{}-replay", self.settings.table);
        ReplayFunction { functions: self.ports.functions.clone(), function }
    }

    /// The store, for what the ports do not say.
    #[must_use]
    pub fn store(&self) -> &DynamoStore {
        &self.ports.store
    }

    /// Log and metrics.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.ports.telemetry
    }

    /// The limits of events.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits::default()
    }

    /// Begins the log of an invocation.
    pub fn enter(&self, invocation: Invocation) {
        self.telemetry().begin(invocation);
    }

    /// Writes the metrics of an invocation.
    pub fn leave(&self) {
        self.telemetry().flush(SystemClock.now().as_millisecond());
    }
}

/// The adapters of the bus on AWS; clones are the same.
#[derive(Clone)]
pub struct AwsPorts {
    store: DynamoStore,
    targets: Arc<AwsTargets>,
    telemetry: Arc<Telemetry>,
    wake: Arc<SqsWake>,
    functions: Functions,
}

impl AwsPorts {
    fn new(
        function: &str,
        clients: &Clients,
        settings: &FunctionSettings,
        rules: &RuleSet,
        reach: Reach,
    ) -> Self {
        let (bus, queues) = (&rules.bus.name, settings.work_queues.clone());
        let wake = Arc::new(SqsWake::new(clients.sqs(), queues, Arc::new(SystemClock)));
        let waking: Arc<dyn Wake> = wake.clone();
        let store = DynamoStore::new(
            clients.dynamodb(),
            &settings.table,
            bus,
            waking,
            // What hot rules say of it holds from the next start of a function on.
            StoreSettings { retention: Some(rules.bus.retention), ..StoreSettings::default() },
        );
        let out = Box::new(std::io::stdout());
        let telemetry = Arc::new(Telemetry::new(bus, function, settings.log, out));
        let targets = Arc::new(targets(clients, settings, reach));
        let functions = Functions::new(clients.lambda());
        Self { store, targets, telemetry, wake, functions }
    }
}

/// The function that goes on with replays.
#[derive(Debug, Clone)]
pub struct ReplayFunction {
    functions: Functions,
    function: String,
}

impl Again for ReplayFunction {
    fn again<'a>(&'a self, name: &'a ReplayName) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let payload = serde_json::to_vec(&Request::Run(name.clone())).unwrap_or_default();
            if let Err(error) = self.functions.invoke_later(&self.function, payload).await {
                tracing::error!(replay = %name, %error, "the replay waits for the sweeper");
            }
        })
    }
}

fn targets(clients: &Clients, settings: &FunctionSettings, reach: Reach) -> AwsTargets {
    let mut of = TargetSettings::default();
    of.account.clone_from(&settings.account);
    of.budget = match reach {
        Reach::Inline => settings.inline_budget,
        Reach::All => ROUND_BUDGET,
    };
    let http = (reach == Reach::All).then(|| {
        let http = eventyard_http::Settings { guard: guard(settings), ..Default::default() };
        HttpSender::new(http, Arc::new(AwsSecrets::new(clients, SecretSettings::default())))
    });
    AwsTargets::new(clients, of, http)
}

/// Keeps HTTP targets away from this machine, and from the Runtime API above all.
fn guard(settings: &FunctionSettings) -> Guard {
    let runtime = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap_or_default();
    let runtime = runtime
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    let denied = runtime.into_iter().chain([("localhost".to_owned(), 2773)]).collect();
    Guard { allow_loopback: settings.allow_insecure_targets, denied }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Ports for AwsPorts {
    type Ledger = DynamoStore;
    type Deliveries = DynamoStore;
    type RuleSets = DynamoStore;
    type Breakers = DynamoStore;
    type Targets = AwsTargets;
    type Clock = SystemClock;
    type Observer = Telemetry;

    fn ledger(&self) -> &DynamoStore {
        &self.store
    }
    fn deliveries(&self) -> &DynamoStore {
        &self.store
    }
    fn rule_sets(&self) -> &DynamoStore {
        &self.store
    }
    fn breakers(&self) -> &DynamoStore {
        &self.store
    }
    fn targets(&self) -> &AwsTargets {
        &self.targets
    }
    fn clock(&self) -> &SystemClock {
        &SystemClock
    }
    fn observer(&self) -> &Telemetry {
        &self.telemetry
    }
}
