//! When a failed delivery is tried again: exponential ceiling, full jitter, and no random numbers.
//!
//! The wait after attempt *n* lies anywhere between 0 and `min(cap, base · 2^(n-1))`. Where, is
//! decided by a hash of the delivery id and the attempt: deliveries that failed together come back apart,
//! and the same history always gives the same schedule.

use crate::RetrySettings;
use eventyard_event::DeliveryId;
use std::time::Duration;

/// The wait between attempt `attempt` (from 1) and the next one: at least `asked`, what the target
/// asked for.
#[must_use]
pub fn wait(
    settings: &RetrySettings,
    id: &DeliveryId,
    attempt: u32,
    asked: Option<Duration>,
) -> Duration {
    let ceiling_ms = millis(ceiling(settings, attempt));
    let wait_ms = match ceiling_ms.checked_add(1) {
        Some(choices) => jitter(id, attempt) % choices,
        None => jitter(id, attempt),
    };
    Duration::from_millis(wait_ms).max(asked.unwrap_or_default())
}

/// The longest wait after attempt `attempt` (from 1).
#[must_use]
pub fn ceiling(settings: &RetrySettings, attempt: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    settings.base.saturating_mul(factor).min(settings.cap)
}

/// 64 bits that look random, and are the same for the same delivery and attempt.
fn jitter(id: &DeliveryId, attempt: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id.as_bytes()).update(&attempt.to_le_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{ceiling, wait};
    use crate::RetrySettings;
    use eventyard_event::DeliveryId;
    use std::time::Duration;

    fn id(n: u8) -> DeliveryId {
        DeliveryId::from_bytes([n; 16])
    }

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let settings = RetrySettings::default();
        let rows = [(1, 1), (2, 2), (3, 4), (10, 512), (11, 900), (185, 900), (u32::MAX, 900)];
        for (attempt, ceiling_s) in rows {
            assert_eq!(ceiling(&settings, attempt), seconds(ceiling_s), "attempt {attempt}");
        }
    }

    #[test]
    fn a_wait_lies_between_zero_and_the_ceiling_and_never_changes() {
        let settings = RetrySettings::default();
        for attempt in 1..=185 {
            let first = wait(&settings, &id(7), attempt, None);
            assert!(first <= ceiling(&settings, attempt));
            assert_eq!(first, wait(&settings, &id(7), attempt, None));
        }
    }

    #[test]
    fn deliveries_that_failed_together_come_back_apart() {
        let settings = RetrySettings::default();
        let waits: std::collections::BTreeSet<_> =
            (0..100).map(|n| wait(&settings, &id(n), 11, None)).collect();
        assert!(waits.len() > 90, "{} different waits", waits.len());
    }

    #[test]
    fn by_default_185_attempts_fill_most_of_a_day_and_not_more() {
        let settings = RetrySettings::default();
        for n in 0..20 {
            let total: Duration =
                (1..185).map(|attempt| wait(&settings, &id(n), attempt, None)).sum();
            assert!(total > seconds(17 * 3600) && total < seconds(27 * 3600), "{total:?}");
        }
        let mean: Duration = (1..185).map(|attempt| ceiling(&settings, attempt) / 2).sum();
        assert!(mean > seconds(21 * 3600) && mean < seconds(24 * 3600), "{mean:?}");
    }

    #[test]
    fn a_target_that_asks_for_a_wait_gets_it_and_a_shorter_wish_changes_nothing() {
        let settings = RetrySettings::default();
        assert_eq!(wait(&settings, &id(1), 1, Some(seconds(3600))), seconds(3600));
        let own = wait(&settings, &id(1), 11, None);
        assert_eq!(wait(&settings, &id(1), 11, Some(Duration::from_millis(1))), own);
    }

    #[test]
    fn settings_of_zero_wait_for_nothing() {
        let settings = RetrySettings { base: Duration::ZERO, cap: Duration::ZERO };
        assert_eq!(wait(&settings, &id(1), 3, None), Duration::ZERO);
    }
}
