//! Times as ordered numbers: nanoseconds since 1970, which eight bytes hold until the year 2262.

use jiff::Timestamp;

/// The number of a time; beyond what eight bytes hold it is the nearest they do.
pub(crate) fn number(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The time of a number.
pub(crate) fn time(number: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(number)).unwrap_or(Timestamp::MAX)
}
