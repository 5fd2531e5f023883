//! RFC 3339 times, strictly: jiff alone takes more forms than CloudEvents allows.

use jiff::Timestamp;

/// The instant of an RFC 3339 `date-time` (§5.6); fractions beyond nanoseconds are cut.
pub(crate) fn rfc3339(text: &str) -> Option<Timestamp> {
    let (date_time, rest) = text.split_at_checked(19)?;
    if !matches_form(date_time, "dddd-dd-ddTdd:dd:dd") {
        return None;
    }
    let (fraction, offset) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?),
        None => ("0", rest),
    };
    if fraction.is_empty() || !is_offset(offset) {
        return None;
    }
    match fraction.get(..9) {
        Some(nanos) => format!("{date_time}.{nanos}{offset}").parse().ok(),
        None => text.parse().ok(),
    }
}

fn is_offset(text: &str) -> bool {
    text.eq_ignore_ascii_case("z")
        || matches_form(text, "+dd:dd")
            && text.get(1..3).is_some_and(|hours| hours < "24")
            && text.get(4..).is_some_and(|minutes| minutes < "60")
}

/// Whether text has the form, in which `d` is a digit, `+` a sign and `T` a `T` or `t`.
fn matches_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            b'+' => byte == b'+' || byte == b'-',
            b'T' => byte == b'T' || byte == b't',
            form => byte == form,
        })
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn every_form_of_rfc_3339_is_an_instant() {
        let at = |text| rfc3339(text).map(|time| time.to_string());
        for (text, expected) in [
            ("2026-11-24T05:33:16Z", "2026-11-24T05:33:16Z"),
            ("2026-11-24t05:33:16z", "2026-11-24T05:33:16Z"),
            ("2026-11-24T05:33:16.250+01:30", "2026-11-24T04:03:16.25Z"),
            ("2026-11-24T05:33:16.1234567891234Z", "2026-11-24T05:33:16.123456789Z"),
            ("2026-11-24T05:33:16-00:00", "2026-11-24T05:33:16Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for text in [
            "",
            "2026-11-24",
            "2026-11-24T05:33:16",
            "2026-11-24 05:33:16Z",
            "20261124T053316Z",
            "2026-11-24T05:33Z",
            "2026-11-24T05:33:16.Z",
            "2026-11-24T05:33:16+1:00",
            "2026-11-24T05:33:16+24:00",
            "2026-11-24T05:33:16+01:60",
            "2026-11-24T05:33:16Z[UTC]",
            "2026-02-30T00:00:00Z",
            "2026-11-24T24:00:00Z",
            "+2026-11-24T05:33:16Z",
            "2026-11-24T05:33:1é",
            "1700000000",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }
}
