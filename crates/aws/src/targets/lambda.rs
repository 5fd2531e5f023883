//! Lambda: [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), asynchronously: the
//! answer says that the invocation is queued, not what the function made of it.

use super::batch::Entry;
use super::drive::Service;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use eventyard_bus::{Parcel, Sent};
use eventyard_rules::Resource;
use std::borrow::Cow;

/// One function, with its version or alias.
pub(super) struct Function<'t> {
    pub(super) client: Client,
    pub(super) function: &'t Resource,
}

impl Service for Function<'_> {
    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.self_contained()
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let mut sents = Vec::with_capacity(entries.len());
        for entry in entries {
            let call = self
                .client
                .invoke()
                .function_name(self.function.as_str())
                .invocation_type(InvocationType::Event)
                .payload(Blob::new(entry.body.as_bytes()));
            call.send().await.map_err(|error| Fault::of(&error))?;
            sents.push(Sent::Delivered);
        }
        Ok(BatchOutcome::in_order(entries.len(), sents))
    }
}
