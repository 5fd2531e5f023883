use std::cmp::Ordering;

use super::{Number, Object, Value, parse};
use crate::Limits;

fn read(text: &str) -> Value<'_> {
    parse(text.as_bytes(), &Limits::default()).unwrap().root
}

#[track_caller]
fn check_order(left: &str, right: &str, expected: Ordering) {
    let (a, b) = (Number::parse(left).unwrap(), Number::parse(right).unwrap());
    assert_eq!(a.cmp(&b), expected, "{left} against {right}");
    assert_eq!(b.cmp(&a), expected.reverse(), "{right} against {left}");
    assert_eq!(a == b, expected == Ordering::Equal, "{left} == {right}");
}

#[test]
fn numbers_are_equal_by_exact_value() {
    for (left, right) in [
        ("1", "1.0"),
        ("1", "1e0"),
        ("1", "10e-1"),
        ("100", "1E+2"),
        ("0", "-0"),
        ("0", "0.000e9"),
        ("-0.0", "0e-5"),
        ("0.001", "1e-3"),
        ("123456789012345678901234567890", "1.2345678901234567890123456789e29"),
        ("1e999999", "10e999998"),
    ] {
        check_order(left, right, Ordering::Equal);
    }
}

#[test]
fn numbers_that_binary64_confuses_are_told_apart() {
    for (less, more) in [
        ("9007199254740992", "9007199254740993"),
        ("0.1", "0.1000000000000000055511151231257827"),
        ("0", "1e-400"),
        ("1e400", "1e401"),
        ("-1e401", "-1e400"),
        ("18446744073709551615", "18446744073709551616"),
        ("-2", "-1"),
        ("-1", "0"),
        ("0.09", "0.1"),
        ("99", "100"),
        ("1.5", "1.51"),
        ("-1.51", "-1.5"),
    ] {
        check_order(less, more, Ordering::Less);
    }
}

#[test]
fn integers_are_recognised_by_value_not_by_form() {
    for (text, expected) in [
        ("2", Some(2)),
        ("2.0", Some(2)),
        ("20e-1", Some(2)),
        ("-0", Some(0)),
        ("0e10", Some(0)),
        ("1e3", Some(1000)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("2.5", None),
        ("1e-1", None),
        ("1e999999", None),
    ] {
        assert_eq!(Number::parse(text).unwrap().as_i64(), expected, "{text}");
    }
    assert!(Number::parse("1e999999").unwrap().is_integer());
    assert!(!Number::parse("15e-1").unwrap().is_integer());
    assert_eq!(Number::parse("18446744073709551615").unwrap().as_u64(), Some(u64::MAX));
    assert_eq!(Number::parse("-1").unwrap().as_u64(), None);
    assert_eq!(Number::parse("-0").unwrap().as_u64(), Some(0));
}

#[test]
fn only_a_whole_number_parses_as_one() {
    for text in ["", " 1", "1 ", "+1", "01", ".5", "1.", "1e", "0x1", "NaN", "1,2", "1e1000000"] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
    assert_eq!(Number::parse("-1.50e+2").unwrap().as_str(), "-1.50e+2");
}

#[test]
fn objects_are_equal_without_regard_to_order() {
    assert_eq!(read(r#"{"a":1,"b":[2]}"#), read(r#"{"b":[2.0],"a":1e0}"#));
    assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":null}"#));
    assert_ne!(read("[1,2]"), read("[2,1]"));
}

#[test]
fn the_last_of_equal_names_counts_at_the_place_of_the_first() {
    // Beyond sixteen members another way of searching takes over; both must agree.
    for padding in [0, 40] {
        let filler: String = (0..padding).map(|n| format!(r#""k{n}":{n},"#)).collect();
        let text = format!(r#"{{"a":1,{filler}"b":2,"a":3,"b":4,"a":5}}"#);
        let document = parse(text.as_bytes(), &Limits::default()).unwrap();
        let object = document.root.as_object().unwrap();
        assert_eq!(document.duplicates, 3);
        assert_eq!(object.len(), padding + 2);
        assert_eq!(object.iter().next().unwrap().0, "a");
        assert_eq!(object.get("a"), Some(&Value::from(5)));
        assert_eq!(object.get("b"), Some(&Value::from(4)));
        assert_eq!(object.get("c"), None);
    }
}

#[test]
fn inserted_members_are_found_at_every_size() {
    let mut object = Object::default();
    for n in (0..50).rev() {
        assert_eq!(object.insert(format!("k{n}"), Value::from(n)), None);
        assert_eq!(object.get(&format!("k{n}")), Some(&Value::from(n)));
    }
    assert_eq!(object.insert("k7", Value::Null), Some(Value::from(7)));
    assert_eq!(object.len(), 50);
    assert!((0..50).filter(|n| *n != 7).all(|n| object.get(&format!("k{n}")).is_some()));
}

#[test]
fn escaped_and_plain_names_are_one_name() {
    let document = parse(br#"{"\u0061":1,"a":2}"#, &Limits::default()).unwrap();
    assert_eq!((document.root.to_string().as_str(), document.duplicates), (r#"{"a":2}"#, 1));
}

#[test]
fn strings_without_escapes_borrow_from_the_text() {
    let borrowed = |text| match read(text) {
        Value::String(std::borrow::Cow::Borrowed(_)) => true,
        Value::String(std::borrow::Cow::Owned(_)) => false,
        other => panic!("{other:?}"),
    };
    assert!(borrowed(r#""grüße, 🚂 and more""#));
    assert!(!borrowed(r#""gr\u00fc\u00dfe""#));
}

#[test]
fn written_text_reads_as_the_same_value() {
    let text = "{\"a\\\"\\\\\":[\"\\n\\u0001\\u001f/é\u{7f}🚂\",1.50,-0e+2,true,null,{}]}";
    let value = read(text);
    assert_eq!(read(&value.to_string()), value);
    assert!(value.to_string().contains("1.50,-0e+2"));
}

#[test]
fn serde_sees_numbers_as_written() {
    let value = read(r#"{"n": 123456789012345678901234567890.10}"#);
    let text = serde_json::to_string(&value).unwrap();
    assert_eq!(text, r#"{"n":123456789012345678901234567890.10}"#);
}
