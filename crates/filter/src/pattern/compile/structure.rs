//! The maps of a pattern: fields, maps inside maps, and `$or`.
use std::fmt::Write as _;

use super::{Alternative, COMBINATIONS_MAX, DEPTH_MAX, LEAVES_MAX, field};
use crate::pattern::leaf::Leaf;
use crate::pattern::node::{Member, PatternNode, Spanned, quoted};
use crate::pattern::{PatternError, View};

const OR: &str = "$or";

/// What cannot be a field name inside `$or`, because EventBridge would take it for an operator.
const RESERVED: [&str; 25] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "html",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// Which fields must match together; one of them suffices.
type Combinations = Vec<Vec<usize>>;

/// The pattern as far as it has been read.
pub(super) struct Structure {
    view: View,
    pub text: String,
    pub leaves: Vec<Leaf>,
    pub alternatives: Vec<Alternative>,
    /// The names of the maps around the place that is read.
    names: Vec<String>,
    /// How many `$or`s are around it.
    ors: usize,
}

impl Structure {
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            text: String::new(),
            leaves: Vec::new(),
            alternatives: Vec::new(),
            names: Vec::new(),
            ors: 0,
        }
    }

    /// Reads the whole pattern.
    pub(super) fn map(
        &mut self,
        members: &[Member],
        at: usize,
    ) -> Result<Combinations, PatternError> {
        self.members(members, at, vec![Vec::new()])
    }

    /// Reads the members of a map; each narrows the `combinations` so far.
    fn members(
        &mut self,
        members: &[Member],
        at: usize,
        mut combinations: Combinations,
    ) -> Result<Combinations, PatternError> {
        if members.is_empty() {
            let help = "leave the field out, or give it a list of values";
            return Err(PatternError::new(at, "Empty objects are not allowed").help(help));
        }
        self.check_depth(at)?;
        self.text.push('{');
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            combinations = match member.name.as_str() {
                OR => self.or(&member.value, combinations)?,
                _ => self.member(member, combinations)?,
            };
        }
        self.text.push('}');
        Ok(combinations)
    }

    fn check_depth(&self, at: usize) -> Result<(), PatternError> {
        if self.names.len().saturating_add(self.ors) < DEPTH_MAX {
            return Ok(());
        }
        Err(PatternError::limit(at, format!("nesting deeper than {DEPTH_MAX}")))
    }

    fn member(
        &mut self,
        member: &Member,
        combinations: Combinations,
    ) -> Result<Combinations, PatternError> {
        let name = &member.name;
        if self.ors > 0 && RESERVED.contains(&name.as_str()) {
            let reason =
                format!("{name} is Ruler reserved fieldName which cannot be used inside {OR}.");
            let help = format!("inside `{OR}` stand fields: `<field>: [{{ {name}: … }}]`");
            return Err(PatternError::new(member.name_at, reason).help(help));
        }
        match &member.value.node {
            PatternNode::Map(members) => {
                self.write_name(name);
                self.names.push(name.clone());
                let combinations = self.members(members, member.value.at, combinations)?;
                self.names.pop();
                Ok(combinations)
            }
            PatternNode::List(values) => self.field(member, values, combinations),
            scalar => {
                let reason = format!("\"{name}\" must be an object or an array");
                let help = format!("write the value in a list: `[{scalar}]`");
                Err(PatternError::new(member.value.at, reason).help(help))
            }
        }
    }

    /// Reads a field, which every combination so far gets.
    fn field(
        &mut self,
        member: &Member,
        values: &[Spanned],
        mut combinations: Combinations,
    ) -> Result<Combinations, PatternError> {
        let path = self.path(&member.name);
        let has_path = |number: &usize| self.leaves.get(*number).is_some_and(|l| l.path == path);
        if combinations.iter().flatten().any(has_path) {
            let reason = format!("Path `{path}` cannot be allowed multiple times");
            let help = "EventBridge would silently keep only the last; write the field once, with \
                        all its values in one list (inside `$or`: in each alternative)";
            return Err(PatternError::new(member.name_at, reason).help(help));
        }
        let tests = field::tests(values, member.value.at, &member.name)?;
        if self.leaves.len() >= LEAVES_MAX {
            let reason = format!("pattern has more than {LEAVES_MAX} fields");
            return Err(PatternError::limit(member.name_at, reason));
        }
        let start = self.text.len();
        self.write_name(&member.name);
        self.write(&member.value);
        for combination in &mut combinations {
            combination.push(self.leaves.len());
        }
        let place = self.view.locate(&path);
        self.leaves.push(Leaf { path, place, tests, span: start..self.text.len() });
        Ok(combinations)
    }

    /// Reads the list of an `$or`, which multiplies the combinations.
    fn or(
        &mut self,
        list: &Spanned,
        combinations: Combinations,
    ) -> Result<Combinations, PatternError> {
        let help =
            "write `$or` with a list of two or more patterns: `$or: [{ a: [1] }, { b: [2] }]`";
        let refuse = |at, reason: &str| Err(PatternError::new(at, reason).help(help));
        let PatternNode::List(items) = &list.node else {
            return refuse(list.at, "It must be an Array followed with $or.");
        };
        self.write_name(OR);
        self.text.push('[');
        self.ors = self.ors.saturating_add(1);
        let mut multiplied = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let PatternNode::Map(members) = &item.node else {
                return refuse(
                    item.at,
                    "Only JSON object is allowed in array of $or relationship.",
                );
            };
            if index > 0 {
                self.text.push(',');
            }
            multiplied.extend(self.alternative(members, item.at, combinations.clone())?);
            check_combinations(multiplied.len(), list.at)?;
        }
        if items.len() < 2 {
            return refuse(list.at, "There must have at least 2 Objects in $or relationship.");
        }
        self.ors = self.ors.saturating_sub(1);
        self.text.push(']');
        Ok(multiplied)
    }

    fn alternative(
        &mut self,
        members: &[Member],
        at: usize,
        combinations: Combinations,
    ) -> Result<Combinations, PatternError> {
        let (start, first) = (self.text.len(), self.leaves.len());
        let combinations = self.members(members, at, combinations)?;
        let (span, leaves) = (start..self.text.len(), first..self.leaves.len());
        self.alternatives.push(Alternative { span, leaves });
        Ok(combinations)
    }

    fn path(&self, name: &str) -> String {
        let names = self.names.iter().map(String::as_str);
        names.chain([name]).collect::<Vec<_>>().join(".")
    }

    fn write_name(&mut self, name: &str) {
        // Writing to a string does not fail.
        let _ = quoted(name, &mut self.text);
        self.text.push(':');
    }

    fn write(&mut self, value: &Spanned) {
        let _ = write!(self.text, "{value}");
    }
}

fn check_combinations(count: usize, at: usize) -> Result<(), PatternError> {
    if count <= COMBINATIONS_MAX {
        return Ok(());
    }
    let reason = format!("`$or` multiplies out to more than {COMBINATIONS_MAX} combinations");
    let help =
        "use lists of values instead of `$or` where the field is the same, or split the rule";
    Err(PatternError::limit(at, reason).help(help))
}
