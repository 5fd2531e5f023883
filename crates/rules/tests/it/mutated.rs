//! Whatever the bytes, loading answers with rules or with errors that have a place in the text.
use crate::support::load_text;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("example.yaml");

/// Pieces that mean something to YAML or to a filter.
const PIECES: &[&str] = &[
    "\t", "\n", "\r\n", "  ", "- ", ": ", "?", "|", ">", ">-", "|2", "&a ", "*a", "!t ", "!!str ",
    "#", " #", "'", "\"", "\\", "\\u00e4", "{", "}", "[", "]", ",", "---", "...", "%", "@", "`",
    "$", "$.a", "<$.a>", "ä", "😀", "\u{feff}", "\u{2028}", "\0", "~", "<<: ", "0x1", "arn:aws:",
    "https://", "==", "&&",
];

/// Loads `text`; every diagnostic must point into it and be printable.
fn check(text: &str) {
    let Err(errors) = load_text(text) else { return };
    assert!(!errors.is_empty());
    for error in errors.iter() {
        let span = &error.place.span;
        assert!(span.start <= span.end && span.start <= text.len(), "{error}");
        assert!(error.place.line >= 1 && error.place.column >= 1);
    }
    assert!(errors.render(false).contains("rules.yaml"));
    assert!(errors.render(true).len() > 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn load_never_panics_on_mutated_rules(
        edits in prop::collection::vec((0..EXAMPLE.len(), 0..40_usize, prop::sample::select(PIECES)), 1..6),
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, length, piece) in edits {
            let end = (at + length).min(text.len());
            if let (true, true) = (text.is_char_boundary(at.min(end)), text.is_char_boundary(end)) {
                text.replace_range(at.min(end)..end, piece);
            }
        }
        check(&text);
    }

    #[test]
    fn load_never_panics_on_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        check(&format!("version: 1\nrules:\n  - when: {}", pieces.concat()));
    }

    #[test]
    fn load_never_panics_on_any_text(text in any::<String>()) {
        check(&text);
    }
}
