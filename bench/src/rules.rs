//! The scaling rules and, from their definition, how many of them an event matches.
//!
//! Rule i of each kind tells a source, a type and a threshold; `source` has 1,000 values and `type` ten
//! in the events (`gen.py`).

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::engines::Text;

/// A family of rules.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Source and type.
    Ebs,
    /// And a threshold, of which there are few.
    Eb,
    /// And a threshold, of which there are 997.
    Ebk,
}

/// What one rule demands.
struct Terms {
    source: usize,
    kind: usize,
    over: Option<usize>,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ebs => "EBS",
            Self::Eb => "EB",
            Self::Ebk => "EBK",
        }
    }

    fn terms(self, rule: usize) -> Terms {
        let (source, round) = (rule % 1000, rule / 1000);
        match self {
            Self::Ebs => Terms { source, kind: round, over: None },
            Self::Eb => Terms { source, kind: round % 10, over: Some(100 * (rule / 10_000)) },
            Self::Ebk => Terms { source, kind: round % 10, over: Some(rule % 997) },
        }
    }

    /// The rule as an EventBridge pattern.
    pub fn pattern(self, rule: usize) -> String {
        let Terms { source, kind, over } = self.terms(rule);
        let total = over.map(|over| format!(r#","total":[{{"numeric":[">",{over}]}}]"#));
        let total = total.unwrap_or_default();
        format!(r#"{{"source":["s_{source}"],"detail":{{"type":["t_{kind}"]{total}}}}}"#)
    }

    /// The rule as a condition on `root` (`$`, or `@` for the loops over wrapped events).
    pub fn condition(self, rule: usize, root: char) -> String {
        let Terms { source, kind, over } = self.terms(rule);
        let total = over.map(|over| format!(" && {root}.detail.total > {over}"));
        let total = total.unwrap_or_default();
        format!("{root}.source == 's_{source}' && {root}.detail.type == 't_{kind}'{total}")
    }

    pub fn pattern_text(self, rule: usize) -> Text {
        Text::Pattern(self.pattern(rule))
    }

    pub fn when_text(self, rule: usize) -> Text {
        Text::When(self.condition(rule, '$'))
    }

    /// How many of the first `rules` rules take an event.
    pub fn hits(self, rules: usize, facts: &Facts) -> usize {
        let same_source = (facts.source..rules).step_by(1000);
        let taken = same_source.filter(|rule| {
            let terms = self.terms(*rule);
            terms.kind == facts.kind && terms.over.is_none_or(|over| facts.total > over as f64)
        });
        taken.count()
    }
}

/// What the rules read of one event, by an independent reader.
pub struct Facts {
    source: usize,
    kind: usize,
    pub total: f64,
    pub attempt: f64,
    pub quantity_most: f64,
    pub email: String,
}

/// The facts of all events.
pub fn facts(lines: &[&[u8]]) -> Result<Vec<Facts>> {
    lines.iter().map(|line| Facts::read(&serde_json::from_slice(line)?)).collect()
}

impl Facts {
    fn read(event: &Value) -> Result<Self> {
        let detail = &event["detail"];
        let number = |value: &Value| value.as_f64().context("not a number");
        let numbered = |value: &Value, prefix: &str| -> Result<usize> {
            let text = value.as_str().and_then(|text| text.strip_prefix(prefix));
            Ok(text.context("not a numbered name")?.parse()?)
        };
        let items = detail["items"].as_array().context("no items")?;
        let quantities = items.iter().filter_map(|item| item["qty"].as_f64());
        Ok(Self {
            source: numbered(&event["source"], "s_")?,
            kind: numbered(&detail["type"], "t_")?,
            total: number(&detail["total"])?,
            attempt: number(&detail["meta"]["attempt"])?,
            quantity_most: quantities.fold(0.0, f64::max),
            email: detail["customer"]["email"].as_str().context("no email")?.into(),
        })
    }
}

/// The file whose events each match a rule; with `sparse`, most match none.
pub fn events_file(rules: usize, sparse: bool) -> String {
    match rules {
        0..=10 if !sparse => "eb_hot10.jsonl".into(),
        11..=100 if !sparse => "eb_hot100.jsonl".into(),
        101..=1000 if !sparse => "eb_hot1000.jsonl".into(),
        _ => "eb.jsonl".into(),
    }
}
