//! Where two JSON values differ, as lines that a person reads.

use eventyard_event::json::{Object, Value};

/// Differences shown at most; a payload that is another one altogether needs no more.
const SHOWN_MAX: usize = 20;
/// Characters of a value shown at most.
const VALUE_CHARACTERS_MAX: usize = 120;

/// The places in which `got` is not `expected`: `-` what was expected, `+` what was there.
///
/// With `partly`, members of objects that only `got` has are no difference.
pub(super) fn diff(expected: &Value<'_>, got: &Value<'_>, partly: bool) -> Vec<String> {
    let mut walk = Walk { partly, lines: Vec::new(), path: String::from("$") };
    walk.value(expected, got);
    let more = walk.lines.len().saturating_sub(2 * SHOWN_MAX) / 2;
    walk.lines.truncate(2 * SHOWN_MAX);
    if more > 0 {
        walk.lines.push(format!("… and about {more} more"));
    }
    walk.lines
}

struct Walk {
    partly: bool,
    lines: Vec<String>,
    path: String,
}

impl Walk {
    fn value(&mut self, expected: &Value<'_>, got: &Value<'_>) {
        match (expected, got) {
            (Value::Object(expected), Value::Object(got)) => self.object(expected, got),
            (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
                for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.below(&format!("[{index}]"), |walk| walk.value(expected, got));
                }
            }
            _ if expected == got => {}
            _ => {
                self.line('-', expected);
                self.line('+', got);
            }
        }
    }

    fn object(&mut self, expected: &Object<'_>, got: &Object<'_>) {
        for (name, wanted) in expected.iter() {
            self.below(&step(name), |walk| match got.get(name) {
                Some(there) => walk.value(wanted, there),
                None => walk.line('-', wanted),
            });
        }
        let extra = got.iter().filter(|(name, _)| !self.partly && expected.get(name).is_none());
        for (name, there) in extra.collect::<Vec<_>>() {
            self.below(&step(name), |walk| walk.line('+', there));
        }
    }

    fn below(&mut self, step: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        inside(self);
        self.path.truncate(length);
    }

    fn line(&mut self, sign: char, value: &Value<'_>) {
        let text = value.to_string();
        let shown: String = text.chars().take(VALUE_CHARACTERS_MAX).collect();
        let cut = if shown.len() < text.len() { "…" } else { "" };
        self.lines.push(format!("{sign} {}: {shown}{cut}", self.path));
    }
}

/// The step to a member, as RFC 9535 writes it.
fn step(name: &str) -> String {
    let shorthand = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if shorthand {
        format!(".{name}")
    } else {
        format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}

#[cfg(test)]
mod tests {
    use super::diff;
    use eventyard_event::Limits;
    use eventyard_event::json::parse;

    #[track_caller]
    fn check(expected: &str, got: &str, partly: bool, lines: &[&str]) {
        let limits = Limits::default();
        let expected = parse(expected.as_bytes(), &limits).unwrap();
        let got = parse(got.as_bytes(), &limits).unwrap();
        assert_eq!(diff(&expected.root, &got.root, partly), lines);
    }

    #[test]
    fn equal_values_have_no_difference_whatever_their_order_and_digits() {
        check(r#"{"a":1,"b":[2]}"#, r#"{"b":[2.0],"a":1e0}"#, false, &[]);
    }

    #[test]
    fn a_difference_says_where_it_is() {
        check(
            r#"{"a":{"b c":1},"l":[1,2],"m":0}"#,
            r#"{"a":{"b c":"1"},"l":[1,3],"x":null}"#,
            false,
            &[
                "- $.a['b c']: 1",
                "+ $.a['b c']: \"1\"",
                "- $.l[1]: 2",
                "+ $.l[1]: 3",
                "- $.m: 0",
                "+ $.x: null",
            ],
        );
    }

    #[test]
    fn what_is_expected_in_part_may_have_more_members() {
        check(r#"{"a":1}"#, r#"{"a":1,"b":2}"#, true, &[]);
        check(r#"{"a":1}"#, r#"{"b":2}"#, true, &["- $.a: 1"]);
        check(r#"{"a":1}"#, r#"{"a":1,"b":2}"#, false, &["+ $.b: 2"]);
    }
}
