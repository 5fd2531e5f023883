//! Amounts with units as they stand in rules files: durations (`90d`) and rates (`100/s`).
use std::fmt;
use std::time::Duration;

/// How many deliveries a rule may start per span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub count: u32,
    /// One second, minute or hour.
    pub per: Duration,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per.as_secs() {
            1 => "s",
            60 => "m",
            _ => "h",
        };
        write!(f, "{}/{unit}", self.count)
    }
}

/// What a duration looks like.
pub(crate) const DURATION_HELP: &str =
    "a duration is a whole number with a unit: `30s`, `15m`, `24h` or `90d`";
/// What a rate looks like.
pub(crate) const RATE_HELP: &str = "a rate is a whole number per unit: `100/s`, `20/m` or `5/h`";

/// The longest duration: 3,650 days.
const DURATION_S_MAX: u64 = 3_650 * 86_400;

/// `30s`, `15m`, `24h`, `90d`: at least one second, at most 3,650 days. None for anything else.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds_each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count = whole(text.strip_suffix(unit)?)?;
    let seconds = u64::from(count).checked_mul(seconds_each)?;
    (1..=DURATION_S_MAX).contains(&seconds).then(|| Duration::from_secs(seconds))
}

/// `100/s`, `20/m`, `5/h`: at least 1. None for anything else.
pub(crate) fn rate(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let per = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let count = whole(count)?;
    (count > 0).then(|| Rate { count, per: Duration::from_secs(per) })
}

/// Decimal digits only: no sign, no blank.
pub(crate) fn whole(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whole seconds in stored records.
pub(crate) mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(duration.as_secs())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [("1s", 1), ("15m", 900), ("24h", 86_400), ("90d", 7_776_000)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "s", "0s", "15", "-1s", "+1s", "1.5h", "1 h", "1w", "3651d", "99999999999d"]
        {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn rates_have_a_number_and_a_unit_of_time() {
        assert_eq!(rate("100/s").map(|rate| rate.to_string()), Some("100/s".into()));
        assert_eq!(rate("20/m").map(|rate| rate.to_string()), Some("20/m".into()));
        assert_eq!(rate("5/h").map(|rate| rate.to_string()), Some("5/h".into()));
        for text in ["", "100", "0/s", "/s", "100/d", "100/", "1/s/s", "-1/s"] {
            assert_eq!(rate(text), None, "{text}");
        }
    }
}
