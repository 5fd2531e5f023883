//! `max-rate`: how many deliveries of a rule to a target may begin per span of time.
//!
//! A token bucket that is full at first, holds the tokens of one span, and is kept as one number: the
//! time at which it is full again (the generic cell rate algorithm).

use crate::time::{after, since};
use eventyard_rules::Rate;
use jiff::Timestamp;
use std::time::Duration;

/// The tokens of one rule at one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// When it is full again; none for one that always was.
    full_at: Option<Timestamp>,
}

impl Bucket {
    /// Takes a token.
    ///
    /// # Errors
    /// The time at which there will be one; nothing is taken.
    pub fn take(&mut self, rate: &Rate, now: Timestamp) -> Result<(), Timestamp> {
        let each = spacing(rate);
        let full_at = self.full_at.map_or(now, |full_at| full_at.max(now));
        let missing = since(full_at, now);
        let room = rate.per.saturating_sub(each);
        if missing > room {
            return Err(after(now, missing.saturating_sub(room)));
        }
        self.full_at = Some(after(full_at, each));
        Ok(())
    }
}

/// The time from one token to the next when all are used.
#[must_use]
pub fn spacing(rate: &Rate) -> Duration {
    rate.per / rate.count.max(1)
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use crate::time::after;
    use eventyard_rules::Rate;
    use jiff::Timestamp;
    use std::time::Duration;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn at(ms: u64) -> Timestamp {
        after(START, Duration::from_millis(ms))
    }

    fn rate(count: u32) -> Rate {
        Rate { count, per: Duration::from_secs(1) }
    }

    #[test]
    fn a_bucket_gives_as_many_tokens_at_once_as_the_rate_says_and_not_one_more() {
        let mut bucket = Bucket::default();
        for _ in 0..10 {
            assert_eq!(bucket.take(&rate(10), START), Ok(()));
        }
        assert_eq!(bucket.take(&rate(10), START), Err(at(100)));
        assert_eq!(bucket.take(&rate(10), at(99)), Err(at(100)));
        assert_eq!(bucket.take(&rate(10), at(100)), Ok(()));
        assert_eq!(bucket.take(&rate(10), at(100)), Err(at(200)));
    }

    #[test]
    fn a_bucket_fills_up_again_and_not_beyond_one_span() {
        let mut bucket = Bucket::default();
        while bucket.take(&rate(2), START).is_ok() {}
        let later = at(60_000);
        assert_eq!(bucket.take(&rate(2), later), Ok(()));
        assert_eq!(bucket.take(&rate(2), later), Ok(()));
        assert_eq!(bucket.take(&rate(2), later), Err(at(60_500)));
    }

    #[test]
    fn over_a_long_time_the_rate_is_kept() {
        let mut bucket = Bucket::default();
        let taken = (0..100_000).filter(|ms| bucket.take(&rate(7), at(*ms)).is_ok()).count();
        assert!((700..=707).contains(&taken), "{taken}");
    }
}
