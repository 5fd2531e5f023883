//! From the parser's events to a tree, within limits.
use super::{Block, Content, Member, Node, Style, fault, names, scalar};
use crate::report::{Finding, Report};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// What a file may ask of us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadLimits {
    /// Lists and mappings within each other.
    pub(crate) depth: usize,
    /// Aliases, those inside an alias's copy counted again.
    pub(crate) aliases: usize,
}

/// Values and bytes of text that aliases may copy in one file.
const COPIED_MAX: usize = 100_000;

/// The findings are in the report, and reading cannot go on.
struct Stop;

/// The one document in `text`. None when reading had to end early; the report says why.
pub(crate) fn read<'a>(text: &'a str, limits: ReadLimits, report: &mut Report<'a>) -> Option<Node> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.disallow_directives = true;
    options.flow_nesting_limit = limits.depth;
    options.block_nesting_limit = limits.depth;
    let parser = Parser::new_from_str_with_options(text, options);
    Builder::new(text, limits, report).build(parser).ok().flatten()
}

struct Builder<'a, 'r> {
    text: &'a str,
    limits: ReadLimits,
    report: &'r mut Report<'a>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    aliases: usize,
    copied: usize,
    documents: usize,
    root: Option<Node>,
}

/// A list or mapping that is being read.
struct Frame {
    start: usize,
    anchor: usize,
    aliases_before: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    /// The entries, and the name whose value comes next.
    Map(Vec<Member>, Option<(String, Range<usize>)>),
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    /// Aliases inside it.
    aliases: usize,
}

impl<'a, 'r> Builder<'a, 'r> {
    fn new(text: &'a str, limits: ReadLimits, report: &'r mut Report<'a>) -> Self {
        Self {
            text,
            limits,
            report,
            stack: Vec::new(),
            anchors: HashMap::new(),
            aliases: 0,
            copied: 0,
            documents: 0,
            root: None,
        }
    }

    fn build(mut self, parser: Parser<'a, StrInput<'a>>) -> Result<Option<Node>, Stop> {
        for next in parser {
            let (event, span) = next.map_err(|error| self.scan_error(&error))?;
            self.event(event, &span)?;
        }
        Ok(self.root)
    }

    fn event(&mut self, event: Event<'a>, span: &Span) -> Result<(), Stop> {
        let bytes = span.byte_range().unwrap_or_default();
        match event {
            Event::DocumentStart(..) => self.document(bytes),
            Event::Scalar(value, style, anchor, tag) => {
                self.tag(tag.as_deref(), span, &bytes);
                let style = self.style(style, span, &value);
                let text_tag = tag.is_some();
                self.scalar(value, style, anchor, bytes, text_tag)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.tag(tag.as_deref(), span, &bytes);
                self.open(Inside::List(Vec::new()), anchor, bytes)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.tag(tag.as_deref(), span, &bytes);
                self.open(Inside::Map(Vec::new(), None), anchor, bytes)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes),
            Event::Alias(anchor) => self.alias(anchor, bytes),
            _ => Ok(()),
        }
    }

    fn style(&self, style: ScalarStyle, span: &Span, value: &str) -> Style {
        let block = || {
            let raw = span.slice(self.text).unwrap_or_default();
            let blank = blank_lines(value).saturating_sub(blank_lines(raw));
            Block { indent: span.indent.unwrap_or(span.start.col()), blank }
        };
        match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal(block()),
            ScalarStyle::Folded => Style::Folded(block()),
        }
    }

    fn stop(&mut self, finding: Finding) -> Stop {
        self.report.push(finding);
        Stop
    }

    fn scan_error(&mut self, error: &ScanError) -> Stop {
        let at = error.marker().byte_offset().unwrap_or_default();
        if fault::is_nesting(error) {
            return self.too_deep(at);
        }
        // The parser stops after a tab that it refuses.
        let before = self.text.get(..at).unwrap_or_default();
        let at = if fault::is_tab(error) && before.ends_with('\t') { at - 1 } else { at };
        let width = self.text.get(at..).and_then(|rest| rest.chars().next());
        let span = at..at + width.filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let mut finding = Finding::new("E0001", span, fault::message(error));
        finding.help = fault::help(error).map(str::to_owned);
        self.stop(finding)
    }

    fn too_deep(&mut self, at: usize) -> Stop {
        let message = format!("nesting deeper than {} at byte {at}", self.limits.depth);
        self.stop(Finding::new("E0005", at..at + 1, message))
    }

    fn document(&mut self, bytes: Range<usize>) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let message = "invalid YAML: more than one document in a file";
        Err(self.stop(Finding::new("E0001", bytes, message).help("put each into its own file")))
    }

    /// Rules files have no use for tags, but plain text that begins with `!` becomes one.
    fn tag(&mut self, tag: Option<&Tag>, span: &Span, bytes: &Range<usize>) {
        let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema_tag("str")) else { return };
        let start = span.tag_start().and_then(|mark| mark.byte_offset()).unwrap_or(bytes.start);
        let end = start + tag.original().len();
        let message =
            format!("YAML takes `{}` for a tag and drops it from the text", tag.original());
        self.report.push(Finding::new("E0007", start..end, message).help(fault::BLOCK_HELP));
    }

    fn scalar(
        &mut self,
        value: Cow<'a, str>,
        style: Style,
        anchor: usize,
        span: Range<usize>,
        is_text: bool,
    ) -> Result<(), Stop> {
        if let Some(Frame { inside: Inside::Map(_, name @ None), .. }) = self.stack.last_mut() {
            *name = Some((value.into_owned(), span));
            return Ok(());
        }
        let content = if style == Style::Plain && !is_text {
            // An empty plain scalar comes as `~`.
            self.plain(&value, &span)
        } else {
            Content::Text(value.into_owned())
        };
        let node = Node { value: content, span, style, anchored: anchor > 0 };
        self.attach(node, anchor, 0)
    }

    fn plain(&mut self, value: &str, span: &Range<usize>) -> Content {
        scalar::resolve(value).unwrap_or_else(|why| {
            let message = format!("`{value}` is {why}");
            let help = "write it as JSON does, or quote it if text is meant";
            self.report.push(Finding::new("E0009", span.clone(), message).help(help));
            Content::Text(value.to_owned())
        })
    }

    fn open(&mut self, inside: Inside, anchor: usize, bytes: Range<usize>) -> Result<(), Stop> {
        if self.expects_name() {
            return Err(self.odd_name(bytes));
        }
        if self.stack.len() >= self.limits.depth {
            return Err(self.too_deep(bytes.start));
        }
        let aliases_before = self.aliases;
        self.stack.push(Frame { start: bytes.start, anchor, aliases_before, inside });
        Ok(())
    }

    fn close(&mut self, bytes: Range<usize>) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let covered = self.text.get(frame.start..bytes.end).unwrap_or_default();
        let span = frame.start..frame.start + covered.trim_end().len();
        let value = match frame.inside {
            Inside::List(items) => Content::List(items),
            Inside::Map(members, _) => {
                let what = self.what_has_names();
                Content::Map(names::settle(members, what, self.report))
            }
        };
        let node = Node { value, span, style: Style::Plain, anchored: frame.anchor > 0 };
        self.attach(node, frame.anchor, self.aliases - frame.aliases_before)
    }

    fn alias(&mut self, anchor: usize, bytes: Range<usize>) -> Result<(), Stop> {
        if self.expects_name() {
            return Err(self.odd_name(bytes));
        }
        let Some(target) = self.anchors.get(&anchor) else {
            let message = "invalid YAML: an alias inside the value that it names";
            return Err(self.stop(Finding::new("E0001", bytes, message)));
        };
        self.aliases += 1 + target.aliases;
        let inside = 1 + target.aliases;
        if self.aliases > self.limits.aliases {
            let message = format!("document exceeds alias budget ({})", self.limits.aliases);
            let help = "write the values out; an alias inside an anchor counts again at each use";
            return Err(self.stop(Finding::new("E0004", bytes, message).help(help)));
        }
        self.copied += target.node.weight();
        if self.copied > COPIED_MAX {
            let message = format!("aliases copy more than {COPIED_MAX} values and characters");
            return Err(self.stop(Finding::new("E0004", bytes, message)));
        }
        // What is said about the anchor is said once, where it stands.
        let node = Node { anchored: false, ..target.node.clone() };
        self.attach(node, 0, inside)
    }

    fn attach(&mut self, node: Node, anchor: usize, aliases: usize) -> Result<(), Stop> {
        if anchor > 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), aliases });
        }
        match self.stack.last_mut().map(|frame| &mut frame.inside) {
            None => self.root = Some(node),
            Some(Inside::List(items)) => items.push(node),
            Some(Inside::Map(members, name)) => {
                let Some((name, name_span)) = name.take() else { return Ok(()) };
                members.push(Member { name, name_span, value: node });
            }
        }
        Ok(())
    }

    fn expects_name(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { inside: Inside::Map(_, None), .. }))
    }

    fn odd_name(&mut self, bytes: Range<usize>) -> Stop {
        let message = "invalid YAML: the name of a field must be text";
        self.stop(Finding::new("E0001", bytes, message))
    }

    /// What the entries of the mapping that has just ended are.
    fn what_has_names(&self) -> &'static str {
        match self.stack.as_slice() {
            [Frame { inside: Inside::Map(_, Some((name, _))), .. }] if name == "targets" => {
                "target"
            }
            _ => "field",
        }
    }
}

/// Empty lines at the start of a text.
fn blank_lines(text: &str) -> usize {
    let lead = text.len() - text.trim_start_matches(['\r', '\n']).len();
    text.get(..lead).unwrap_or_default().matches('\n').count()
}
