//! The shape of a pattern, for checks that look at rules rather than at events.
use std::ops::Range;

use eventyard_event::json::Value;

use super::Pattern;
use super::leaf::Leaf;
use super::operator::{Case, Test};
use super::range::Comparison;

/// The fields of a pattern, and which of them must match together.
#[derive(Debug, Clone)]
pub struct PatternOutline {
    /// Every field, numbered from 0.
    pub fields: Vec<FieldOutline>,
    /// The numbers of the fields that must all match; one of these lists suffices.
    pub combinations: Vec<Vec<usize>>,
}

/// A field of a pattern with its alternatives.
#[derive(Debug, Clone)]
pub struct FieldOutline {
    /// Where it looks in the document: names joined by `.`.
    pub place: String,
    /// Its bytes in [`Pattern::text`].
    pub span: Range<usize>,
    /// The alternatives; one of them suffices.
    pub tests: Vec<TestOutline>,
    leaf: Leaf,
}

/// An alternative of a field: what it asks of one scalar.
#[derive(Debug, Clone, PartialEq)]
pub enum TestOutline {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, equal as binary64 or, beyond its range, to the letter.
    Number(f64),
    /// This string exactly.
    Text(String),
    /// A string that begins so.
    Prefix(String),
    /// A number for which each comparison holds, as binary64. Equality is written as two of them.
    Range(Vec<Bound>),
    /// Any scalar that none of these takes.
    AnythingBut(Vec<TestOutline>),
    /// Any scalar, or none at all.
    Exists(bool),
    /// Some strings; the text is one that it may take.
    Strings(String),
}

/// An end of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Whether the numbers lie above it.
    pub above: bool,
    /// Whether it is one of them.
    pub closed: bool,
    /// Where it is.
    pub value: f64,
}

impl FieldOutline {
    /// Whether one of the alternatives takes the scalar `value`.
    #[must_use]
    pub fn accepts(&self, value: &Value<'_>) -> bool {
        self.leaf.accepts(value)
    }

    /// Whether one of the alternatives takes that there is no scalar.
    #[must_use]
    pub fn takes_absence(&self) -> bool {
        self.leaf.takes_absence()
    }

    /// The same for fields that mean the same: alternatives have no order and count once.
    #[must_use]
    pub fn key(&self) -> String {
        let mut tests: Vec<String> = self.leaf.tests.iter().map(key).collect();
        tests.sort_unstable();
        tests.dedup();
        format!("{:?}: {tests:?}", self.place)
    }
}

impl Pattern {
    /// The shape of the pattern; places are those of the document, as its view has them.
    ///
    /// ```
    /// use eventyard_filter::{Pattern, View, pattern::TestOutline};
    /// let pattern = Pattern::parse_json(r#"{"detail-type":["A"]}"#, View::Event)?;
    /// let outline = pattern.outline();
    /// assert_eq!(outline.fields[0].place, "type");
    /// assert_eq!(outline.fields[0].tests, [TestOutline::Text("A".to_owned())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn outline(&self) -> PatternOutline {
        let field = |leaf: &Leaf| FieldOutline {
            place: leaf.place.clone(),
            span: leaf.span.clone(),
            tests: leaf.tests.iter().map(test).collect(),
            leaf: leaf.clone(),
        };
        PatternOutline {
            fields: self.leaves().iter().map(field).collect(),
            combinations: self.combinations().to_vec(),
        }
    }
}

fn test(test: &Test) -> TestOutline {
    match test {
        Test::Null => TestOutline::Null,
        Test::Bool(value) => TestOutline::Bool(*value),
        Test::Number(number) => TestOutline::Number(number.value),
        Test::Text(text) => TestOutline::Text(text.clone()),
        Test::Prefix(text, Case::Exact) => TestOutline::Prefix(text.clone()),
        Test::Numeric(range) => {
            let terms = range.terms.iter();
            TestOutline::Range(terms.flat_map(|(sign, at)| bounds(*sign, at.value)).collect())
        }
        Test::AnythingBut(refused) => {
            TestOutline::AnythingBut(refused.iter().map(self::test).collect())
        }
        Test::Exists(wanted) => TestOutline::Exists(*wanted),
        Test::Address(_, text)
        | Test::Prefix(text, Case::Any)
        | Test::Suffix(text, _)
        | Test::AnyCase(text) => TestOutline::Strings(text.clone()),
        Test::Wildcard(glob, _) => TestOutline::Strings(glob.pieces().concat()),
        Test::Cidr(block) => {
            let address = block.text.split('/').next().unwrap_or_default();
            TestOutline::Strings(address.to_owned())
        }
    }
}

fn bounds(comparison: Comparison, value: f64) -> Vec<Bound> {
    let bound = |above, closed| Bound { above, closed, value };
    match comparison {
        Comparison::Equal => vec![bound(true, true), bound(false, true)],
        Comparison::Less => vec![bound(false, false)],
        Comparison::LessOrEqual => vec![bound(false, true)],
        Comparison::Greater => vec![bound(true, false)],
        Comparison::GreaterOrEqual => vec![bound(true, true)],
    }
}

fn key(test: &Test) -> String {
    match test {
        // `{:?}` of a binary64 is exact; what is beyond its range compares by its text.
        Test::Number(number) if number.value.is_finite() => format!("number {:?}", number.value),
        Test::Numeric(range) => {
            let terms = range.terms.iter();
            let terms = terms.map(|(sign, bound)| format!("{} {:?}", sign.sign(), bound.value));
            format!("numeric {:?}", terms.collect::<Vec<_>>())
        }
        Test::AnythingBut(refused) => {
            let mut keys: Vec<String> = refused.iter().map(key).collect();
            keys.sort_unstable();
            keys.dedup();
            format!("anything but {keys:?}")
        }
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;

    #[track_caller]
    fn key_of(alternatives: &str) -> String {
        let text = format!(r#"{{"a":{alternatives}}}"#);
        Pattern::parse_json(&text, View::Raw).unwrap().outline().fields[0].key()
    }

    #[test]
    fn the_key_is_the_same_for_alternatives_in_any_order_and_spelling() {
        assert_eq!(key_of(r#"[1, "x", null]"#), key_of(r#"[null, "x", 1.0]"#));
        let but = |list: &str| key_of(&format!(r#"[{{"anything-but":{list}}}]"#));
        assert_eq!(but(r#"["x","y"]"#), but(r#"["y","x"]"#));
        assert_ne!(key_of(r#"["x"]"#), key_of(r#"["X"]"#));
        assert_ne!(key_of(r#"[{"prefix":"x"}]"#), key_of(r#"[{"suffix":"x"}]"#));
    }

    #[test]
    fn combinations_are_those_of_or() {
        let text = r#"{"a":["x"],"$or":[{"b":[1]},{"c":[2]}]}"#;
        let outline = Pattern::parse_json(text, View::Raw).unwrap().outline();
        assert_eq!((outline.fields.len(), outline.combinations.len()), (3, 2));
        assert!(outline.combinations.iter().all(|fields| fields.len() == 2));
    }
}
