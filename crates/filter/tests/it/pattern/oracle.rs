//! A second, naive answer for small patterns, written against AWS's description alone: the event as a
//! flat list of fields, the pattern as a list of rules without `$or`, and all choices tried.
use serde_json::Value;

/// A scalar of the event: its joined path, its value, and the element of each array around it.
struct Field<'e> {
    path: String,
    value: &'e Value,
    elements: Vec<(usize, usize)>,
}

/// Whether the pattern, which must be a valid one, matches.
pub fn matches(pattern: &Value, event: &Value) -> bool {
    let mut fields = Vec::new();
    flatten(event, "", &mut Vec::new(), &mut 0, &mut fields);
    event.is_object()
        && rules(pattern, "").iter().any(|rule| {
            let mut rule = rule.clone();
            rule.sort_by(|left, right| left.0.cmp(&right.0));
            choose(&rule, &fields, &[])
        })
}

fn flatten<'e>(
    value: &'e Value,
    path: &str,
    elements: &mut Vec<(usize, usize)>,
    arrays: &mut usize,
    fields: &mut Vec<Field<'e>>,
) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(value, &path, elements, arrays, fields);
            }
        }
        Value::Array(list) => {
            *arrays += 1;
            let array = *arrays;
            for (index, value) in list.iter().enumerate() {
                let scalar = !value.is_array() && !value.is_object();
                if !scalar {
                    elements.push((array, index));
                }
                flatten(value, path, elements, arrays, fields);
                if !scalar {
                    elements.pop();
                }
            }
        }
        value => fields.push(Field { path: path.to_owned(), value, elements: elements.clone() }),
    }
}

/// The pattern without `$or`: each rule is a list of paths with their alternatives.
fn rules<'p>(pattern: &'p Value, path: &str) -> Vec<Vec<(String, &'p Vec<Value>)>> {
    let mut rules = vec![Vec::new()];
    for (name, value) in pattern.as_object().expect("a map") {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let narrowed: Vec<Vec<_>> = match value {
            Value::Array(list) if name == "$or" => {
                list.iter().flat_map(|pattern| self::rules(pattern, path)).collect()
            }
            Value::Array(list) => vec![vec![(inner, list)]],
            map => self::rules(map, &inner),
        };
        rules = rules
            .iter()
            .flat_map(|rule| narrowed.iter().map(move |more| [rule.clone(), more.clone()].concat()))
            .collect();
    }
    rules
}

fn choose(rule: &[(String, &Vec<Value>)], fields: &[Field<'_>], chosen: &[(usize, usize)]) -> bool {
    let Some(((path, tests), rest)) = rule.split_first() else { return true };
    let fitting: Vec<&Field<'_>> = fields
        .iter()
        .filter(|field| field.path == *path)
        .filter(|field| {
            let clashes = |(array, index): &(usize, usize)| {
                chosen.iter().any(|(other, at)| other == array && at != index)
            };
            !field.elements.iter().any(clashes)
        })
        .collect();
    if fitting.is_empty() {
        let absent = tests.iter().any(|test| test["exists"] == Value::Bool(false));
        return absent && choose(rest, fields, chosen);
    }
    fitting.iter().any(|field| {
        tests.iter().any(|test| passes(test, field.value))
            && choose(rest, fields, &[chosen, field.elements.as_slice()].concat())
    })
}

/// The operators that the generated patterns use.
fn passes(test: &Value, value: &Value) -> bool {
    let Some((operator, wanted)) = test.as_object().and_then(|map| map.iter().next()) else {
        return same(test, value);
    };
    let list = |wanted: &Value| wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
    match operator.as_str() {
        "exists" => wanted == &Value::Bool(true),
        "prefix" => starts(wanted, value),
        "anything-but" => match wanted.get("prefix") {
            Some(prefixes) => !list(prefixes).iter().any(|prefix| starts(prefix, value)),
            None => !list(wanted).iter().any(|wanted| same(wanted, value)),
        },
        "numeric" => value.as_f64().is_some_and(|value| match (&wanted[0], wanted[1].as_f64()) {
            (Value::String(sign), Some(bound)) if sign == ">" => value > bound,
            (Value::String(sign), Some(bound)) if sign == "<=" => value <= bound,
            _ => panic!("not generated: {wanted}"),
        }),
        other => panic!("not generated: {other}"),
    }
}

fn starts(prefix: &Value, value: &Value) -> bool {
    let (prefix, value) = (prefix.as_str(), value.as_str());
    value.is_some_and(|value| prefix.is_some_and(|prefix| value.starts_with(prefix)))
}

fn same(wanted: &Value, value: &Value) -> bool {
    match (wanted, value) {
        (Value::Number(wanted), Value::Number(value)) => wanted.as_f64() == value.as_f64(),
        _ => wanted == value,
    }
}
