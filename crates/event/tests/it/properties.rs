//! What holds for every text, value and number, not only for those in the vectors.

use std::cmp::Ordering;

use eventyard_event::decode::{Decoded, Received, decode};
use eventyard_event::{Event, Limits, json};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value as Theirs;

/// Any JSON value with numbers that serde_json holds exactly.
fn any_json() -> impl Strategy<Value = Theirs> {
    let leaf = prop_oneof![
        Just(Theirs::Null),
        any::<bool>().prop_map(Theirs::from),
        any::<i64>().prop_map(Theirs::from),
        any::<u64>().prop_map(Theirs::from),
        // Sixteenths: serde_json misreads some longer fractions by the last bit.
        any::<i32>().prop_map(|n| Theirs::from(f64::from(n) / 16.0)),
        any::<String>().prop_map(Theirs::from),
    ];
    leaf.prop_recursive(5, 40, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Theirs::from),
            btree_map(any::<String>(), inner, 0..20)
                .prop_map(|members| Theirs::Object(members.into_iter().collect())),
        ]
    })
}

/// A text near JSON: a JSON text with one stretch replaced by fragments of the grammar.
fn near_json() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\\"),
        Just("\\u"),
        Just("d800"),
        Just("\\udc00"),
        Just("0"),
        Just("-"),
        Just("1.5"),
        Just("e"),
        Just("+"),
        Just("."),
        Just("true"),
        Just("nul"),
        Just("\"a\""),
        Just(" "),
        Just("\n"),
        Just("\u{1}"),
        Just("é"),
        Just("🚂"),
        Just("\u{feff}"),
    ];
    let fragments = vec(fragment, 0..8).prop_map(|parts| parts.concat());
    (any_json(), fragments, any::<prop::sample::Index>(), 0..4_usize).prop_map(
        |(value, fragments, at, cut)| {
            let mut chars: Vec<char> = value.to_string().chars().collect();
            let at = at.index(chars.len() + 1);
            chars.splice(at..(at + cut).min(chars.len()), fragments.chars());
            chars.into_iter().collect()
        },
    )
}

/// A number in any form JSON allows, with an exponent that both readers hold.
fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?",
        "-?(0|[1-9][0-9]{0,40})(\\.0{0,3}[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?",
        "-?[1-9]0{0,20}(\\.0{1,20})?(e-?[0-9])?",
    ]
}

fn parse(text: &str) -> Result<json::Document<'_>, json::JsonError> {
    json::parse(text.as_bytes(), &Limits::default())
}

/// Whether two readers saw one value. Numbers may differ by what serde_json rounds wrongly.
fn alike(ours: &json::Value<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (json::Value::Number(ours), Theirs::Number(theirs)) => {
            let (ours, theirs) = (ours.as_f64(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= theirs.abs() * 1e-15
        }
        (json::Value::Array(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| alike(a, b))
        }
        (json::Value::Object(ours), Theirs::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(a, b)| a.0 == b.0 && alike(a.1, b.1))
        }
        (ours, theirs) => *ours == json::Value::from(theirs.clone()),
    }
}

/// The obvious way to compare: write both out as integers over 10^160, padded to one length.
fn reference(left: &str, right: &str) -> Ordering {
    let whole = |text: &str| -> (bool, Vec<u8>) {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let lower = text.to_ascii_lowercase();
        let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i64 = exponent.parse().unwrap();
        let zeros = 160 + exponent - i64::try_from(fraction.len()).unwrap();
        let digits = format!("{integer}{fraction}{}", "0".repeat(usize::try_from(zeros).unwrap()));
        let padded = format!("{digits:0>400}").into_bytes();
        let is_zero = padded.iter().all(|digit| *digit == b'0');
        (negative && !is_zero, padded)
    };
    match (whole(left), whole(right)) {
        ((false, left), (false, right)) => left.cmp(&right),
        ((true, left), (true, right)) => right.cmp(&left),
        ((false, _), (true, _)) => Ordering::Greater,
        ((true, _), (false, _)) => Ordering::Less,
    }
}

proptest! {
    #[test]
    fn what_serde_json_writes_reads_as_the_same_value(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let ours = parse(&text).unwrap();
            prop_assert_eq!(ours.duplicates, 0);
            prop_assert_eq!(&ours.root, &json::Value::from(value.clone()));
            let back: Theirs = serde_json::from_str(&ours.root.to_string()).unwrap();
            prop_assert_eq!(&back, &value);
        }
    }

    #[test]
    fn exactly_what_serde_json_takes_is_taken(text in near_json()) {
        let theirs = serde_json::from_str::<Theirs>(&text);
        match parse(&text) {
            Ok(ours) => match theirs {
                Ok(theirs) => prop_assert!(alike(&ours.root, &theirs), "{text:?}"),
                // What it cannot hold as a float it refuses, and says so; we hold it.
                Err(error) => {
                    prop_assert!(error.to_string().contains("out of range"), "{text:?}: {error}");
                }
            },
            Err(error) => {
                prop_assert!(theirs.is_err(), "refused: {text:?}: {error}");
                prop_assert!(error.offset <= text.len());
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_inside_them(bytes in vec(any::<u8>(), 0..64)) {
        if let Err(error) = json::parse(&bytes, &Limits::default()) {
            prop_assert!(error.offset <= bytes.len());
        }
        let valid = serde_json::from_slice::<Theirs>(&bytes).is_ok();
        prop_assert_eq!(json::parse(&bytes, &Limits::default()).is_ok(), valid);
    }

    #[test]
    fn numbers_are_ordered_as_the_obvious_way_orders_them(a in any_number(), b in any_number()) {
        let (left, right) = (json::Number::parse(&*a).unwrap(), json::Number::parse(&*b).unwrap());
        prop_assert_eq!(left.cmp(&right), reference(&a, &b), "{} against {}", a, b);
        prop_assert_eq!(left == right, reference(&a, &b) == Ordering::Equal);
    }

    #[test]
    fn a_number_equals_its_other_forms(
        digits in "[1-9][0-9]{0,12}", shift in 0..20_usize, negative in any::<bool>(),
    ) {
        let sign = if negative { "-" } else { "" };
        let plain = format!("{sign}{digits}{}", "0".repeat(shift));
        for form in [format!("{plain}.000"), format!("{sign}{digits}e{shift}"), format!("{sign}{digits}0E{}", shift as i64 - 1)] {
            let (a, b) = (json::Number::parse(&*plain).unwrap(), json::Number::parse(&*form).unwrap());
            prop_assert_eq!(&a, &b);
            prop_assert_eq!(a.is_integer(), b.is_integer());
            prop_assert_eq!(a.as_i64(), plain.parse().ok());
            prop_assert_eq!(b.as_i64(), plain.parse().ok());
        }
    }

    #[test]
    fn every_member_is_found_and_duplicates_settle_as_serde_json_settles_them(
        members in vec(("[a-f]{1,2}", 0..9_i64), 0..60),
    ) {
        let written: Vec<_> = members.iter().map(|(name, n)| format!("\"{name}\":{n}")).collect();
        let text = format!("{{{}}}", written.join(","));
        let ours = parse(&text).unwrap();
        let theirs: serde_json::Map<String, Theirs> = serde_json::from_str(&text).unwrap();
        let object = ours.root.as_object().unwrap();
        prop_assert_eq!(object.len() + ours.duplicates as usize, members.len());
        prop_assert_eq!(ours.root.to_string(), serde_json::to_string(&theirs).unwrap());
        for (name, _) in &members {
            prop_assert_eq!(object.get(name), Some(&json::Value::from(theirs[name].clone())));
        }
    }

    #[test]
    fn encoding_an_event_and_decoding_it_gives_the_same_event(
        id in "[ -~é🚂]{1,20}", source in "[a-z/:\\\\\"]{1,10}", subject in "[ -~]{1,10}",
        hops in 0..100_u32, data in any_json(),
    ) {
        let built = Event::builder(&id, &source, "T")
            .subject(&subject)
            .data(&json::Value::from(data.clone()))
            .build(&Limits::default())
            .unwrap()
            .with_hops(hops);
        prop_assert_eq!((built.id(), built.source()), (id.as_str(), source.as_str()));
        prop_assert_eq!((built.subject(), built.hops()), (Some(subject.as_str()), hops));
        let root = built.root();
        prop_assert_eq!(root.get("data"), Some(&json::Value::from(data)));
        let mut decoded = decode(&Received::new(built.document().as_bytes()), &Limits::default());
        match decoded.pop() {
            Some(Ok(Decoded::Event(event))) => {
                prop_assert_eq!(event.digest(), built.digest());
                prop_assert_eq!(event, built);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn any_json_is_decoded_without_a_crash(value in any_json()) {
        let text = value.to_string();
        let results = decode(&Received::new(text.as_bytes()), &Limits::default());
        prop_assert!(results.len() == 1 || text == "[]");
    }
}
