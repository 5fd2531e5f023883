//! What is found in one file while it is read: findings by byte, placed when the reading is done.
use crate::diagnostic::{Diagnostic, Severity};
use crate::place::{Lines, Place, ScalarPlace};
use crate::yaml::{self, Node};
use std::ops::Range;
use std::sync::Arc;

/// Something wrong at a stretch of a file.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) code: &'static str,
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Other places that belong to it, with what they are.
    pub(crate) also: Vec<(Range<usize>, String)>,
    /// The name of a field that is not in the tree, at the end of the path.
    leaf: Option<String>,
}

impl Finding {
    pub(crate) fn new(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: None, also: Vec::new(), leaf: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A help that may be missing.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// The findings of one file.
pub(crate) struct Report<'a> {
    file: Arc<str>,
    text: &'a str,
    lines: Lines,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &str, text: &'a str) -> Self {
        Self { file: file.into(), text, lines: Lines::new(text), findings: Vec::new() }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// How many findings there are so far.
    pub(crate) fn count(&self) -> usize {
        self.findings.len()
    }

    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        self.lines.place(&self.file, self.text, span.clone())
    }

    pub(crate) fn scalar_place(&self, node: &Node) -> ScalarPlace {
        ScalarPlace { place: self.place(&node.span), style: node.style, lead: 0 }
    }

    /// Bytes of the file for `within`, bytes of the value of the scalar `node`.
    pub(crate) fn span_in(&self, node: &Node, within: Range<usize>) -> Range<usize> {
        yaml::span_in(self.text, &node.span, node.style, within)
    }

    /// A name that stands twice in a mapping; the tree has only the first.
    pub(crate) fn duplicate_field(
        &mut self,
        what: &str,
        name: &str,
        first: &Range<usize>,
        second: &Range<usize>,
    ) {
        self.duplicate(what, name, first, second);
        if let Some(finding) = self.findings.last_mut() {
            finding.leaf = Some(name.to_owned());
        }
    }

    /// The same name twice in this file.
    pub(crate) fn duplicate(
        &mut self,
        what: &str,
        name: &str,
        first: &Range<usize>,
        second: &Range<usize>,
    ) {
        let place = self.place(first);
        let message = format!("duplicate {what} `{name}` (first defined at {place})");
        let mut finding = Finding::new("E0002", second.clone(), message);
        finding.also.push((first.clone(), "first defined here".into()));
        self.push(finding);
    }

    /// The findings with their lines, columns and paths, in the order of the text.
    pub(crate) fn finish(mut self, root: Option<&Node>) -> Vec<Diagnostic> {
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by_key(|finding| finding.span.start);
        findings.into_iter().map(|finding| self.diagnostic(finding, root)).collect()
    }

    /// The field at a finding; empty for the file as a whole.
    fn path(&self, finding: &Finding, root: Option<&Node>) -> String {
        let Some(root) = root.filter(|_| finding.span != (0..0)) else { return String::new() };
        let path = root.path_at(finding.span.start);
        match &finding.leaf {
            Some(leaf) if path.is_empty() => leaf.clone(),
            Some(leaf) => format!("{path}.{leaf}"),
            None => path,
        }
    }

    /// Whether something of that code stands at `span` already.
    pub(crate) fn has(&self, code: &str, span: &Range<usize>) -> bool {
        self.findings.iter().any(|finding| finding.code == code && finding.span == *span)
    }

    fn diagnostic(&self, finding: Finding, root: Option<&Node>) -> Diagnostic {
        let place = self.place(&finding.span);
        let path = self.path(&finding, root);
        let mut diagnostic =
            Diagnostic::new(finding.code, Severity::Error, finding.message, &place).with_path(path);
        diagnostic.help = finding.help;
        for (span, what) in finding.also {
            diagnostic = diagnostic.with_secondary(self.place(&span), what);
        }
        diagnostic
    }
}
