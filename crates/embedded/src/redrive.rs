//! Parked deliveries again, or discarded.
//!
//! In: a [`Redrive`], as the command line and `POST /redrive` take it alike. Out: how many it were. A
//! running bus sends them at once; on a folder that no bus runs on, they go out when one does.

use crate::engine::EmbeddedBus;
use crate::reader::{ParkedFilter, Reader};
use crate::store::Store;
use eventyard_bus::{Deliveries, Delivery, DeliveryKey, ParkedCursor, StoreError};
use eventyard_event::Timestamp;

pub use eventyard_bus::view::{Redrive, RedriveError};

/// Deliveries that are looked up together.
const ROUND: usize = 500;

/// Some deliveries that are meant, and the place to go on from.
type Found = (Vec<DeliveryKey>, Option<ParkedCursor>);

/// Does it with every delivery that is meant; answers how many, without those that somebody else
/// was quicker with.
pub(crate) async fn run(
    request: &Redrive,
    reader: Reader,
    operator: &impl Operator,
) -> Result<usize, RedriveError> {
    request.check()?;
    let limit = request.limit.unwrap_or(usize::MAX);
    let (mut done, mut after) = (0, None);
    while done < limit {
        let (some, next) = find(request, &reader, after, limit - done).await?;
        for key in &some {
            done += usize::from(one(request, key, operator).await?);
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    Ok(done)
}

async fn one(
    request: &Redrive,
    key: &DeliveryKey,
    operator: &impl Operator,
) -> Result<bool, StoreError> {
    let done = match &request.drop {
        Some(reason) => operator.discard(key, reason).await,
        None => operator.again(key, request.edit.clone()).await,
    };
    match done {
        Ok(_) => Ok(true),
        Err(StoreError::NotParked { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The next deliveries that are meant, at most `max`.
async fn find(
    request: &Redrive,
    reader: &Reader,
    after: Option<ParkedCursor>,
    max: usize,
) -> Result<Found, StoreError> {
    let (request, reader) = (request.clone(), reader.clone());
    // Reading blocks.
    tokio::task::spawn_blocking(move || read(&request, &reader, after, max))
        .await
        .unwrap_or_else(|lost| Err(StoreError::unavailable(lost.to_string())))
}

fn read(
    request: &Redrive,
    reader: &Reader,
    after: Option<ParkedCursor>,
    max: usize,
) -> Result<Found, StoreError> {
    let (target, rule) = (request.target.clone(), request.rule.clone());
    let filter = ParkedFilter { target, rule, after, limit: None };
    let (mut keys, mut last) = (Vec::new(), None);
    for (index, parked) in reader.parked(filter).enumerate() {
        let parked = parked?;
        if index >= ROUND || keys.len() >= max {
            return Ok((keys, last));
        }
        last = parked.cursor();
        if request.takes(&parked) {
            keys.push(parked.delivery.key);
        }
    }
    Ok((keys, None))
}

/// Who changes parked deliveries: a running bus, or the store alone.
pub(crate) trait Operator: Sync {
    fn again(
        &self,
        key: &DeliveryKey,
        edit: Option<String>,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;

    fn discard(
        &self,
        key: &DeliveryKey,
        reason: &str,
    ) -> impl Future<Output = Result<Delivery, StoreError>> + Send;
}

impl Operator for EmbeddedBus {
    async fn again(&self, key: &DeliveryKey, edit: Option<String>) -> Result<Delivery, StoreError> {
        self.redrive(key, edit).await
    }

    async fn discard(&self, key: &DeliveryKey, reason: &str) -> Result<Delivery, StoreError> {
        self.drop_parked(key, reason).await
    }
}

/// A store without a bus, at a time.
struct StoreAt<'a>(&'a Store, Timestamp);

impl Operator for StoreAt<'_> {
    async fn again(&self, key: &DeliveryKey, edit: Option<String>) -> Result<Delivery, StoreError> {
        self.0.redrive(key, edit, self.1).await
    }

    async fn discard(&self, key: &DeliveryKey, reason: &str) -> Result<Delivery, StoreError> {
        Deliveries::drop(self.0, key, reason, self.1).await
    }
}

/// Redrives or discards parked deliveries of a store that no bus runs on; answers how many.
///
/// What is redriven is due at once: it goes out when a bus runs.
///
/// # Errors
/// [`RedriveError`].
pub async fn redrive_store(
    store: &Store,
    request: &Redrive,
    now: Timestamp,
) -> Result<usize, RedriveError> {
    // What a reader sees is what is committed.
    store.flush().await?;
    run(request, store.reader(), &StoreAt(store, now)).await
}
