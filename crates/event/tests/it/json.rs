//! The reader against its vectors.

use eventyard_event::{Limits, json};

use crate::vectors::{Case, bytes, cases};

#[test]
fn every_text_is_read_or_refused_as_its_vector_says() {
    cases("json").iter().for_each(check);
}

#[track_caller]
fn check(case: &Case) {
    let input = bytes(&case.input);
    let read = match json::parse(&input, &Limits::default()) {
        Err(error) => {
            return case.check_refusal(error.code(), Some(error.offset), &error.to_string());
        }
        Ok(read) => read,
    };
    assert_eq!(case.error(), None, "{} was read", case.name);
    if let Some(kind) = case.expect.get("kind") {
        assert_eq!(read.root.kind_name(), kind, "kind of {}", case.name);
    }
    if let Some(value) = case.expect.get("value") {
        assert_eq!(&read.root.to_string(), value, "value of {}", case.name);
    }
    let duplicates = case.expect.get("duplicates").map_or(0, |n| n.as_u64().unwrap());
    assert_eq!(u64::from(read.duplicates), duplicates, "duplicates of {}", case.name);
}

#[test]
fn an_object_may_have_10_000_members_and_no_more() {
    let object = |n: usize| {
        let members: Vec<String> = (0..n).map(|n| format!("\"k{n}\":{n}")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(json::parse(object(10_000).as_bytes(), &Limits::default()).is_ok());
    let refused = json::parse(object(10_001).as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(refused.code(), "E0508");
    assert!(refused.to_string().starts_with("object has more than 10,000 members at byte "));
}

#[test]
fn no_limits_let_the_reader_recurse_without_bound() {
    let limits = Limits { depth: u32::MAX, ..Limits::default() };
    let deep = "[".repeat(100_000);
    assert_eq!(json::parse(deep.as_bytes(), &limits).unwrap_err().code(), "E0005");
}
