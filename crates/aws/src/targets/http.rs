//! HTTP targets, by the sender that all buses share. A request that began in time is let finish: the
//! sender's own clock bounds it, and one that is cut off is sent twice.

use super::batch::Entry;
use super::codes::Kind;
use super::drive::Service;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use eventyard_bus::Parcel;
use eventyard_http::HttpSender;
use eventyard_rules::HttpTarget;
use std::borrow::Cow;

/// One HTTP endpoint.
pub(super) struct Endpoint<'t> {
    pub(super) sender: Option<&'t HttpSender>,
    pub(super) target: &'t HttpTarget,
}

impl Service for Endpoint<'_> {
    /// What was written for the target; the size of an event is known since it was planned.
    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        Cow::Borrowed(parcel.written().unwrap_or_default())
    }

    fn has_clock(&self) -> bool {
        true
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let Some(sender) = self.sender else {
            let text = "this process sends to no HTTP target";
            return Err(Fault::new(Kind::Failing, "NoHttpSender", text));
        };
        let mut sents = Vec::with_capacity(entries.len());
        for entry in entries {
            sents.push(sender.deliver(self.target, &entry.parcel).await);
        }
        Ok(BatchOutcome::in_order(entries.len(), sents))
    }
}
