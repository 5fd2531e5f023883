//! Sending on one machine: HTTP for real, everything of AWS into the embedded queue of its name.
//!
//! In: parcels for one target. Out: one answer for each, in their order. A queue takes all parcels in
//! one durable commit; HTTP sends several at once, so that one slow answer does not hold the rest.

mod lambda;
mod queue;

pub(crate) use lambda::{LambdaEndpoint, LambdaEndpointError};
pub(crate) use queue::{input_queue, queue_name};

use crate::queues::Queues;
use eventyard_bus::{Parcel, Route, Sent, Targets};
use eventyard_http::HttpSender;
use eventyard_rules::{Target, TargetKind};
use futures::future::BoxFuture;
use futures::{StreamExt, stream};

/// Sends to every kind of target.
pub(crate) struct EmbeddedTargets {
    pub(crate) queues: Queues,
    pub(crate) http: HttpSender,
    /// Where `lambda` targets are invoked, instead of being queued.
    pub(crate) lambda: Option<LambdaEndpoint>,
    /// Requests to one target at the same time.
    pub(crate) concurrency: usize,
}

impl EmbeddedTargets {
    /// Makes requests side by side, as many at a time as one target may have; answers in order.
    async fn together(&self, sends: Vec<BoxFuture<'_, Sent>>) -> Vec<Sent> {
        stream::iter(sends).buffered(self.concurrency).collect().await
    }
}

impl Targets for EmbeddedTargets {
    fn route(&self, target: &Target) -> Route {
        match &target.kind {
            TargetKind::Http(_) => Route::Queued,
            TargetKind::Lambda { .. } if self.lambda.is_some() => Route::Queued,
            _ => Route::Inline,
        }
    }

    async fn send(&self, target: &Target, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        match (&target.kind, &self.lambda) {
            (TargetKind::Http(endpoint), _) => {
                let mut sends: Vec<BoxFuture<'_, Sent>> = Vec::with_capacity(parcels.len());
                for parcel in parcels {
                    sends.push(Box::pin(self.http.deliver(endpoint, parcel)));
                }
                self.together(sends).await
            }
            (TargetKind::Lambda { function }, Some(lambda)) => {
                let mut sends: Vec<BoxFuture<'_, Sent>> = Vec::with_capacity(parcels.len());
                for parcel in parcels {
                    sends.push(Box::pin(lambda.invoke(function.name(), parcel)));
                }
                self.together(sends).await
            }
            _ => queue::send(&self.queues, target, parcels).await,
        }
    }
}
