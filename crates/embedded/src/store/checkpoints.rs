//! The store as the keeper of checkpoints.

use eventyard_bus::{Checkpoint, CheckpointName, Checkpoints, StoreError};
use redb::ReadableTable;

use super::codec::{Damaged, Decode, Encode};
use super::error::Fault;
use super::transaction::Transaction;
use super::{Promise, Store};

impl Checkpoints for Store {
    async fn checkpoint(&self, name: &CheckpointName) -> Result<Checkpoint, StoreError> {
        let name = name.clone();
        let work = move |tables: &mut Transaction<'_>| get(tables, &name);
        Ok(self.call(Promise::Read, 0, work).await?)
    }

    async fn put_checkpoint(
        &self,
        name: &CheckpointName,
        text: Option<&str>,
        expected: u64,
    ) -> Result<bool, StoreError> {
        let (name, text) = (name.clone(), text.map(str::to_owned));
        let bytes = text.as_ref().map_or(0, String::len);
        let work = move |tables: &mut Transaction<'_>| {
            if get(tables, &name)?.revision != expected {
                return Ok(false);
            }
            let kept = Checkpoint { text, revision: expected.saturating_add(1) };
            tables.checkpoints.insert(name.as_str(), &*write(&kept))?;
            Ok(true)
        };
        Ok(self.call(Promise::Durable, bytes, work).await?)
    }

    async fn checkpoints(&self, prefix: &str) -> Result<Vec<CheckpointName>, StoreError> {
        let prefix = prefix.to_owned();
        let work = move |tables: &mut Transaction<'_>| names(tables, &prefix);
        Ok(self.call(Promise::Read, 0, work).await?)
    }
}

fn get(tables: &Transaction<'_>, name: &CheckpointName) -> Result<Checkpoint, Fault> {
    let kept = tables.checkpoints.get(name.as_str())?;
    Ok(kept.map(|kept| read(kept.value())).transpose()?.unwrap_or_default())
}

fn names(tables: &Transaction<'_>, prefix: &str) -> Result<Vec<CheckpointName>, Fault> {
    let mut names = Vec::new();
    for entry in tables.checkpoints.range(prefix..)? {
        let (name, kept) = entry?;
        if !name.value().starts_with(prefix) {
            break;
        }
        if read(kept.value())?.text.is_some() {
            names.push(name.value().parse().map_err(|_| Damaged)?);
        }
    }
    Ok(names)
}

/// The revision, whether there is a text, and the text.
fn write(kept: &Checkpoint) -> Vec<u8> {
    let mut out = Vec::new();
    out.put_u64(kept.revision);
    if let Some(text) = &kept.text {
        out.put(&[1]);
        out.put(text.as_bytes());
    }
    out
}

fn read(bytes: &[u8]) -> Result<Checkpoint, Damaged> {
    let mut decode = Decode::new(bytes);
    let revision = decode.u64()?;
    let text = match decode.rest().split_first() {
        None => None,
        Some((1, text)) => Some(String::from_utf8(text.to_vec()).map_err(|_| Damaged)?),
        Some(_) => return Err(Damaged),
    };
    Ok(Checkpoint { text, revision })
}
