//! Kinesis: [PutRecords](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html), at
//! most 500 records and 5 MiB in all, partition keys included. The parcel's group is the partition key,
//! so records of one key stay in order on one shard.

use super::batch::{Entry, Limits};
use super::drive::Service;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::BuildError;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{PutRecordsRequestEntry, PutRecordsResultEntry};
use eventyard_bus::{Parcel, Sent};
use eventyard_rules::Resource;
use std::borrow::Cow;

/// One stream.
pub(super) struct Stream<'t> {
    pub(super) client: Client,
    pub(super) stream: &'t Resource,
}

impl Service for Stream<'_> {
    fn limits(&self) -> Limits {
        Limits { entries: 500, bytes: 5 * 1_048_576 }
    }

    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str> {
        parcel.self_contained()
    }

    fn beside(&self, parcel: &Parcel<'_>) -> usize {
        key(parcel).len()
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        let records: Result<Vec<_>, _> = entries.iter().map(record).collect();
        let records = records.map_err(|_| Fault::not_valid())?;
        let call = self.client.put_records().set_records(Some(records));
        let call = match self.stream.is_arn() {
            true => call.stream_arn(self.stream.as_str()),
            false => call.stream_name(self.stream.name()),
        };
        let answer = call.send().await.map_err(|error| Fault::of(&error))?;
        Ok(BatchOutcome::in_order(entries.len(), answer.records().iter().map(judge)))
    }
}

fn record(entry: &Entry<'_>) -> Result<PutRecordsRequestEntry, BuildError> {
    PutRecordsRequestEntry::builder()
        .data(Blob::new(entry.body.as_bytes()))
        .partition_key(key(&entry.parcel))
        .build()
}

/// The partition key; a delivery that was planned without one is in order with nothing.
fn key<'p>(parcel: &Parcel<'p>) -> Cow<'p, str> {
    match &parcel.planned.group {
        Some(group) => Cow::Borrowed(group),
        None => Cow::Owned(parcel.planned.id.to_string()),
    }
}

/// A record has a sequence number, or the code of why it has none.
fn judge(record: &PutRecordsResultEntry) -> Sent {
    match (record.sequence_number(), record.error_code()) {
        (_, Some(code)) => Fault::of_entry(code, record.error_message(), false).into_sent(),
        (Some(_), None) => Sent::Delivered,
        (None, None) => Fault::of_entry("NoAnswer", None, false).into_sent(),
    }
}
