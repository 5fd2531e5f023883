//! The rules in force, and how often each has applied.

use crate::operation::Operation;
use crate::rule::Rule;

/// The rules in force.
#[derive(Debug, Default)]
pub struct RuleBook {
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    fitting: u64,
    applied: u64,
}

impl RuleBook {
    /// Rules that have not applied yet.
    pub fn new(rules: Vec<Rule>) -> Self {
        let rules = rules.into_iter().map(|rule| Counted { rule, fitting: 0, applied: 0 });
        Self { rules: rules.collect() }
    }

    /// The first rule that applies to a request, and its place.
    pub fn choose(&mut self, operation: &Operation, body: &[u8]) -> Option<(usize, Rule)> {
        let mut rules = self.rules.iter_mut().enumerate();
        let (place, chosen) = rules.find_map(|(place, counted)| {
            counted.applies(operation, body).then_some((place, counted))
        })?;
        Some((place, chosen.rule.clone()))
    }

    /// How often the rule at a place has applied.
    pub fn applied(&self, place: usize) -> u64 {
        self.rules.get(place).map_or(0, |counted| counted.applied)
    }
}

impl Counted {
    fn applies(&mut self, operation: &Operation, body: &[u8]) -> bool {
        let spent = self.rule.times.is_some_and(|times| self.applied >= times);
        if spent || !fits(&self.rule, operation, body) {
            return false;
        }
        self.fitting += 1;
        let applies = self.rule.probability.is_none_or(|share| chance(self.fitting) < share);
        self.applied += u64::from(applies);
        applies
    }
}

fn fits(rule: &Rule, operation: &Operation, body: &[u8]) -> bool {
    let is = |wanted: &Option<String>, found: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
    };
    let contains = |text: &String| {
        text.is_empty() || body.windows(text.len()).any(|part| part == text.as_bytes())
    };
    is(&rule.service, &operation.service)
        && is(&rule.operation, &operation.name)
        && is(&rule.region, &operation.region)
        && rule.contains.as_ref().is_none_or(contains)
}

/// A number in 0..1 that looks random and is the same each time (splitmix64).
fn chance(n: u64) -> f64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let top = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default();
    f64::from(top) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Protocol;

    fn put_item() -> Operation {
        Operation {
            service: "dynamodb".into(),
            name: "PutItem".into(),
            region: "eu-west-1".into(),
            protocol: Protocol::Json,
        }
    }

    fn book(rules: &str) -> RuleBook {
        RuleBook::new(serde_json::from_str(rules).unwrap())
    }

    #[test]
    fn a_rule_applies_as_often_as_it_says_and_the_next_one_then() {
        let mut book =
            book(r#"[{"service":"dynamodb","times":2},{"operation":"PutItem","delay":1}]"#);
        let places: Vec<_> = (0..4).map(|_| book.choose(&put_item(), b"{}").unwrap().0).collect();
        assert_eq!(places, [0, 0, 1, 1]);
        assert_eq!((book.applied(0), book.applied(1)), (2, 2));
    }

    #[test]
    fn what_a_rule_names_must_fit() {
        for rule in [
            r#"[{"service":"sqs"}]"#,
            r#"[{"operation":"GetItem"}]"#,
            r#"[{"region":"us-east-1"}]"#,
            r#"[{"contains":"orders"}]"#,
        ] {
            assert!(book(rule).choose(&put_item(), b"{\"q\":\"parts\"}").is_none(), "{rule}");
        }
        assert!(book(r#"[{"contains":"orders"}]"#).choose(&put_item(), b"x orders y").is_some());
    }

    #[test]
    fn a_share_of_the_calls_is_about_that_share() {
        let mut book = book(r#"[{"probability":0.3}]"#);
        let hits = (0..1000).filter(|_| book.choose(&put_item(), b"").is_some()).count();
        assert!((250..350).contains(&hits), "{hits}");
    }
}
