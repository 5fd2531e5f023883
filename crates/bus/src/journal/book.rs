//! The decisions of a journal, over the entries of one transaction.

use super::record::{self, Record, State, outbox_key, parked_key, record_key, row_key};
use crate::ports::{
    Begun, Claim, Done, JournalError, Outbox, ParkedWork, Row, RowExpected, RowKey, Work, Write,
};
use crate::time::after;
use crate::{Lease, StoreError};
use eventyard_event::Digest;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Takes entries one by one, and says whether it takes more.
pub type Take<'t> = dyn FnMut(&str, &[u8]) -> Result<bool, StoreError> + 't;

/// Ordered keys and their values, as one transaction sees them.
pub trait Entries {
    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError`]; the transaction is then given up.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Sets the value of a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn put(&mut self, key: &str, value: Vec<u8>) -> Result<(), StoreError>;
    /// Removes a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn delete(&mut self, key: &str) -> Result<(), StoreError>;
    /// The entries whose keys begin with `prefix` and come behind `after`, in their order, as long as `take`
    /// says so.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn each(&self, prefix: &str, after: &str, take: &mut Take<'_>) -> Result<(), StoreError>;
}

/// A journal over the entries of one transaction. What fails is to be rolled back.
#[derive(Debug)]
pub struct Book<E>(pub E);

impl<E: Entries> Book<E> {
    /// See [`Journal::begin`](crate::Journal::begin).
    ///
    /// # Errors
    /// As there.
    pub fn begin(
        &mut self,
        work: &Work,
        digest: &Digest,
        lease: Lease,
    ) -> Result<Begun, StoreError> {
        let Some(record) = self.record(work)?.filter(|record| !is_expired(record, lease.now))
        else {
            return self.claim(work, *digest, 1, false, lease).map(Begun::Claimed);
        };
        if record.digest != *digest {
            return Ok(Begun::Mismatch);
        }
        match record.state {
            State::Begun { until, .. } if until > lease.now => Ok(Begun::Busy { until }),
            // A redrive that crashed: its payload is parked still.
            State::Begun { reopened: true, .. } | State::Parked => Ok(Begun::Parked),
            State::Begun { .. } => {
                let attempt = record.attempt.saturating_add(1);
                self.claim(work, *digest, attempt, false, lease).map(Begun::Claimed)
            }
            State::Done { result, .. } => {
                let outbox: Option<Outbox> = self.read(&outbox_key(work))?;
                let unpublished = outbox.map(|outbox| outbox.events).unwrap_or_default();
                Ok(Begun::Done { result, unpublished })
            }
        }
    }

    /// See [`Journal::commit`](crate::Journal::commit).
    ///
    /// # Errors
    /// As there.
    pub fn commit(&mut self, claim: &Claim, done: Done) -> Result<(), JournalError> {
        let record = self.ours(claim)?;
        for write in done.writes {
            self.write_row(&claim.work, write)?;
        }
        if !done.events.is_empty() {
            let work = claim.work.clone();
            let outbox = Outbox { work, events: done.events, at: done.at };
            self.write(&outbox_key(&claim.work), &outbox)?;
        }
        if claim.reopened {
            self.0.delete(&parked_key(&claim.work))?;
        }
        let state = State::Done { result: done.result, expires_at: after(done.at, done.keep) };
        Ok(self.write(&record_key(&claim.work), &Record { state, ..record })?)
    }

    /// See [`Journal::release`](crate::Journal::release).
    ///
    /// # Errors
    /// As there.
    pub fn release(&mut self, claim: &Claim, not_before: Timestamp) -> Result<(), StoreError> {
        let Ok(record) = self.ours(claim) else { return Ok(()) };
        let state = match claim.reopened {
            true => State::Parked,
            false => State::Begun { until: not_before, reopened: false },
        };
        self.write(&record_key(&claim.work), &Record { state, ..record })
    }

    /// See [`Journal::park`](crate::Journal::park).
    ///
    /// # Errors
    /// As there.
    pub fn park(&mut self, claim: &Claim, parked: &ParkedWork) -> Result<(), JournalError> {
        let record = self.ours(claim)?;
        self.write(&parked_key(&claim.work), parked)?;
        let record = Record { state: State::Parked, ..record };
        Ok(self.write(&record_key(&claim.work), &record)?)
    }

    /// See [`Journal::published`](crate::Journal::published).
    ///
    /// # Errors
    /// As there.
    pub fn published(&mut self, work: &Work) -> Result<(), StoreError> {
        self.0.delete(&outbox_key(work))
    }

    /// See [`Journal::unpublished`](crate::Journal::unpublished).
    ///
    /// # Errors
    /// As there.
    pub fn unpublished(
        &self,
        service: &str,
        before: Timestamp,
        max: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        let is_old = |outbox: &Outbox| outbox.at < before;
        self.list(&record::prefix('O', service), "", max, is_old)
    }

    /// See [`Journal::parked`](crate::Journal::parked).
    ///
    /// # Errors
    /// As there.
    pub fn parked(
        &self,
        service: &str,
        after: Option<&Work>,
        max: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        let after = after.map(parked_key).unwrap_or_default();
        self.list(&record::prefix('P', service), &after, max, |_| true)
    }

    /// See [`Journal::reopen`](crate::Journal::reopen).
    ///
    /// # Errors
    /// As there.
    pub fn reopen(
        &mut self,
        work: &Work,
        lease: Lease,
    ) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        let Some(parked) = self.read(&parked_key(work))? else { return Ok(None) };
        let Some(record) = self.record(work)? else { return Ok(None) };
        let is_free = match record.state {
            State::Parked => true,
            State::Begun { until, .. } => until <= lease.now,
            State::Done { .. } => false,
        };
        if !is_free {
            return Ok(None);
        }
        let attempt = record.attempt.saturating_add(1);
        let claim = self.claim(work, record.digest, attempt, true, lease)?;
        Ok(Some((claim, parked)))
    }

    /// See [`Journal::row`](crate::Journal::row).
    ///
    /// # Errors
    /// As there.
    pub fn row(&self, service: &str, row: &RowKey) -> Result<Option<Row>, StoreError> {
        self.read(&row_key(service, row))
    }

    fn claim(
        &mut self,
        work: &Work,
        digest: Digest,
        attempt: u32,
        reopened: bool,
        lease: Lease,
    ) -> Result<Claim, StoreError> {
        let state = State::Begun { until: lease.until, reopened };
        self.write(&record_key(work), &Record { digest, attempt, state })?;
        Ok(Claim { work: work.clone(), attempt, reopened })
    }

    /// The record, if the claim is the newest.
    fn ours(&self, claim: &Claim) -> Result<Record, JournalError> {
        let ours = |record: &Record| {
            record.attempt == claim.attempt && matches!(record.state, State::Begun { .. })
        };
        let record = self.record(&claim.work)?.filter(ours);
        record.ok_or_else(|| JournalError::Fenced { claim: claim.clone() })
    }

    fn write_row(&mut self, work: &Work, write: Write) -> Result<(), JournalError> {
        let key = row_key(&work.service, &write.row);
        let revision = self.read::<Row>(&key)?.map(|row| row.revision);
        let fits = match write.expected {
            RowExpected::Any => true,
            RowExpected::Absent => revision.is_none(),
            RowExpected::Revision(expected) => revision == Some(expected),
        };
        if !fits {
            return Err(JournalError::Conflict { row: write.row });
        }
        match write.value {
            Some(value) => {
                let revision = revision.unwrap_or(0).saturating_add(1);
                self.write(&key, &Row { value, revision })?;
            }
            None => self.0.delete(&key)?,
        }
        Ok(())
    }

    fn record(&self, work: &Work) -> Result<Option<Record>, StoreError> {
        self.read(&record_key(work))
    }

    fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.0.get(key)?.map(|bytes| record::read(key, &bytes)).transpose()
    }

    fn write<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), StoreError> {
        self.0.put(key, record::write(value)?)
    }

    fn list<T: DeserializeOwned>(
        &self,
        prefix: &str,
        after: &str,
        max: usize,
        is_wanted: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.0.each(prefix, after, &mut |key, bytes| {
            found.extend(Some(record::read(key, bytes)?).filter(&is_wanted));
            Ok(found.len() < max)
        })?;
        Ok(found)
    }
}

fn is_expired(record: &Record, now: Timestamp) -> bool {
    matches!(record.state, State::Done { expires_at, .. } if expires_at <= now)
}
