//! Times in the past, as people say them.

use jiff::{SignedDuration, Timestamp};

/// A time as RFC 3339 has it, or an age.
pub fn since(text: &str) -> std::result::Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wanted = || {
        format!("`{text}` is neither a time such as 2026-11-24T09:30:00Z nor an age such as 24h")
    };
    let age = match text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
        Some(days) => days.checked_mul(24).and_then(SignedDuration::try_from_hours),
        None => text.parse::<SignedDuration>().ok(),
    };
    let age = age.filter(|age| !age.is_negative()).ok_or_else(wanted)?;
    Timestamp::now().checked_sub(age).map_err(|_| wanted())
}

#[cfg(test)]
mod tests {
    use super::since;
    use jiff::Timestamp;

    #[test]
    fn a_time_and_an_age_are_understood_and_nothing_else() {
        assert_eq!(since("2026-11-24T09:30:00Z").unwrap().to_string(), "2026-11-24T09:30:00Z");
        for age in ["90s", "15m", "24h", "7d"] {
            assert!(since(age).unwrap() < Timestamp::now(), "{age}");
        }
        for neither in ["", "yesterday", "-5m", "9999999999999d"] {
            assert!(since(neither).is_err(), "{neither}");
        }
    }
}
