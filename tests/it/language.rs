//! Every example of `rules/RULES.md` and of the README is run: what they say holds, holds.
//!
//! The info string of a fenced block says what is in it: `json event` is the event that the next blocks are about,
//! `text holds` and `text fails` have one `when` on each line, `text refused` has a `when` and the code it is refused
//! with, `json pattern holds|fails|refused` has one pattern on each line, `yaml rules` is a whole rules file that
//! loads, `text explained` is what `eventyard explain` prints of the condition above it, `yaml refused CODE` is one that does not load, and `yaml tests` are rule tests of the rules file above them.

use eventyard_event::{Event, Limits, json};
use eventyard_filter::{Condition, Pattern, View};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, testing};
use eventyard_tests::command;

struct Block<'a> {
    kind: &'a str,
    text: &'a str,
    line: usize,
}

/// The fenced blocks of a Markdown text.
fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize, usize)> = None;
    let mut offset = 0;
    for (number, line) in markdown.split_inclusive('\n').enumerate() {
        if let Some(info) = line.trim_end().strip_prefix("```") {
            open = match open {
                None => Some((info, offset + line.len(), number + 2)),
                Some((kind, start, line)) => {
                    found.push(Block { kind, text: &markdown[start..offset], line });
                    None
                }
            };
        }
        offset += line.len();
    }
    found
}

/// What the examples of one text are judged by, and how many there were.
struct Judge {
    file: &'static str,
    event: Option<String>,
    rules: Option<RuleSet>,
    condition: String,
    examples: usize,
}

impl Judge {
    #[track_caller]
    fn run(file: &'static str) -> usize {
        let markdown = std::fs::read_to_string(command::root().join(file)).unwrap();
        let mut judge =
            Self { file, event: None, rules: None, condition: String::new(), examples: 0 };
        for block in blocks(&markdown) {
            judge.block(&block);
        }
        judge.examples
    }

    fn block(&mut self, block: &Block<'_>) {
        match block.kind {
            "json event" => self.event = Some(canonical(block.text)),
            "text holds" => self.conditions(block, true),
            "text fails" => self.conditions(block, false),
            "text refused" => self.refused_conditions(block),
            "json pattern holds" => self.patterns(block, true),
            "json pattern fails" => self.patterns(block, false),
            "json pattern refused" => self.refused_patterns(block),
            "yaml rules" => self.rules(block, None),
            "yaml tests" => self.rule_tests(block),
            "text explained" => self.explained(block),
            kind => {
                if let Some(code) = kind.strip_prefix("yaml refused ") {
                    self.rules(block, Some(code));
                }
            }
        }
    }

    fn lines<'b>(&mut self, block: &Block<'b>) -> Vec<(String, &'b str)> {
        let lines = block.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let lines: Vec<_> =
            lines.map(|(n, line)| (format!("{}:{}", self.file, block.line + n), line)).collect();
        self.examples += lines.len();
        lines
    }

    fn conditions(&mut self, block: &Block<'_>, wanted: bool) {
        let event = self.event.clone().expect("an event stands above");
        let document = json::parse(event.as_bytes(), &Limits::default()).unwrap();
        for (place, line) in self.lines(block) {
            line.clone_into(&mut self.condition);
            let condition =
                Condition::parse(line).unwrap_or_else(|e| panic!("{place}: `{line}`: {e}"));
            assert_eq!(condition.matches(&document.root), wanted, "{place}: {line}");
            assert_eq!(
                condition.explain(&document.root).matched,
                wanted,
                "{place}: explain of {line}"
            );
        }
    }

    fn refused_conditions(&mut self, block: &Block<'_>) {
        for (place, line) in self.lines(block) {
            let (text, code) = line.rsplit_once("# ").expect("a code behind `# `");
            let error = Condition::parse(text.trim_end())
                .err()
                .unwrap_or_else(|| panic!("{place}: accepted"));
            assert_eq!(error.code, code, "{place}: {error}");
        }
    }

    fn patterns(&mut self, block: &Block<'_>, wanted: bool) {
        let event = self.event.clone().expect("an event stands above");
        let document = json::parse(event.as_bytes(), &Limits::default()).unwrap();
        for (place, line) in self.lines(block) {
            let pattern =
                Pattern::parse_json(line, View::Event).unwrap_or_else(|e| panic!("{place}: {e}"));
            assert_eq!(pattern.matches(&document.root), wanted, "{place}: {line}");
            assert_eq!(
                pattern.explain(&document.root).matched,
                wanted,
                "{place}: explain of {line}"
            );
        }
    }

    fn refused_patterns(&mut self, block: &Block<'_>) {
        for (place, line) in self.lines(block) {
            assert!(Pattern::parse_json(line, View::Event).is_err(), "{place}: accepted: {line}");
        }
    }

    fn rules(&mut self, block: &Block<'_>, refused: Option<&str>) {
        self.examples += 1;
        let place = format!("{}:{}", self.file, block.line);
        let text = SourceText { name: place.clone(), text: block.text.to_owned() };
        match (eventyard_rules::load(&[text], &LoadOptions::default()), refused) {
            (Ok(rules), None) => self.rules = Some(rules),
            (Ok(_), Some(code)) => panic!("{place}: loads, and should be refused with {code}"),
            (Err(diagnostics), None) => panic!("{place}:\n{}", diagnostics.render(false)),
            (Err(diagnostics), Some(code)) => {
                let text = diagnostics.render(false);
                assert!(text.contains(&format!("[{code}]")), "{place}: wanted {code}:\n{text}");
            }
        }
    }
}

impl Judge {
    fn rule_tests(&mut self, block: &Block<'_>) {
        let rules = self.rules.as_ref().expect("rules stand above");
        let text = SourceText::new(format!("{}:{}", self.file, block.line), block.text);
        let tests = testing::parse(&text).unwrap_or_else(|e| panic!("{}", e.render(false)));
        for result in testing::run(rules, &tests) {
            self.examples += 1;
            let failures: Vec<_> = result.failures.iter().map(ToString::to_string).collect();
            assert!(result.passed(), "{}: {}:\n{}", text.name, result.name, failures.join("\n"));
        }
    }
}

impl Judge {
    /// The command's own words, but for the line that names the rule.
    fn explained(&mut self, block: &Block<'_>) {
        self.examples += 1;
        let folder = tempfile::tempdir().unwrap();
        let rules = format!(
            "version: 1\ntargets: {{ q: {{ sqs: {{ queue: q }} }} }}\nrules:\n  - name: r\n    when: |\n      {}\n    to: q\n",
            self.condition
        );
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        std::fs::write(folder.path().join("rules/r.yaml"), rules).unwrap();
        let event = self.event.as_deref().expect("an event stands above");
        let said = command::stdout_of(folder.path(), &["explain", "-"], event.as_bytes()).unwrap();
        let (_, clauses) = said.split_once('\n').unwrap();
        assert_eq!(clauses.trim_end(), block.text.trim_end(), "{}:{}", self.file, block.line);
    }
}

fn canonical(text: &str) -> String {
    let event = Event::from_document(text.as_bytes(), &Limits::default()).unwrap();
    event.document().to_owned()
}

#[test]
fn every_example_of_the_language_does_what_it_says() {
    let examples = Judge::run("rules/RULES.md");
    assert!(
        examples >= 75,
        "only {examples} examples were found: has the form of the blocks changed?"
    );
}

#[test]
fn every_rule_of_the_readme_does_what_it_says() {
    let examples = Judge::run("README.md");
    assert!(
        examples >= 6,
        "only {examples} examples were found: has the form of the blocks changed?"
    );
}
