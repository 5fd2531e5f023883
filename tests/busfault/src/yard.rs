//! A bus of a test's own, behind a proxy of its own.

use crate::cloud::{Cloud, unique};
use crate::ports::{FaultPorts, Plan};
use crate::server::Busfault;
use crate::work;
use anyhow::{Result, ensure};
use eventyard_aws::WorkMessage;
use eventyard_bus::audit::Report;
use eventyard_bus::{Bus, Delivery, DeliveryState};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Leases that nobody loses.
const LEASE_MS: u64 = 120_000;
/// How long a bus may take to have done everything.
const PATIENCE: Duration = Duration::from_secs(300);

/// A bus, and everything around it.
pub struct Yard {
    /// LocalStack.
    pub cloud: Cloud,
    /// The proxy before it.
    pub proxy: Busfault,
    /// What the bus is made of.
    pub plan: Plan,
    /// The bus.
    pub bus: Bus<FaultPorts>,
    /// From when on its log is judged.
    pub since: Timestamp,
}

/// A delivery that was planned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planned {
    /// The id of its event.
    pub event: String,
    /// Its target.
    pub target: String,
}

impl Yard {
    /// A bus under these rules, which say nothing of version and bus.
    ///
    /// # Errors
    /// There is no LocalStack, or the rules are wrong.
    pub async fn start(cloud: Cloud, rules: &str) -> Result<Self> {
        let since = Timestamp::now();
        let (proxy, bus) = (cloud.proxy().await?, unique("yard"));
        let plan = Plan {
            endpoint: proxy.endpoint(),
            table: cloud.table().await?,
            rules: format!("version: 1\nbus: {{ name: {bus} }}\n{rules}"),
            work_queue: None,
            lease_ms: LEASE_MS,
        };
        let bus = plan.start().await?;
        Ok(Self { cloud, proxy, plan, bus, since })
    }

    /// Hands messages to the bus; the ids of those that go back.
    ///
    /// # Errors
    /// As [`work::ingest`].
    pub async fn ingest(&self, records: &[Value]) -> Result<Vec<String>> {
        work::ingest(&self.bus, records).await
    }

    /// Hands messages to the bus again and again, as a queue does, until none goes back.
    ///
    /// # Errors
    /// As [`work::ingest_all`].
    pub async fn ingest_all(&self, records: &[Value]) -> Result<()> {
        work::ingest_all(&self.bus, records).await
    }

    /// Attempts what is due until nothing is on its way; the audit then.
    ///
    /// # Errors
    /// It never ends, or the promise does not hold.
    pub async fn settle(&self) -> Result<Report> {
        let begin = Instant::now();
        loop {
            for target in self.bus.rules().targets.keys() {
                work::deliver(&self.bus, &WorkMessage::new(target.clone(), &[])).await;
            }
            let report = self.audit().await?;
            if report.in_flight == 0 && report.open == 0 {
                return Ok(report);
            }
            ensure!(begin.elapsed() < PATIENCE, "the bus does not settle: {report:?}");
        }
    }

    /// The audit, whose promise must hold.
    ///
    /// # Errors
    /// It does not.
    pub async fn audit(&self) -> Result<Report> {
        let report = self.bus.ports().store.audit_since(self.since).await?;
        ensure!(report.holds(), "the promise does not hold: {report:?}");
        Ok(report)
    }

    /// Every planned delivery by its id.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn planned(&self) -> Result<BTreeMap<String, Planned>> {
        let mut pages = self.bus.ports().store.pages_since(self.since);
        let mut planned = BTreeMap::new();
        while let Some(page) = pages.next().await? {
            for stored in page.events {
                for delivery in &stored.plan.deliveries {
                    let event = stored.event.id().to_owned();
                    let target = delivery.target.to_string();
                    planned.insert(delivery.id.to_string(), Planned { event, target });
                }
            }
        }
        Ok(planned)
    }

    /// The ids of the deliveries that are planned to a target.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn planned_to(&self, target: &str) -> Result<BTreeSet<String>> {
        let planned = self.planned().await?;
        Ok(planned.into_iter().filter(|(_, it)| it.target == target).map(|(id, _)| id).collect())
    }

    /// The delivery items of all events.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn items(&self) -> Result<Vec<Delivery>> {
        let store = &self.bus.ports().store;
        let (mut pages, mut items) = (store.pages_since(self.since), Vec::new());
        while let Some(page) = pages.next().await? {
            for stored in page.events {
                items.extend(store.items_of(&stored.event.identity()).await?);
            }
        }
        Ok(items)
    }

    /// Those of them that are parked.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn parked(&self) -> Result<Vec<Delivery>> {
        let mut items = self.items().await?;
        items.retain(|item| matches!(item.state, DeliveryState::Parked { .. }));
        Ok(items)
    }

    /// How often the observer was told of a stage.
    #[must_use]
    pub fn told(&self, stage: &str) -> usize {
        self.bus.ports().observer.count(stage)
    }
}
