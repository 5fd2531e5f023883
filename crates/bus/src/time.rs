//! Sums and differences of times that cannot fail.

use jiff::Timestamp;
use std::time::Duration;

/// `wait` after `time`; the end of time when that is out of range.
pub(crate) fn after(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// How long `earlier` is ago; zero when it is not.
pub(crate) fn since(now: Timestamp, earlier: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(earlier)).unwrap_or(Duration::ZERO)
}
