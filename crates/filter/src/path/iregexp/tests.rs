//! What is and is not an I-Regexp (RFC 9485 §4), and what it then matches.
use super::*;

#[track_caller]
fn accepts(pattern: &str, matches: &[&str], others: &[&str]) {
    let regex = compile(pattern, true).unwrap_or_else(|e| panic!("{pattern}: {e:?}"));
    assert!(
        matches.iter().all(|text| regex.is_match(text)),
        "{pattern} refuses one of {matches:?}"
    );
    assert!(!others.iter().any(|text| regex.is_match(text)), "{pattern} takes one of {others:?}");
}

#[track_caller]
fn refuses(pattern: &str, what: &str, at: Range<usize>) {
    let error = compile(pattern, true).expect_err(pattern);
    assert_eq!(error.code, "E0103", "{pattern}");
    assert_eq!(error.message, format!("not an I-Regexp ({what})"), "{pattern}");
    assert_eq!(error.at, at, "{pattern}");
}

#[test]
fn branches_pieces_and_groups_mean_what_they_say() {
    accepts("", &[""], &["a"]);
    accepts("a|bc|", &["a", "bc", ""], &["abc", "c"]);
    accepts("(a|b)*c", &["c", "abbac"], &["abcx"]);
    accepts("a{0}b{2,}", &["bb", "bbb"], &["abb", "b"]);
    accepts("()", &[""], &["x"]);
}

#[test]
fn a_dot_is_any_character_but_line_ends() {
    accepts(".", &["a", "😀", "\u{2028}", "\u{85}"], &["\n", "\r", ""]);
}

#[test]
fn what_the_regex_crate_would_read_otherwise_stands_for_itself() {
    accepts("a-b,/:<=>~&#@%!\"'_`; ", &["a-b,/:<=>~&#@%!\"'_`; "], &["a"]);
    accepts("[a&&b~~]", &["&"], &["x"]);
}

#[test]
fn every_ascii_character_that_is_allowed_bare_stands_for_itself_alone() {
    for c in (0..128_u8).map(char::from).filter(|c| !"()*+.?[\\]{|}^$".contains(*c)) {
        let others: Vec<String> =
            (0..128_u8).map(char::from).filter(|o| *o != c).map(String::from).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).chain([""]).collect();
        accepts(&c.to_string(), &[&c.to_string()], &others);
        if c != '-' {
            accepts(&format!("[{c}]"), &[&c.to_string()], &others);
            accepts(&format!("[!{c}]"), &[&c.to_string(), "!"], &["", "\u{80}"]);
        }
    }
}

#[test]
fn classes_take_ranges_escapes_and_categories() {
    accepts("[a-c\\-x]", &["b", "-", "x"], &["d"]);
    accepts("[^a-c]", &["d", "\n"], &["a"]);
    accepts("[^^]", &["a"], &["^"]);
    accepts("[a^]", &["^"], &["b"]);
    accepts("[.*+?(){}|$]", &[".", "*", "$", "{"], &["a"]);
    accepts("[\\[\\]]", &["[", "]"], &["\\"]);
    accepts("[\\p{Nd}\\P{L}]", &["5", "-", "٣"], &["a"]);
}

#[test]
fn malformed_classes_are_refused() {
    refuses("[--a]", "unescaped `-` in a class", 2..3);
    refuses("[a--]", "unescaped `-` in a class", 3..4);
    refuses("[\\p{L}-z]", "unescaped `-` in a class", 6..7);
    refuses("[^]", "empty class", 2..3);
    refuses("[[a]]", "class inside a class", 1..2);
    refuses("[b-a]", "range with its bounds reversed", 1..4);
    refuses("[a-\\p{L}]", "range that ends with a category", 1..8);
    refuses("[a", "`[` without `]`", 0..1);
    refuses("[\\w]", "`\\w`", 1..3);
}

#[test]
fn other_flavours_are_refused_by_name() {
    refuses("a(?=b)", "look-around", 1..4);
    refuses("(?<!b)a", "look-around", 0..3);
    refuses("(?<n>a)", "named group", 0..3);
    refuses("(?>a)", "atomic group", 0..3);
    refuses("(?x)a b", "flags", 0..3);
    refuses("(a)\\1", "backreference", 3..5);
    refuses("\\x41", "character code", 0..2);
    refuses("\\Aa", "anchor", 0..2);
    refuses("\\p{Latin}", "unknown character category", 0..2);
    refuses("\\pL", "unknown character category", 0..2);
    refuses("\\/", "unknown escape", 0..2);
    refuses("a{2}?", "lazy quantifier", 4..5);
    refuses("a?+", "possessive quantifier", 2..3);
    refuses("a{2}{3}", "two quantifiers", 4..5);
}

#[test]
fn unbalanced_and_misplaced_signs_are_refused() {
    refuses("a)|(b", "`)` without `(`", 1..2);
    refuses("((a)", "`(` without `)`", 0..1);
    refuses("a]", "unescaped `]`", 1..2);
    refuses("{2}", "unescaped `{`", 0..1);
    refuses("|*", "nothing to repeat", 1..2);
    refuses("a{x}", "malformed repetition", 1..3);
    refuses("a{2", "malformed repetition", 1..3);
    refuses("a\\", "`\\` at the end", 1..2);
}

#[test]
fn limits_are_refused_by_their_own_code() {
    let code = |pattern: &str| compile(pattern, false).map_err(|error| error.code).err();
    assert_eq!(code(&"a".repeat(1000)), None);
    assert_eq!(code(&"a".repeat(1001)), Some("E0104"));
    assert_eq!(code(&format!("{}a{}", "(".repeat(32), ")".repeat(32))), None);
    assert_eq!(code(&format!("{}a{}", "(".repeat(33), ")".repeat(33))), Some("E0104"));
    assert_eq!(code("(((a{99}){99}){99}){99}"), Some("E0104"));
    assert_eq!(code("\\p{L}{500}"), Some("E0104"));
    assert_eq!(code("a{4294967296}"), Some("E0104"));
}
