//! The golden vectors of `transform`, and what holds for every transform.
use crate::support::{json, tree, vectors};
use eventyard_event::Limits;
use eventyard_event::json::parse;
use eventyard_rules::{Template, Transform};
use proptest::prelude::*;

const EVENT: &str = r#"{"specversion":"1.0","id":"7","source":"shop","type":"Order<Placed>","data":{"sku":"chair-4","total":129.90,"big":9007199254740993,"paid":true,"coupon":null,"note":"","tags":["wood","indoor"],"address":{"zip":"1010"},"quote":"say \"hi\"\n"}}"#;

#[test]
fn every_vector_gives_exactly_its_body() {
    let event = json(EVENT);
    for vector in vectors(include_str!("../../vectors/transform.json")) {
        let transform = Transform::compile(&tree(vector.get("transform").unwrap()))
            .unwrap_or_else(|errors| panic!("{}: {errors:?}", vector.text("name")));
        assert_eq!(transform.render(&event), vector.text("body"), "{}", vector.text("name"));
    }
}

#[test]
fn every_refused_vector_has_its_code_and_place() {
    for vector in vectors(include_str!("../../vectors/transform-refused.json")) {
        let name = vector.text("name");
        let errors = Transform::compile(&tree(vector.get("transform").unwrap())).unwrap_err();
        let [error] = errors.as_slice() else { panic!("{name}: {errors:?}") };
        assert_eq!(error.code, vector.text("code"), "{name}: {error:?}");
        let span = format!("[{},{}]", error.span.start, error.span.end);
        assert_eq!(span, vector.get("span").unwrap().to_string(), "{name}: {error:?}");
    }
}

#[test]
fn all_errors_of_a_transform_are_reported_with_their_nodes() {
    let errors = Transform::compile(&tree(&json(r#"{"a":"$5","b":["<$.x","fine"]}"#))).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), ["E0211", "E0210"]);
}

proptest! {
    #[test]
    fn a_rendered_transform_is_json(
        text in "[a-z<>$.'\\\\\" é\n]{0,20}",
        value in "\\PC{0,20}",
    ) {
        let event = format!(r#"{{"a":{}}}"#, serde_json::to_string(&value).unwrap());
        let event = json(&event);
        let shape = json(&serde_json::to_string(&serde_json::json!([text, "<$.a>", "$.a"])).unwrap())
            .into_owned();
        if let Ok(transform) = Transform::compile(&tree(&shape)) {
            let body = transform.render(&event);
            let read = parse(body.as_bytes(), &Limits::default()).unwrap();
            prop_assert_eq!(read.root.index(1).unwrap().as_str(), Some(value.as_str()));
            prop_assert_eq!(read.root.index(2), read.root.index(1));
        }
    }

    #[test]
    fn a_text_escaped_as_documented_renders_as_itself(text in "[a-z<$.>\\\\]{0,16}") {
        let mut escaped = String::new();
        for character in text.chars() {
            if character == '<' {
                // Backslashes that stand before it double, and one more takes its meaning.
                let run = escaped.len() - escaped.trim_end_matches('\\').len();
                escaped.extend(std::iter::repeat_n('\\', run + 1));
            }
            escaped.push(character);
        }
        let template = Template::parse(&escaped).unwrap();
        prop_assert_eq!(template.as_text(), Some(text.as_str()));
    }
}
