//! Sending on AWS: every kind of target by its service's own API.
//!
//! In: parcels for one target. Out: one answer for each, in their order, within a time budget. Batches are
//! cut to the service's limits of entries and of bytes and judged entry by entry; an error is classified
//! where the SDK's error is known (`codes.rs` has the table).
//!
//! | target | one call | body | delivery id |
//! |---|---|---|---|
//! | `sqs` | SendMessageBatch, 10 and 1 MiB | CloudEvents document | attribute; deduplication id of a FIFO queue |
//! | `sns` | PublishBatch, 10 and 256 KiB | CloudEvents document | attribute |
//! | `eventbridge` | PutEvents, 10 and 1 MiB | `detail`: data, or the document | in the document |
//! | `kinesis` | PutRecords, 500 and 5 MiB | CloudEvents document | in the document |
//! | `lambda` | Invoke, asynchronous | CloudEvents document | in the document |
//! | `step-functions` | StartExecution | CloudEvents document | name of the execution |
//! | `http` | one request | data | `webhook-id` |
//!
//! A transform of the rule, or the edit of a redrive, goes in the place of the body.

mod address;
mod batch;
mod codes;
mod drive;
mod eventbridge;
mod fault;
mod http;
mod kinesis;
mod lambda;
mod message;
mod outcome;
mod queue_urls;
mod region;
mod sns;
mod sqs;
mod step_functions;

pub(crate) use address::region;
pub(crate) use fault::Fault;
pub(crate) use region::PerRegion;

use crate::Clients;
use address::Home;
use aws_config::Region;
use drive::{Pace, Service, drive};
use eventyard_bus::{Parcel, Route, Sent, Targets};
use eventyard_http::HttpSender;
use eventyard_rules::{Resource, Target, TargetKind};
use queue_urls::QueueUrls;
use std::time::Duration;
use tokio::time::Instant;

/// How targets are sent to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TargetSettings {
    /// The account of topics and state machines that rules name without an ARN: 12 digits. Without it,
    /// deliveries to these are denied with `AccountNotKnown`.
    pub account: Option<String>,
    /// How long one [`send`](Targets::send) may take; 1 s by default, which suits a page that is being
    /// delivered. What was not tried by then is to be sent again.
    pub budget: Duration,
    /// Calls to one target at the same time; 4 by default.
    pub parallel: usize,
}

impl Default for TargetSettings {
    fn default() -> Self {
        Self { account: None, budget: Duration::from_secs(1), parallel: 4 }
    }
}

/// Sends to every kind of target.
pub struct AwsTargets {
    settings: TargetSettings,
    home: Home,
    queue_urls: QueueUrls,
    sqs: PerRegion<aws_sdk_sqs::Client>,
    sns: PerRegion<aws_sdk_sns::Client>,
    eventbridge: PerRegion<aws_sdk_eventbridge::Client>,
    kinesis: PerRegion<aws_sdk_kinesis::Client>,
    lambda: PerRegion<aws_sdk_lambda::Client>,
    step_functions: PerRegion<aws_sdk_sfn::Client>,
    http: Option<HttpSender>,
}

impl AwsTargets {
    /// Targets reached by these clients; without `http`, deliveries to HTTP targets are left to be sent
    /// again, for a process that has it.
    #[must_use]
    pub fn new(clients: &Clients, settings: TargetSettings, http: Option<HttpSender>) -> Self {
        let config = clients.config();
        let region = config.region().map(Region::to_string);
        Self {
            home: Home { region, account: settings.account.clone() },
            settings,
            queue_urls: QueueUrls::default(),
            sqs: PerRegion::new(config, aws_sdk_sqs::Client::new),
            sns: PerRegion::new(config, aws_sdk_sns::Client::new),
            eventbridge: PerRegion::new(config, aws_sdk_eventbridge::Client::new),
            kinesis: PerRegion::new(config, aws_sdk_kinesis::Client::new),
            lambda: PerRegion::new(config, aws_sdk_lambda::Client::new),
            step_functions: PerRegion::new(config, aws_sdk_sfn::Client::new),
            http,
        }
    }

    fn topic(&self, topic: &Resource) -> Result<sns::Topic, Fault> {
        let arn = self.home.arn(topic, "sns", "")?;
        Ok(sns::Topic { client: self.sns.of(region(topic)), arn })
    }

    fn state_machine(&self, machine: &Resource) -> Result<step_functions::StateMachine, Fault> {
        let arn = self.home.arn(machine, "states", "stateMachine:")?;
        let client = self.step_functions.of(region(machine));
        Ok(step_functions::StateMachine { client, arn })
    }

    async fn drive<S: Service>(
        &self,
        service: Result<S, Fault>,
        target: &Target,
        parcels: &[Parcel<'_>],
    ) -> Vec<Sent> {
        let deadline = Instant::now() + self.settings.budget;
        match service {
            Ok(service) => {
                let pace = Pace { deadline, parallel: self.settings.parallel };
                drive(&service, target, parcels, pace).await
            }
            Err(fault) => vec![fault.into_sent(); parcels.len()],
        }
    }
}

impl Targets for AwsTargets {
    fn route(&self, target: &Target) -> Route {
        match target.kind {
            TargetKind::Http(_) => Route::Queued,
            _ => Route::Inline,
        }
    }

    async fn send(&self, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        match &target.kind {
            TargetKind::Sqs { queue, .. } => {
                let client = self.sqs.of(region(queue));
                let queue = sqs::Queue { client, urls: &self.queue_urls, resource: queue };
                self.drive(Ok(queue), target, parcels).await
            }
            TargetKind::Sns { topic } => self.drive(self.topic(topic), target, parcels).await,
            TargetKind::EventBridge { bus } => {
                let client = self.eventbridge.of(region(bus));
                let bus = eventbridge::EventBus { client, bus, envelope: target.envelope };
                self.drive(Ok(bus), target, parcels).await
            }
            TargetKind::StepFunctions { state_machine } => {
                self.drive(self.state_machine(state_machine), target, parcels).await
            }
            TargetKind::Lambda { function } => {
                let client = self.lambda.of(region(function));
                self.drive(Ok(lambda::Function { client, function }), target, parcels).await
            }
            TargetKind::Kinesis { stream, .. } => {
                let client = self.kinesis.of(region(stream));
                self.drive(Ok(kinesis::Stream { client, stream }), target, parcels).await
            }
            TargetKind::Http(endpoint) => {
                let endpoint = http::Endpoint { sender: self.http.as_ref(), target: endpoint };
                self.drive(Ok(endpoint), target, parcels).await
            }
            _ => {
                let fault = Fault::new(codes::Kind::Invalid, "KindNotKnown", "no such target kind");
                vec![fault.into_sent(); parcels.len()]
            }
        }
    }
}
