//! Binary content mode against its vectors.

use eventyard_event::{Limits, decode};

use crate::vectors::{Case, bytes, cases};

#[test]
fn every_request_is_an_event_or_refused_as_its_vector_says() {
    cases("binary").iter().for_each(check);
}

#[track_caller]
fn check(case: &Case) {
    let headers = case.input["headers"].as_array().unwrap().iter();
    let headers = headers.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
    let content_type = case.input["content_type"].as_str();
    let body = bytes(&case.input["body"]);
    match decode::binary(headers, content_type, &body, &Limits::default()) {
        Err(error) => case.check_refusal(error.code(), error.offset, &error.to_string()),
        Ok(event) => {
            assert_eq!(case.error(), None, "{} is an event", case.name);
            assert_eq!(event.document(), case.expect["document"], "{}", case.name);
            let count = |name| case.expect.get(name).map_or(0, |n| n.as_u64().unwrap());
            assert_eq!(u64::from(event.hops()), count("hops"), "hops of {}", case.name);
            assert_eq!(u64::from(event.duplicates()), count("duplicates"), "{}", case.name);
        }
    }
}
