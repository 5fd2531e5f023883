//! Times as attributes: nanoseconds since 1970, which DynamoDB compares as numbers; `ttl` in seconds.

use std::time::Duration;

use eventyard_bus::StoreError;
use eventyard_event::Timestamp;

use super::item::Item;

/// The number of a time.
pub(super) fn number(at: Timestamp) -> i128 {
    at.as_nanosecond()
}

/// The time of an attribute, if it is there.
pub(super) fn optional(item: &Item, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let time = |nanos| Timestamp::from_nanosecond(nanos).map_err(|_| item.corrupt(name));
    item.optional_number(name)?.map(time).transpose()
}

/// The time of an attribute.
pub(super) fn time(item: &Item, name: &str) -> Result<Timestamp, StoreError> {
    optional(item, name)?.ok_or_else(|| item.corrupt(name))
}

/// When what was written at this time has been kept long enough, in seconds since 1970; never without a
/// retention.
pub(super) fn ttl(written: Timestamp, retention: Option<Duration>) -> Option<i64> {
    let end = written.checked_add(retention?).unwrap_or(Timestamp::MAX);
    Some(end.as_second())
}

/// Whether an item was kept long enough by this time. DynamoDB removes it days later.
pub(super) fn is_expired(item: &Item, now: Timestamp) -> Result<bool, StoreError> {
    Ok(item.optional_number::<i64>("ttl")?.is_some_and(|ttl| ttl <= now.as_second()))
}
