//! What a plain scalar means.
//!
//! Source: YAML 1.2.2 §10.3 (core schema), narrowed to what JSON can say.
use super::Content;

/// A plain scalar's value, or why it has none that JSON could say.
pub(super) fn resolve(text: &str) -> Result<Content, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Content::Null),
        "true" | "True" | "TRUE" => return Ok(Content::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Content::Bool(false)),
        _ => {}
    }
    if is_json_number(text) {
        return Ok(Content::Number(text.to_owned()));
    }
    match number_of_yaml_only(text) {
        Some(why) => Err(why),
        None => Ok(Content::Text(text.to_owned())),
    }
}

/// RFC 8259 §6.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let sign_less = |exponent: &str| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(sign_less)
}

/// Why YAML reads `text` as a number that JSON cannot write; none when it is text.
fn number_of_yaml_only(text: &str) -> Option<&'static str> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let based = |prefix: &str, is_digit: fn(char) -> bool| {
        text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_digit))
    };
    if based("0x", |c| c.is_ascii_hexdigit()) || based("0o", |c| c.is_digit(8)) {
        return Some("a number in another base than ten");
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some("not a finite number");
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = (digits(whole) || (whole.is_empty() && digits(fraction)))
        && (fraction.is_empty() || digits(fraction))
        && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    match is_number {
        true if whole.len() > 1 && whole.starts_with('0') => Some("a number with a leading zero"),
        true => Some("a number that JSON writes in another way"),
        false => None,
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_text_except_null_true_and_false() {
        for text in [
            "yes", "no", "NO", "on", "off", "y", "a", "1.2.3", "1_000", "-", "1e", "0xg", "$.a",
            "12:30",
        ] {
            assert_eq!(resolve(text), Ok(Content::Text(text.into())), "{text}");
        }
        assert_eq!(resolve("true"), Ok(Content::Bool(true)));
        assert_eq!(resolve("False"), Ok(Content::Bool(false)));
        assert_eq!(resolve("~"), Ok(Content::Null));
    }

    #[test]
    fn numbers_of_json_stay_as_written() {
        for text in ["0", "-0", "12", "1.50", "1e3", "-1.5E-10", "123456789012345678901234567890"] {
            assert_eq!(resolve(text), Ok(Content::Number(text.into())), "{text}");
        }
    }

    #[test]
    fn numbers_that_only_yaml_knows_are_refused() {
        for text in
            ["0x1F", "0o17", "+1", ".5", "1.", "012", "00", ".inf", "-.INF", ".nan", "-.5e3"]
        {
            assert!(resolve(text).is_err(), "{text}");
        }
    }
}
