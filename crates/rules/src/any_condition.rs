//! Random conditions and documents over few names and values, so that they meet.

use proptest::prelude::*;

/// The paths that the conditions use.
pub(crate) const PATHS: [&str; 5] = ["$.a", "$.b", "$.b.c", "$['a'][0]", "$.type"];
const LITERALS: [&str; 7] = ["1", "2.0", "3e0", "'x'", "'y'", "true", "null"];
const OPERATORS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// A condition.
pub(crate) fn condition() -> impl Strategy<Value = String> {
    let path = || prop::sample::select(PATHS.to_vec());
    let literal = || prop::sample::select(LITERALS.to_vec());
    let operator = || prop::sample::select(OPERATORS.to_vec());
    let atom = prop_oneof![
        4 => (path(), operator(), literal()).prop_map(|(p, o, l)| format!("{p} {o} {l}")),
        1 => (literal(), operator(), path()).prop_map(|(l, o, p)| format!("{l} {o} {p}")),
        1 => (literal(), operator(), literal()).prop_map(|(l, o, r)| format!("{l} {o} {r}")),
        2 => (path(), operator(), path()).prop_map(|(l, o, r)| format!("{l} {o} {r}")),
        2 => path().prop_map(str::to_owned),
        1 => path().prop_map(|path| format!("!{path}")),
        1 => Just("$".to_owned()),
        1 => path().prop_map(|path| format!("match({path}, 'x')")),
        1 => path().prop_map(|path| format!("count({path}[*]) > 0")),
        1 => path().prop_map(|path| format!("$.b[?@ == {path} || @.c]")),
    ];
    atom.prop_recursive(3, 10, 4, |inner| {
        let some = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some().prop_map(|parts| format!("({})", parts.join(" && "))),
            some().prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.clone().prop_map(|part| format!("!({part})")),
        ]
    })
}

/// A document: some of the members `a`, `b` and `type`, as JSON by name.
pub(crate) fn members() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let scalar = || prop::sample::select(vec!["1", "2", "3.0", "\"x\"", "\"y\"", "true", "null"]);
    let value = || {
        prop_oneof![
            3 => scalar().prop_map(str::to_owned),
            1 => scalar().prop_map(|value| format!("[{value}]")),
            1 => scalar().prop_map(|value| format!(r#"{{"c":{value}}}"#)),
        ]
    };
    let member =
        |name: &'static str| prop::option::of(value().prop_map(move |value| (name, value)));
    (member("a"), member("b"), member("type"))
        .prop_map(|(a, b, event_type)| [a, b, event_type].into_iter().flatten().collect())
}

/// The JSON text of such members.
pub(crate) fn document(members: &[(&str, String)]) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
