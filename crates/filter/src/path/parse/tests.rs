//! The direct way builds what jsonpath-rust's own parser builds, over generated, damaged and chosen
//! texts; the compiled form is a function of that tree and of the scan.
use super::{direct, general_atom, general_query, mask, tokens_in};
use crate::path::{lex, scan};
use generator::{Generator, ROOT};

#[path = "../../../tests/it/generator.rs"]
#[allow(dead_code, reason = "documents are for the tests of the evaluator")]
mod generator;

/// How many atoms the text has; every one is the same both ways.
#[track_caller]
fn check_condition(text: &str) -> usize {
    let Ok(scan) = scan::condition(text) else { return 0 };
    let masked = mask(text, &scan.numbers);
    let mut atoms = 0;
    let compared = scan.tree.map(&mut |span| {
        atoms += 1;
        let direct = direct::atom(text, tokens_in(&scan.tokens, span));
        let general = general_atom(&masked, span);
        if direct.as_ref() == general.as_ref().ok() { Ok(()) } else { Err((direct, general)) }
    });
    compared.unwrap_or_else(|(direct, general)| panic!("{text}\n{direct:?}\n{general:?}"));
    atoms
}

#[track_caller]
fn check_query(text: &str) -> bool {
    let Ok(scan) = scan::query(text) else { return false };
    let masked = mask(text, &scan.numbers);
    let direct = direct::query(&masked, &lex::tokens(&masked).unwrap());
    assert_eq!(direct, general_query(&masked).ok(), "{text}");
    direct.is_some()
}

#[test]
fn generated_conditions_are_the_same_both_ways() {
    let mut generator = Generator::new(71_003);
    let atoms: usize =
        (0..4_000).map(|_| check_condition(&generator.filter(3).replace(ROOT, "$"))).sum();
    assert!(atoms > 4_000, "{atoms} atoms");
}

#[test]
fn generated_queries_are_the_same_both_ways() {
    let mut generator = Generator::new(4_711);
    let accepted =
        (0..4_000).filter(|_| check_query(&generator.whole_query(2).replace(ROOT, "$"))).count();
    assert!(accepted > 3_000, "{accepted} accepted");
}

#[test]
fn damaged_texts_are_the_same_both_ways() {
    let mut generator = Generator::new(90_210);
    let mut atoms = 0;
    for _ in 0..8_000 {
        let mut chars: Vec<char> = generator.filter(2).replace(ROOT, "$").chars().collect();
        let piece = generator.pick(&[
            " ", "\t", "\n", ".", "..", "[", "]", "(", ")", "?", "@", "$", "!", "==", "'", "\"",
            "\\", ",", ":", "*", "-", "0", "1e", "a", "true", "null", "length(", "é", "[*]",
        ]);
        let at = generator.below(chars.len() + 1);
        chars.splice(at..at, piece.chars());
        atoms += check_condition(&chars.into_iter().collect::<String>());
    }
    assert!(atoms > 1_000, "{atoms} atoms");
}

#[test]
fn chosen_conditions_are_the_same_both_ways() {
    let texts = [
        "$",
        "@",
        "! $.a",
        "!( $.a || !$.b ) && ( ($.c) )",
        "1 == $.a",
        "-0 < 1e400",
        "$ .a [0] == @ ['b']\t.c",
        "$[ 'a' ]",
        "$.a[ 1 : 2 : -1 , * ,\n'x', ?@ ]",
        "$[::] || $[:1] || $[1:] || $[::2]",
        "$..*[?!(@.a && (@.b || @..c))]",
        r#"$['\u0061\uD83D\uDE00\/\b\f\n\r\t\\\''] == "\"'""#,
        "'\u{7f}\u{a0}' != null",
        "match( $.a , 'x\\\\.y' ) && !search($.b, \"\")",
        "length(value($..a)) >= count(@.*)",
        "$.true == true && $.null == null && $.length == false",
        "$.größe.日本 == '\u{10ffff}'",
        "$[9007199254740991] == $[-9007199254740991]",
    ];
    for text in texts {
        assert!(check_condition(text) > 0, "{text}");
    }
}
