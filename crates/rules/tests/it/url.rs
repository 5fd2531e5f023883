//! The golden vectors of URLs with paths in them, and that no event chooses the host.
use crate::support::{json, vectors};
use eventyard_rules::UrlTemplate;
use proptest::prelude::*;

const EVENT: &str = r#"{"id":"7","type":"OrderPlaced","data":{"n":8.50,"yes":true,"bad":"a/b?c=d&e#f %","crlf":"a\r\nX: 1","unit":"m/s²","plain":"A-z_0.9~","list":[1,2],"empty":"","null":null,"up":"..","dot":".","host":"evil.example"}}"#;

#[test]
fn every_vector_has_its_url_its_error_or_its_refusal() {
    let event = json(EVENT);
    for vector in vectors(include_str!("../../vectors/url.json")) {
        let name = vector.text("name");
        match UrlTemplate::parse(vector.text("url")) {
            Err(error) => assert_eq!(Some(error.code), vector.maybe("refused"), "{name}: {error}"),
            Ok(url) => match url.render(&event) {
                Ok(url) => assert_eq!(Some(url.as_str()), vector.maybe("result"), "{name}"),
                Err(error) => {
                    assert_eq!(Some(error.to_string().as_str()), vector.maybe("error"), "{name}");
                }
            },
        }
    }
}

#[test]
fn credentials_are_not_in_the_message() {
    let error = UrlTemplate::parse("https://user:hunter2@h.example/").unwrap_err();
    assert!(!format!("{error} {:?}", error.help).contains("hunter2"));
}

proptest! {
    #[test]
    fn no_event_changes_host_port_or_the_number_of_segments(value in "\\PC{1,20}|[./\\\\@:%]{1,6}") {
        let event = serde_json::json!({ "v": value }).to_string();
        let event = json(&event);
        let template = UrlTemplate::parse("https://h.example:8443/a/<$.v>/b?q=<$.v>&r=1").unwrap();
        if let Ok(text) = template.render(&event) {
            let url = url::Url::parse(&text).unwrap();
            prop_assert_eq!(url.host_str(), Some("h.example"));
            prop_assert_eq!(url.port(), Some(8443));
            prop_assert_eq!(url.path_segments().unwrap().count(), 3);
            prop_assert_eq!(url.query_pairs().count(), 2);
            prop_assert_eq!(url.fragment(), None);
            // What the client sends is what we wrote.
            prop_assert_eq!(url.as_str(), text);
        }
    }
}
