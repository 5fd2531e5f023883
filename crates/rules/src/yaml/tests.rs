use super::*;
use crate::report::Report;
use proptest::prelude::*;

const LIMITS: ReadLimits = ReadLimits { depth: 64, aliases: 100 };

fn tree(text: &str) -> Option<Node> {
    read(text, LIMITS, &mut Report::new("test.yaml", text))
}

/// Every byte of the scalar's value comes from a place that holds it, or from a fold or an escape.
fn check_scalar(text: &str, node: &Node) {
    let Content::Text(value) = &node.value else { return };
    let raw = text.get(node.span.clone()).unwrap();
    let units = align::units(raw, node.style);
    // What is chomped from the end of a block has no counterpart in the value.
    assert!(units.len() >= value.trim_end_matches('\n').len(), "{raw:?} {value:?} {units:?}");
    for (at, character) in value.char_indices() {
        let Some(unit) = units.get(at) else { break };
        let written = raw.get(unit.clone()).unwrap();
        let is_escape = written.starts_with('\\') || written == "''";
        let is_fold = written.trim().is_empty();
        assert!(
            written.starts_with(character) || is_escape || (is_fold && " \n".contains(character)),
            "{character:?} of {value:?} from {written:?} in {raw:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_character_of_a_scalar_is_where_it_is_said_to_be(
        style in prop::sample::select(vec!["|", "|-", "|+", ">", ">-", ">+", "", "'", "\""]),
        pieces in prop::collection::vec(
            prop::sample::select(vec!["a", "b c", "ä", "😀", "  x", "\n  ", "\n  ", "\n\n  ", "\n    ", "''", "\\n", "\\u00e4", "\\\n  ", "  ", "\t"]),
            0..12,
        ),
        crlf in any::<bool>(),
    ) {
        let body: String = pieces.concat();
        let text = match style {
            "'" | "\"" => format!("k: {style}{body}{style}\n"),
            "" => format!("k: x{body}\n"),
            block => format!("k: {block}\n  {body}\n"),
        };
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        if let Some(Node { value: Content::Map(members), .. }) = tree(&text) {
            members.iter().for_each(|member| check_scalar(&text, &member.value));
        }
    }
}

#[test]
fn names_and_values_know_their_bytes() {
    let text = "a: [1, 'x']\nb:\n  c: &n |\n    text\n  d: *n\n";
    let root = tree(text).unwrap();
    let Content::Map(members) = &root.value else { panic!() };
    assert_eq!(&text[members[0].name_span.clone()], "a");
    assert_eq!(&text[members[0].value.span.clone()], "[1, 'x']");
    let Content::Map(inner) = &members[1].value.value else { panic!() };
    assert_eq!(inner[0].value.value, Content::Text("text\n".into()));
    assert_eq!(inner[0].value.value, inner[1].value.value);
    assert!(inner[0].value.anchored && !inner[1].value.anchored);
    assert_eq!(root.path_at(text.find("'x'").unwrap()), "a[1]");
    assert_eq!(root.path_at(text.find("text").unwrap()), "b.c");
}

#[test]
fn aliases_count_again_inside_copies() {
    let text =
        |uses: usize| format!("a: &a [1]\nb: &b [*a, *a]\nc: [{}]\n", vec!["*b"; uses].join(", "));
    // Two in b, and three for each use of b.
    assert!(tree(&text(32)).is_some());
    assert!(tree(&text(33)).is_none());
}

#[test]
fn copies_have_a_bound_of_their_own() {
    let text = format!("a: &a \"{}\"\nb: [*a, *a]\n", "x".repeat(60_000));
    assert!(tree(&text).is_none());
    assert!(tree(&text.replace(", *a", "")).is_some());
}

#[test]
fn a_block_of_white_space_only_keeps_its_columns() {
    let text = "k: |\r\n  \t\r\n  \t\r\n";
    let Content::Map(members) = tree(text).unwrap().value else { panic!() };
    check_scalar(text, &members[0].value);
    assert_eq!(members[0].value.value, Content::Text("\t\n\t\n".into()));
}
