//! Targets: where deliveries go.
mod address;
mod arn;
mod resource;
mod secret;

pub use address::refused_address;
pub use resource::Resource;
pub use secret::SecretRef;

pub(crate) use arn::Arn;
pub(crate) use secret::{has_mark, is_random};

use crate::{Place, TargetName, UrlTemplate};
use eventyard_filter::Query;

/// One checked target of a rule set.
#[derive(Debug, Clone)]
pub struct Target {
    /// Unique in the rule set; what rules name in `to`.
    pub name: TargetName,
    /// The service and the resource.
    pub kind: TargetKind,
    /// What happens to a group when its first delivery is parked.
    pub on_park: OnPark,
    /// How an event is dressed for this target.
    pub envelope: Envelope,
    /// The target's name in its file.
    pub place: Place,
}

/// What happens to a group when a delivery of it is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnPark {
    /// The group goes on.
    #[default]
    Continue,
}

/// How an event is dressed for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    /// As is usual at the target: the CloudEvents JSON document, for EventBridge the data as detail.
    #[default]
    Usual,
    /// EventBridge: the whole CloudEvents document as detail, so that delivery id and hops travel.
    CloudEvents,
}

/// The service a target is a resource of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TargetKind {
    /// An SQS queue.
    Sqs {
        /// Name, URL or ARN.
        queue: Resource,
        /// The message group, selected from the event; exactly when the queue is FIFO.
        group: Option<Query>,
    },
    /// An SNS topic.
    Sns {
        /// Name or ARN.
        topic: Resource,
    },
    /// An EventBridge bus.
    EventBridge {
        /// Name or ARN.
        bus: Resource,
    },
    /// A Step Functions state machine.
    StepFunctions {
        /// Name or ARN.
        state_machine: Resource,
    },
    /// A Lambda function, invoked asynchronously.
    Lambda {
        /// Name or ARN, with a version or alias after a colon if wanted.
        function: Resource,
    },
    /// A Kinesis stream.
    Kinesis {
        /// Name or ARN.
        stream: Resource,
        /// The partition key, selected from the event.
        key: Query,
    },
    /// An HTTP endpoint.
    Http(HttpTarget),
}

/// An HTTP endpoint.
#[derive(Debug, Clone)]
pub struct HttpTarget {
    /// Where to; its scheme, host and port are fixed text.
    pub url: UrlTemplate,
    /// Where the signing keys are kept, at most 4: with several, every delivery is signed with each,
    /// so that a key can be changed without a gap.
    pub secrets: Vec<SecretRef>,
    /// Whether plain `http` to this machine itself is let through (development only).
    pub insecure: bool,
}

impl TargetKind {
    /// The key it has in a rules file: `sqs`, `sns`, `eventbridge`, `step-functions`, `lambda`,
    /// `kinesis` or `http`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Sqs { .. } => "sqs",
            Self::Sns { .. } => "sns",
            Self::EventBridge { .. } => "eventbridge",
            Self::StepFunctions { .. } => "step-functions",
            Self::Lambda { .. } => "lambda",
            Self::Kinesis { .. } => "kinesis",
            Self::Http(_) => "http",
        }
    }

    /// The AWS resource, whose [`Resource::name`] is the plain name; none for `http`.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        match self {
            Self::Sqs { queue: resource, .. }
            | Self::Sns { topic: resource }
            | Self::EventBridge { bus: resource }
            | Self::StepFunctions { state_machine: resource }
            | Self::Lambda { function: resource }
            | Self::Kinesis { stream: resource, .. } => Some(resource),
            Self::Http(_) => None,
        }
    }

    /// The plain name of the AWS resource: the last part of its URL or ARN; none for `http`.
    #[must_use]
    pub fn resource_name(&self) -> Option<&str> {
        self.resource().map(Resource::name)
    }

    /// The largest payload in bytes that the target takes.
    ///
    /// SQS, EventBridge and asynchronous Lambda 1,048,576 (since 2026-01-29), SNS and Step Functions
    /// 262,144, a Kinesis record and an HTTP body 1,048,576 (the latter is our own limit).
    #[must_use]
    pub fn payload_bytes_max(&self) -> usize {
        match self {
            Self::Sns { .. } | Self::StepFunctions { .. } => 262_144,
            _ => 1_048_576,
        }
    }

    /// Whether deliveries of one group keep their order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        matches!(self, Self::Sqs { group: Some(_), .. })
    }
}
