//! The golden vectors in `vectors/pattern/`: what each operator takes, leaves and refuses.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use eventyard_filter::{Pattern, View};
use serde_json::Value as Json;

use super::document;

/// All vectors with the name of their file.
fn vectors() -> Vec<(String, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/pattern");
    let mut vectors = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a text");
        let list: Vec<Json> = serde_json::from_str(&text).expect("a list");
        vectors.extend(list.into_iter().map(|vector| (file.clone(), vector)));
    }
    assert!(vectors.len() > 300, "{} vectors", vectors.len());
    vectors
}

fn view(vector: &Json) -> View {
    if vector["view"] == "event" { View::Event } else { View::Raw }
}

/// The pattern as text; `text` is for what serde_json would not keep as written.
fn text(vector: &Json) -> String {
    vector["text"].as_str().map_or_else(|| vector["pattern"].to_string(), ToOwned::to_owned)
}

#[test]
fn every_vector_is_answered_as_written() {
    let mut wrong = Vec::new();
    for (file, vector) in vectors() {
        let answer = match Pattern::parse_json(&text(&vector), view(&vector)) {
            Err(error) => error.reason,
            Ok(pattern) => {
                let event = vector["event"].to_string();
                let matches = pattern.matches(&document(&event));
                if matches { "match".to_owned() } else { "no match".to_owned() }
            }
        };
        let expected = match vector["expect"].as_str() {
            Some("refused") => vector["reason"].as_str(),
            other => other,
        };
        if expected != Some(answer.as_str()) {
            wrong.push(format!("{file}: {}: {answer}", vector["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refusal_says_the_way_out_and_the_place_inside_a_text() {
    for (file, vector) in vectors().into_iter().filter(|(_, v)| v["expect"] == "refused") {
        let name = format!("{file}: {}", vector["name"]);
        let error = Pattern::parse_json(&text(&vector), view(&vector)).expect_err(&name);
        let help = error.help.expect(&name);
        if let Some(wanted) = vector["help"].as_str() {
            assert_eq!(help, wanted, "{name}");
        }
        assert_eq!(error.within.map(|at| at as u64), vector["within"].as_u64(), "{name}");
    }
}

#[test]
fn the_explanation_of_every_vector_has_the_verdict_of_the_match() {
    for (file, vector) in vectors() {
        let Ok(pattern) = Pattern::parse_json(&text(&vector), view(&vector)) else { continue };
        let event = vector["event"].to_string();
        let explanation = pattern.explain(&document(&event));
        let name = format!("{file}: {}", vector["name"]);
        assert_eq!(explanation.matched, vector["expect"] == "match", "{name}");
        assert!(explanation.matched || explanation.clauses.iter().any(|c| !c.holds), "{name}");
        assert!(!explanation.matched || explanation.clauses.iter().all(|c| !c.decisive), "{name}");
    }
}

#[test]
fn every_operator_has_a_vector_that_matches_one_that_does_not_and_one_that_is_refused() {
    let operators = [
        "exactly",
        "prefix",
        "suffix",
        "equals-ignore-case",
        "wildcard",
        "anything-but",
        "numeric",
        "cidr",
        "exists",
        "$or",
    ];
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (_, vector) in vectors() {
        for operator in operators {
            if text(&vector).contains(&format!("\"{operator}\":")) {
                *seen.entry((operator, vector["expect"].to_string())).or_default() += 1;
            }
        }
    }
    for operator in operators {
        for expect in ["\"match\"", "\"no match\"", "\"refused\""] {
            assert!(seen.contains_key(&(operator, expect.to_owned())), "{operator}: {expect}");
        }
    }
}

#[test]
fn no_two_vectors_of_a_file_have_one_name() {
    let mut names: Vec<String> =
        vectors().iter().map(|(file, vector)| format!("{file}: {}", vector["name"])).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}
