//! Damaged texts: never a panic, always a place in the text, and the same verdict as the oracle's
//! parser but for what is listed in `is_stricter` and `has_huge_number`.
use crate::generator::{Generator, ROOT};
use crate::support::setting;
use eventyard_filter::{Condition, FilterError, Options};
use jsonpath_rfc9535::JsonPath;

#[test]
fn damaged_texts_are_refused_in_place_just_when_the_oracle_refuses_them() {
    let mut generator = Generator::new(20_240_229);
    let texts = setting("EVENTYARD_EVALUATIONS", 20_000) / 5;
    let (mut differences, mut accepted) = (Vec::new(), 0_u64);
    for _ in 0..texts {
        let text = damage(&mut generator);
        let ours = Condition::parse_with(&text, Options { dynamic_regex: true });
        let theirs = JsonPath::parse(&format!("$[?({text})]"));
        accepted += u64::from(ours.is_ok());
        match (&ours, theirs.is_ok()) {
            (Ok(_), true) => {}
            (Err(error), true) if is_stricter(error, &text) => {}
            (Err(error), false) => assert_placed(error, &text),
            (Ok(_), false) if has_huge_number(&text) => {}
            _ => differences.push(format!("{text:?}: {:?}", ours.map(|_| "accepted"))),
        }
    }
    println!("{texts} damaged texts, {accepted} accepted");
    assert!(accepted > texts / 20, "{accepted} accepted");
    assert!(differences.is_empty(), "{} differences: {differences:#?}", differences.len());
}

/// Changes one or two characters of a valid filter.
fn damage(generator: &mut Generator) -> String {
    let mut chars: Vec<char> = generator.filter(2).replace(ROOT, "$").chars().collect();
    for _ in 0..=generator.below(2) {
        let piece = generator.pick(&[
            " ", ".", "..", "[", "]", "(", ")", "?", "@", "$", "!", "&&", "||", "==", "<", "'",
            "\"", "\\", ",", ":", "*", "-", "0", "1", "e", "a", "in", " in ", "\u{a0}", "=", "=~",
            "\t", "true", "length(", "match(", "é", "..a", "[*]",
        ]);
        let at = generator.below(chars.len() + 1);
        if generator.below(2) == 0 && at < chars.len() {
            chars.remove(at);
        }
        chars.splice(at..at, piece.chars());
    }
    chars.into_iter().collect()
}

/// What the oracle takes and we do not.
fn is_stricter(error: &FilterError, text: &str) -> bool {
    match error.code {
        // Patterns that are no I-Regexp, and our limits.
        "E0103" | "E0104" | "E0108" => true,
        // Arguments in parentheses, as in `length((@.a))`.
        "E0107" => text[error.span.clone()].starts_with('('),
        // Names that contain blanks beyond ASCII, which nobody sees.
        "E0101" => text[error.span.clone()].contains('\u{a0}'),
        _ => false,
    }
}

/// What we take and the oracle does not: numbers beyond binary64, such as `1e400`.
fn has_huge_number(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    text.split(|c| !is_part(c)).any(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

fn assert_placed(error: &FilterError, text: &str) {
    let place = text.get(error.span.clone());
    assert!(place.is_some(), "{text:?}: {error:?}");
    assert!(error.help.is_some(), "{text:?}: {error:?}");
    assert_ne!(error.message, "not a JSONPath expression", "{text:?}: the scan let it through");
}
