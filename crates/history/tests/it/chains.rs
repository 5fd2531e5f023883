//! Which event caused which.

use eventyard_event::{Event, Limits};
use eventyard_history::chain::Chain;

fn event(id: &str, cause: Option<&str>, correlation: Option<&str>) -> Event {
    let member = |name: &str, value: Option<&str>| {
        value.map(|value| format!(r#","{name}":"{value}""#)).unwrap_or_default()
    };
    let (cause, correlation) = (member("causationid", cause), member("correlationid", correlation));
    let document = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"T"{cause}{correlation}}}"#
    );
    Event::from_document(document.as_bytes(), &Limits::default()).unwrap()
}

#[track_caller]
fn check(chain: &Chain, expected: &[(usize, &str)]) {
    let links: Vec<_> = chain.links().iter().map(|l| (l.depth, l.event.id().to_owned())).collect();
    let expected: Vec<_> = expected.iter().map(|(d, id)| (*d, (*id).to_owned())).collect();
    assert_eq!(links, expected);
}

#[test]
fn each_event_stands_behind_its_cause_and_strangers_are_left_out() {
    let mut chain = Chain::new("order", None);
    assert!(chain.look(event("order", None, None)));
    assert!(chain.look(event("payment", Some("order"), None)));
    assert!(chain.look(event("mail", Some("order"), None)));
    assert!(!chain.look(event("other", Some("elsewhere"), None)));
    assert!(!chain.look(event("stranger", None, None)));
    assert!(chain.look(event("shipment", Some("payment"), None)));
    check(&chain, &[(0, "order"), (1, "payment"), (2, "shipment"), (1, "mail")]);
}

#[test]
fn events_of_the_same_correlation_belong_to_it_whatever_caused_them() {
    let mut chain = Chain::new("order", Some("c-1"));
    chain.look(event("order", None, Some("c-1")));
    assert!(chain.look(event("call", Some("unknown"), Some("c-1"))));
    assert!(!chain.look(event("other", None, Some("c-2"))));
    assert!(chain.look(event("answer", Some("call"), None)));
    check(&chain, &[(0, "order"), (0, "call"), (1, "answer")]);
}

#[test]
fn a_ring_of_causes_and_an_event_that_caused_itself_come_to_an_end() {
    let mut chain = Chain::new("a", Some("c"));
    chain.look(event("a", Some("b"), Some("c")));
    chain.look(event("b", Some("a"), Some("c")));
    chain.look(event("self", Some("self"), Some("c")));
    check(&chain, &[(0, "self"), (0, "a"), (1, "b")]);
}
