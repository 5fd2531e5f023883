//! What the status of an answer means for the delivery: done, again, or never.
//!
//! In: status code, `Retry-After`, now. Out: the verdict. Standard Webhooks 1.0.0 counts only 2xx
//! as received; RFC 9110 §10.2.3 gives `Retry-After` as seconds or as a date.

use jiff::Timestamp;
use std::time::Duration;

/// The longest wait that a receiver may ask for; a longer one counts as this.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What to do with a delivery after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// A passing failure: the same delivery may succeed later.
    Passing,
    /// The endpoint is gone for every delivery, not only for this one.
    Gone,
    /// The receiver will never take this delivery.
    Permanent,
}

/// The meaning of a status code.
///
/// Redirects are permanent failures: a receiver that moved must be written into the rules, since
/// following it would lead past the guard.
pub fn verdict(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        408 | 425 | 429 | 500..=599 => Verdict::Passing,
        410 => Verdict::Gone,
        _ => Verdict::Permanent,
    }
}

/// The wait that a `Retry-After` header asks for, at most [`RETRY_AFTER_MAX`].
///
/// A date in the past and a text that is neither seconds nor a date ask for nothing.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
        Duration::try_from(date.duration_since(now)).ok()?
    };
    (!asked.is_zero()).then(|| asked.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::{RETRY_AFTER_MAX, Verdict, retry_after, verdict};
    use std::time::Duration;

    #[test]
    fn every_status_has_one_meaning() {
        let rows: [(Verdict, &[u16]); 4] = [
            (Verdict::Delivered, &[200, 201, 202, 204, 299]),
            (Verdict::Passing, &[408, 425, 429, 500, 501, 502, 503, 504, 599]),
            (Verdict::Gone, &[410]),
            (
                Verdict::Permanent,
                &[100, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 422, 600],
            ),
        ];
        for (meaning, statuses) in rows {
            for &status in statuses {
                assert_eq!(verdict(status), meaning, "{status}");
            }
        }
    }

    #[test]
    fn a_receiver_may_ask_for_a_wait_in_seconds_or_by_a_date() {
        let now = "1994-11-06T08:49:37Z".parse().unwrap();
        for (text, wait) in [
            ("2", Some(Duration::from_secs(2))),
            (" 120 ", Some(Duration::from_secs(120))),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(Duration::from_secs(30))),
            ("Sun, 06 Nov 1994 08:49:07 GMT", None),
            ("0", None),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("99999999999999999999999", Some(RETRY_AFTER_MAX)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(RETRY_AFTER_MAX)),
        ] {
            assert_eq!(retry_after(text, now), wait, "{text}");
        }
    }
}
