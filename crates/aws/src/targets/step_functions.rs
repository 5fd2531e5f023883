//! Step Functions:
//! [StartExecution](https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html)
//! under the delivery id as its name, so that a standard state machine runs once for a delivery.

use super::batch::Entry;
use super::drive::Service;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use eventyard_bus::{Parcel, Sent};
use std::borrow::Cow;

/// One state machine, with its version or alias.
pub(super) struct StateMachine {
    pub(super) client: Client,
    pub(super) arn: String,
}

impl Service for StateMachine {
    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.body()
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let mut sents = Vec::with_capacity(entries.len());
        for entry in entries {
            sents.push(self.start(entry).await?);
        }
        Ok(BatchOutcome::in_order(entries.len(), sents))
    }
}

impl StateMachine {
    async fn start(&self, entry: &Entry<'_>) -> Result<Sent, Fault> {
        let name = entry.parcel.planned.id.to_string();
        let call = self.client.start_execution().state_machine_arn(&self.arn).name(name);
        match call.input(&*entry.body).send().await {
            Ok(_) => Ok(Sent::Delivered),
            // An earlier attempt started it, and its answer was lost.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(Sent::Delivered)
            }
            Err(error) => Err(Fault::of(&error)),
        }
    }
}
