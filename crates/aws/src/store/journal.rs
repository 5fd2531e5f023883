//! The journal of services in DynamoDB: their own table, or the bus's.
//!
//! | item | `pk` / `sk` | written if | holds |
//! |---|---|---|---|
//! | record | `service#J#handler#delivery` / `J` | absent or expired; then by attempt | state, attempt, lease, digest, result |
//! | outbox | `service#O#shard` / `handler#delivery` | with the record | emitted events that are not published |
//! | parked | `service#P` / `handler#delivery` | with the record | payload, cause |
//! | row | `service#T#table#key` / `T` | with the record, as expected | value, revision |
//!
//! The usual delivery writes twice: one item to begin, one transaction to commit. No call reads without a
//! key.

use super::calls::{Table, Write as Written, unavailable};
use super::expression::{Change, Condition};
use super::item::{Item, Key};
use super::journal_items::{
    self as items, BEGUN, DONE, OUTBOX_SHARDS, PARKED, ms, outbox_key, parked_key, record_key,
    row_key, time,
};
use super::query::Range;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use eventyard_bus::ports::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowExpected, RowKey, Work,
    Write,
};
use eventyard_bus::{Lease, StoreError};
use eventyard_event::{Digest, Timestamp};

/// A journal in a table with the keys `pk` and `sk` (texts) and the time to live `ttl`.
#[derive(Debug, Clone)]
pub struct DynamoJournal {
    table: Table,
}

/// What became of a transaction.
enum Settled {
    Done,
    /// The conditions of these actions do not hold; nothing was written.
    Refused(Vec<usize>),
}

/// The claim of a writer: still begun, by this attempt.
fn ours(claim: &Claim) -> Condition {
    Condition::that("s = :begun AND n = :mine").with(":begun", BEGUN).with(":mine", claim.attempt)
}

impl DynamoJournal {
    /// The journal in this table.
    #[must_use]
    pub fn new(client: Client, table: &str) -> Self {
        Self { table: Table { client, name: table.to_owned() } }
    }

    /// Takes over a record whose lease is over; none when another was quicker.
    async fn take_over(
        &self,
        work: &Work,
        record: &Item,
        reopened: bool,
        lease: Lease,
    ) -> Result<Option<Claim>, StoreError> {
        let (state, attempt) = (record.number::<u8>("s")?, record.number::<u32>("n")?);
        let next = attempt.saturating_add(1);
        let change = Change::new("SET s = :begun, n = :next, u = :until, r = :reopened")
            .with(":begun", BEGUN)
            .with(":next", next)
            .with(":until", ms(lease.until))
            .with(":reopened", u8::from(reopened));
        let seen = Condition::that("s = :state AND n = :attempt")
            .with(":state", state)
            .with(":attempt", attempt);
        let taken = self.table.update_if(&record_key(work), change, &seen).await?;
        Ok(taken.map(|_| Claim { work: work.clone(), attempt: next, reopened }))
    }

    /// What is known of a record that is there.
    async fn known(
        &self,
        work: &Work,
        digest: &Digest,
        record: &Item,
        lease: Lease,
    ) -> Result<Begun, StoreError> {
        if record.hash("d")? != *digest.as_bytes() {
            return Ok(Begun::Mismatch);
        }
        match record.number::<u8>("s")? {
            BEGUN => {
                let until = record.number::<i64>("u")?;
                if until > ms(lease.now) {
                    return Ok(Begun::Busy { until: time(until) });
                }
                if record.number::<u8>("r")? == 1 {
                    // A redrive that crashed: its payload is parked still.
                    return Ok(Begun::Parked);
                }
                let taken = self.take_over(work, record, false, lease).await?;
                Ok(taken.map_or(Begun::Busy { until: lease.until }, Begun::Claimed))
            }
            PARKED => Ok(Begun::Parked),
            _ => {
                let result = record.text("v")?.to_owned();
                let unpublished = match record.number::<u8>("o")? {
                    0 => Vec::new(),
                    _ => self.outbox(work).await?,
                };
                Ok(Begun::Done { result, unpublished })
            }
        }
    }

    async fn outbox(&self, work: &Work) -> Result<Vec<String>, StoreError> {
        let Some(item) = self.table.get(&outbox_key(work)).await? else { return Ok(Vec::new()) };
        Ok(items::read::<Outbox>(&item)?.events)
    }

    /// The change of the record that ends a claim, as the first action of a transaction.
    fn end(&self, claim: &Claim, change: Change<'_>) -> Result<TransactWriteItem, StoreError> {
        self.table.update_action(&record_key(&claim.work), change, &ours(claim))
    }

    fn done(&self, claim: &Claim, done: &Done) -> Result<TransactWriteItem, JournalError> {
        let (expires, ttl) = items::ttl(done);
        let change =
            Change::new("SET s = :done, v = :result, o = :emits, x = :expires, #ttl = :ttl")
                .with(":done", DONE)
                .with(":emits", u8::from(!done.events.is_empty()))
                .with(":expires", expires)
                .with(":ttl", ttl)
                .with_text(":result", items::fitting(done.result.clone(), "the handler's answer")?);
        Ok(self.end(claim, change)?)
    }

    fn row_action(&self, service: &str, write: Write) -> Result<TransactWriteItem, JournalError> {
        let key = row_key(service, &write.row);
        let condition = match write.expected {
            RowExpected::Any => None,
            RowExpected::Absent => Some(Condition::absent()),
            RowExpected::Revision(revision) => {
                Some(Condition::that("n = :revision").with(":revision", revision))
            }
        };
        match write.value {
            Some(value) => {
                self.put_row(&key, items::fitting(value, "the value of a row")?, condition)
            }
            None => self.delete_action(&key, condition),
        }
    }

    fn put_row(
        &self,
        key: &Key,
        value: String,
        condition: Option<Condition>,
    ) -> Result<TransactWriteItem, JournalError> {
        let change =
            Change::new("SET v = :value ADD n :one").with_text(":value", value).with(":one", 1);
        // Without an expectation there is nothing that could not hold.
        let condition = condition
            .unwrap_or_else(|| Condition::that("attribute_not_exists(pk) OR attribute_exists(pk)"));
        Ok(self.table.update_action(key, change, &condition)?)
    }

    fn delete_action(
        &self,
        key: &Key,
        condition: Option<Condition>,
    ) -> Result<TransactWriteItem, JournalError> {
        let delete = Delete::builder()
            .table_name(&self.table.name)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.as_ref().map(|it| it.expression.to_owned()))
            .set_expression_attribute_values(condition.and_then(|it| it.values()));
        let delete = delete.build().map_err(|error| StoreError::unavailable(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Writes an item whatever is there, as a part of a transaction.
    fn put_any(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        self.table
            .put_action(item, &Condition::that("attribute_not_exists(pk) OR attribute_exists(pk)"))
    }

    /// Writes all or nothing, and says which conditions did not hold.
    async fn together(&self, actions: Vec<TransactWriteItem>) -> Result<Settled, StoreError> {
        let call = self.table.client.transact_write_items().set_transact_items(Some(actions));
        let Err(error) = call.send().await else { return Ok(Settled::Done) };
        let refused: Vec<usize> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                let reasons = canceled.cancellation_reasons().iter().enumerate();
                let refused =
                    reasons.filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
                refused.map(|(at, _)| at).collect()
            }
            _ => Vec::new(),
        };
        match refused.is_empty() {
            false => Ok(Settled::Refused(refused)),
            true => Err(unavailable("TransactWriteItems")(error)),
        }
    }

    async fn list<T: serde::de::DeserializeOwned>(
        &self,
        list: &str,
        range: Range,
        max: usize,
        is_wanted: impl Fn(&Item) -> Result<bool, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut walk = self.table.query(list, range).by(max).walk();
        let mut found = Vec::new();
        while found.len() < max {
            let Some(item) = walk.next().await? else { break };
            if is_wanted(&item)? {
                found.push(items::read(&item)?);
            }
        }
        Ok(found)
    }
}

impl Journal for DynamoJournal {
    /// 100 actions of a transaction, without the record, the outbox and what was parked.
    const WRITES_MAX: usize = 97;

    async fn begin(&self, work: &Work, digest: &Digest, lease: Lease) -> Result<Begun, StoreError> {
        let claim = Claim { work: work.clone(), attempt: 1, reopened: false };
        let free =
            Condition::that("attribute_not_exists(pk) OR x <= :now").with(":now", ms(lease.now));
        match self.table.put_if(items::begun(&claim, digest, lease), &free).await? {
            Written::Done => Ok(Begun::Claimed(claim)),
            Written::Refused(Some(record)) => self.known(work, digest, &record, lease).await,
            // Stand-ins that do not answer with what is there.
            Written::Refused(None) => match self.table.get(&record_key(work)).await? {
                Some(record) => self.known(work, digest, &record, lease).await,
                None => Ok(Begun::Busy { until: lease.now }),
            },
        }
    }

    async fn commit(&self, claim: &Claim, done: Done) -> Result<(), JournalError> {
        let (given, max) = (done.writes.len(), Self::WRITES_MAX);
        if given > max {
            return Err(JournalError::TooManyWrites { given, max });
        }
        let rows: Vec<RowKey> = done.writes.iter().map(|write| write.row.clone()).collect();
        let mut actions = vec![self.done(claim, &done)?];
        let outbox = (!done.events.is_empty()).then(|| items::outbox(claim, &done)).transpose()?;
        for write in done.writes {
            actions.push(self.row_action(&claim.work.service, write)?);
        }
        if let Some(outbox) = outbox {
            actions.push(self.put_any(outbox)?);
        }
        if claim.reopened {
            actions.push(self.delete_action(&parked_key(&claim.work), None)?);
        }
        let refused = match self.together(actions).await? {
            Settled::Done => return Ok(()),
            Settled::Refused(refused) => refused,
        };
        // The record is the first action; the rows follow in their order.
        let first = refused.first().copied().unwrap_or(0);
        match first.checked_sub(1).and_then(|at| rows.into_iter().nth(at)) {
            Some(row) => Err(JournalError::Conflict { row }),
            None => Err(JournalError::Fenced { claim: claim.clone() }),
        }
    }

    async fn release(&self, claim: &Claim, not_before: Timestamp) -> Result<(), StoreError> {
        let change = match claim.reopened {
            true => Change::new("SET s = :parked").with(":parked", PARKED),
            false => Change::new("SET u = :until").with(":until", ms(not_before)),
        };
        self.table.update_if(&record_key(&claim.work), change, &ours(claim)).await?;
        Ok(())
    }

    async fn park(&self, claim: &Claim, parked: ParkedWork) -> Result<(), JournalError> {
        let change = Change::new("SET s = :parked").with(":parked", PARKED);
        let end = self.end(claim, change)?;
        let payload = self.put_any(items::parked(&parked)?)?;
        match self.together(vec![end, payload]).await? {
            Settled::Done => Ok(()),
            Settled::Refused(_) => Err(JournalError::Fenced { claim: claim.clone() }),
        }
    }

    async fn published(&self, work: &Work) -> Result<(), StoreError> {
        self.table.delete(&outbox_key(work)).await
    }

    async fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..OUTBOX_SHARDS {
            let left = max.saturating_sub(found.len());
            let list = items::outbox_list(service, shard);
            let is_old = |item: &Item| Ok(item.number::<i64>("t")? < ms(before));
            found.extend(self.list::<Outbox>(&list, Range::All, left, is_old).await?);
        }
        Ok(found)
    }

    async fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        let range = after.map_or(Range::All, |after| Range::After(parked_key(after).sk));
        self.list(&items::parked_list(service), range, max, |_| Ok(true)).await
    }

    async fn reopen(
        &self,
        work: &Work,
        lease: Lease,
    ) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        let Some(parked) = self.table.get(&parked_key(work)).await? else { return Ok(None) };
        let parked: ParkedWork = items::read(&parked)?;
        let Some(record) = self.table.get(&record_key(work)).await? else { return Ok(None) };
        let is_free = match record.number::<u8>("s")? {
            PARKED => true,
            BEGUN => record.number::<i64>("u")? <= ms(lease.now),
            _ => false,
        };
        if !is_free {
            return Ok(None);
        }
        let claim = self.take_over(work, &record, true, lease).await?;
        Ok(claim.map(|claim| (claim, parked)))
    }

    async fn row(&self, service: &str, row: &RowKey) -> Result<Option<Row>, StoreError> {
        let item = self.table.get(&row_key(service, row)).await?;
        item.map(|item| items::row(&item)).transpose()
    }
}
