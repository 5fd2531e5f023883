//! Reads a file of rule tests.

use eventyard_event::json::{Number, Object, Value};

use super::{Case, Expectations, Expected, TestFile};
use crate::report::{Finding, Report};
use crate::suggest::nearest;
use crate::yaml::{self, Content, Member, Node, ReadLimits};
use crate::{Diagnostics, SourceText};

/// Reads a file of rule tests, YAML or JSON.
///
/// # Errors
/// All that is wrong in it, with places: invalid YAML (`E0001` and its like), an unknown field
/// (E0003), a field of the wrong shape or missing (E0601), `event` and `raw` both or neither
/// (E0602).
pub fn parse(file: &SourceText) -> Result<TestFile, Diagnostics> {
    let mut report = Report::new(&file.name, &file.text);
    let limits = ReadLimits { depth: 64, aliases: 100 };
    let root = yaml::read(&file.text, limits, &mut report);
    let cases = root.as_ref().map(|root| Reader { report: &mut report }.file(root));
    let findings = report.finish(root.as_ref());
    if findings.is_empty() {
        return Ok(TestFile { name: file.name.clone(), cases: cases.unwrap_or_default() });
    }
    Err(Diagnostics::new(findings, vec![file.clone()]))
}

struct Reader<'r, 'a> {
    report: &'r mut Report<'a>,
}

impl Reader<'_, '_> {
    fn file(&mut self, root: &Node) -> Vec<Case> {
        let fields = self.fields(root, "a file of rule tests", &["cases"]);
        let cases = find(fields, "cases").map(|cases| self.list(cases, "cases"));
        let Some(cases) = cases else {
            self.wrong(root, "a file of rule tests has a list `cases`");
            return Vec::new();
        };
        cases.iter().filter_map(|case| self.case(case)).collect()
    }

    fn case(&mut self, node: &Node) -> Option<Case> {
        let fields = self.fields(node, "a case", &["name", "event", "raw", "expect"]);
        let name = find(fields, "name").and_then(|name| self.text(name, "name"));
        if find(fields, "name").is_none() {
            self.wrong(node, "a case has a `name`: the sentence that it proves");
        }
        let message = self.message(node, fields);
        let expect = find(fields, "expect").map(|expect| self.expectations(expect));
        if expect.is_none() {
            self.wrong(node, "a case says what it expects under `expect`");
        }
        let place = self.report.place(&node.span);
        Some(Case { name: name?, message: message?, expect: expect?, place })
    }

    /// The message of a case: `event` with the usual attributes filled in, or `raw`.
    fn message(&mut self, case: &Node, fields: &[Member]) -> Option<String> {
        match (find(fields, "event"), find(fields, "raw")) {
            (Some(event), None) => {
                self.fields(event, "an event", &[]);
                Some(Value::Object(with_usual(event)).to_string())
            }
            (None, Some(Node { value: Content::Text(text), .. })) => Some(text.clone()),
            (None, Some(raw)) => Some(json(raw).to_string()),
            _ => {
                let message = "a case gives one of `event` and `raw`";
                self.report.push(Finding::new("E0602", case.span.clone(), message));
                None
            }
        }
    }

    fn expectations(&mut self, node: &Node) -> Expectations {
        let known = ["rules", "not", "targets", "event", "refused"];
        let fields = self.fields(node, "`expect`", &known);
        if matches!(&node.value, Content::Map(members) if members.is_empty()) {
            self.wrong(node, "`expect` is empty, so the case proves nothing");
        }
        let targets = find(fields, "targets");
        let targets = targets.map(|targets| self.fields(targets, "`targets`", &[]));
        Expectations {
            rules: find(fields, "rules").map(|rules| self.names(rules, "rules")),
            not: find(fields, "not").map(|not| self.names(not, "not")).unwrap_or_default(),
            targets: targets.unwrap_or_default().iter().map(expected).collect(),
            event: find(fields, "event").map(json),
            refused: find(fields, "refused").and_then(|refused| self.refused(refused)),
        }
    }

    fn refused(&mut self, node: &Node) -> Option<Option<String>> {
        match &node.value {
            Content::Bool(true) => Some(None),
            Content::Text(code) => Some(Some(code.clone())),
            _ => {
                self.wrong(node, "`refused` is `true`, or the code of the reason");
                None
            }
        }
    }

    /// The entries of a map; all names are known when `known` is empty.
    fn fields<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> &'n [Member] {
        let Content::Map(members) = &node.value else {
            self.wrong(node, &format!("{what} is a mapping, not {}", node.kind()));
            return &[];
        };
        let unknown =
            |member: &&Member| !known.is_empty() && !known.contains(&member.name.as_str());
        for member in members.iter().filter(unknown) {
            let message = format!("unknown field `{}` in {what}", member.name);
            let meant = nearest(&member.name, known.iter().copied());
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            let help = help.unwrap_or_else(|| format!("known are {}", known.join(", ")));
            self.report.push(Finding::new("E0003", member.name_span.clone(), message).help(help));
        }
        members
    }

    fn list<'n>(&mut self, node: &'n Node, name: &str) -> &'n [Node] {
        if let Content::List(items) = &node.value {
            return items;
        }
        self.wrong(node, &format!("`{name}` is a list, not {}", node.kind()));
        &[]
    }

    fn names(&mut self, node: &Node, name: &str) -> Vec<String> {
        if let Content::Text(one) = &node.value {
            return vec![one.clone()];
        }
        self.list(node, name).iter().filter_map(|item| self.text(item, name)).collect()
    }

    fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        if let Content::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong(node, &format!("`{name}` is text, not {}", node.kind()));
        None
    }

    fn wrong(&mut self, node: &Node, message: &str) {
        self.report.push(Finding::new("E0601", node.span.clone(), message));
    }
}

fn find<'m>(members: &'m [Member], name: &str) -> Option<&'m Node> {
    members.iter().find(|member| member.name == name).map(|member| &member.value)
}

fn expected(member: &Member) -> (String, Expected) {
    let expected = match &member.value.value {
        Content::Bool(true) => Expected::Something,
        Content::Bool(false) => Expected::Nothing,
        _ => Expected::Payload(json(&member.value)),
    };
    (member.name.clone(), expected)
}

/// The event with what a test need not write; an EventBridge envelope as it is.
fn with_usual(event: &Node) -> Object<'static> {
    let Value::Object(written) = json(event) else { return Object::default() };
    if written.get("detail-type").is_some() {
        return written;
    }
    let usual = [("specversion", "1.0"), ("id", "test"), ("source", "test"), ("type", "test")];
    let missing = usual.into_iter().filter(|(name, _)| written.get(name).is_none());
    let mut whole: Object<'static> =
        missing.map(|(name, text)| (name.into(), Value::from(text))).collect();
    for (name, value) in written.iter() {
        whole.insert(name.to_owned(), value.clone());
    }
    whole
}

/// The JSON of a node; numbers keep their digits.
fn json(node: &Node) -> Value<'static> {
    match &node.value {
        Content::Null => Value::Null,
        Content::Bool(value) => Value::Bool(*value),
        Content::Number(text) => match Number::parse(text.clone()) {
            Some(number) => Value::Number(number),
            None => Value::from(text.clone()),
        },
        Content::Text(text) => Value::from(text.clone()),
        Content::List(items) => Value::Array(items.iter().map(json).collect()),
        Content::Map(members) => Value::Object(
            members
                .iter()
                .map(|member| (member.name.clone().into(), json(&member.value)))
                .collect(),
        ),
    }
}
