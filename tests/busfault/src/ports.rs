//! The adapters for AWS put together for a test: as the functions have them, with an observer that
//! remembers.

use crate::cloud;
use anyhow::Result;
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::targets::{AwsTargets, TargetSettings};
use eventyard_aws::{Clients, NoWake, SqsWake, Wake, WorkQueues};
use eventyard_bus::memory::RecordingObserver;
use eventyard_bus::{Bus, Ports, Settings};
use eventyard_http::{EnvSecrets, Guard, HttpSender};
use eventyard_lambda::app::SystemClock;
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What a bus is made of; as JSON it goes to another process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The endpoint of everything, the tables too.
    pub endpoint: String,
    /// The table.
    pub table: String,
    /// The rules, which name the bus.
    pub rules: String,
    /// The URL of the queue that wakes; nobody is woken without.
    pub work_queue: Option<String>,
    /// How long pages and attempts are leased, in milliseconds.
    pub lease_ms: u64,
}

/// The adapters; clones are the same.
#[derive(Clone)]
pub struct FaultPorts {
    /// Events, deliveries, rule sets, breakers.
    pub store: DynamoStore,
    /// Targets.
    pub targets: Arc<AwsTargets>,
    /// What was told.
    pub observer: RecordingObserver,
    /// Who wakes.
    pub wake: Arc<dyn Wake>,
}

impl Plan {
    /// A worker of the bus.
    ///
    /// # Errors
    /// The rules are wrong, or cannot be stored.
    pub async fn start(&self) -> Result<Bus<FaultPorts>> {
        let options = LoadOptions { allow_insecure_targets: true, ..LoadOptions::default() };
        let rules = load(&[SourceText::new("rules.yaml", self.rules.as_str())], &options)
            .map_err(|wrong| anyhow::anyhow!("{}", wrong.render(false)))?;
        let ports = self.ports(&rules).await;
        Ok(Bus::start(ports, Arc::new(rules), options, self.settings()).await?)
    }

    async fn ports(&self, rules: &RuleSet) -> FaultPorts {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The SDK tries calls to the table three times, as in a function; calls to targets once, so that it is
        // our own retry that is seen.
        let tables = Clients::new(cloud::config(&self.endpoint, 3).await);
        let clients = Clients::new(cloud::config(&self.endpoint, 1).await);
        let wake: Arc<dyn Wake> = match &self.work_queue {
            None => Arc::new(NoWake),
            Some(url) => {
                let queues = WorkQueues { shared: url.clone(), own: BTreeMap::new() };
                Arc::new(SqsWake::new(clients.sqs(), queues, Arc::new(SystemClock)))
            }
        };
        let settings =
            StoreSettings { shards: 2, transaction_actions_max: 10, ..Default::default() };
        let (client, bus) = (tables.dynamodb(), &rules.bus.name);
        let store = DynamoStore::new(client, &self.table, bus, Arc::clone(&wake), settings);
        let targets = Arc::new(targets(&clients));
        FaultPorts { store, targets, observer: RecordingObserver::default(), wake }
    }

    /// Short waits; leases that nobody loses unless a test wants it.
    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.page_lease = Duration::from_millis(self.lease_ms);
        settings.attempt_lease = settings.page_lease;
        settings.retry.base = Duration::from_millis(20);
        settings.retry.cap = Duration::from_millis(200);
        settings.breaker.probe_every = Duration::from_millis(100);
        settings.breaker.drain_every = Duration::from_millis(20);
        settings
    }
}

fn targets(clients: &Clients) -> AwsTargets {
    let mut settings = TargetSettings::default();
    settings.account = Some(cloud::ACCOUNT.to_owned());
    settings.budget = Duration::from_secs(30);
    let guard = Guard { allow_loopback: true, ..Guard::default() };
    let http = eventyard_http::Settings { guard, ..Default::default() };
    let http = HttpSender::new(http, Arc::new(EnvSecrets::of_process()));
    AwsTargets::new(clients, settings, Some(http))
}

impl Ports for FaultPorts {
    type Ledger = DynamoStore;
    type Deliveries = DynamoStore;
    type RuleSets = DynamoStore;
    type Breakers = DynamoStore;
    type Targets = AwsTargets;
    type Clock = SystemClock;
    type Observer = RecordingObserver;

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
    fn observer(&self) -> &RecordingObserver {
        &self.observer
    }
}
