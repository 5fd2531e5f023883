//! Diagnostics as text for people: title, excerpt with caret, way out.
use crate::place::Place;
use crate::{Diagnostic, Severity, SourceText};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// Characters of a line that the renderer is given; it shows what lies around the place. Of a longer
/// line (a file of JSON without line breaks) only these are cut out first.
const LINE_CHARS_MAX: usize = 8_000;
/// Characters before the place in a line that is cut.
const LINE_CHARS_BEFORE: usize = 60;
/// Characters after it.
const LINE_CHARS_AFTER: usize = 100;

pub(crate) fn render(diagnostic: &Diagnostic, texts: &[SourceText], color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    group = excerpt(group, texts, &diagnostic.place, AnnotationKind::Primary, None);
    for (place, what) in &diagnostic.secondary {
        group = excerpt(group, texts, place, AnnotationKind::Context, Some(what));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// Adds the line of `place` with the place marked; only its position when the text is not at hand.
fn excerpt<'a>(
    group: Group<'a>,
    texts: &'a [SourceText],
    place: &'a Place,
    kind: AnnotationKind,
    label: Option<&'a String>,
) -> Group<'a> {
    let number = usize::try_from(place.line).unwrap_or(usize::MAX);
    let column = usize::try_from(place.column).unwrap_or(usize::MAX);
    let Some(text) = texts.iter().find(|text| *text.name == *place.file) else {
        let origin = Origin::path(&*place.file).line(number).char_column(column);
        return group.element(Element::from(origin));
    };
    let line = Line::around(&text.text, &place.span);
    let mut mark = kind.span(line.mark.clone());
    if let Some(label) = label {
        mark = mark.label(label.as_str());
    }
    let snippet = Snippet::source(line.shown).line_start(number).annotation(mark);
    if line.whole {
        return group.element(snippet.path(&*place.file));
    }
    // The column of a cut line is that of the whole one.
    let origin = Origin::path(&*place.file).line(number).char_column(column);
    group.element(origin).element(snippet)
}

/// The line a span begins in, cut around the span if it is long.
struct Line<'a> {
    shown: &'a str,
    /// The span in `shown`, as far as it lies in this line.
    mark: Range<usize>,
    whole: bool,
}

impl<'a> Line<'a> {
    fn around(text: &'a str, span: &Range<usize>) -> Self {
        let at = span.start.min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |line_break| line_break + 1);
        let end = at + after.find(['\r', '\n']).unwrap_or(after.len());
        let (from, to) = window(text, start..end, at);
        let mark_end = span.end.clamp(at, to);
        Self {
            shown: text.get(from..to).unwrap_or_default(),
            mark: at - from..mark_end - from,
            whole: (from, to) == (start, end),
        }
    }
}

/// The part of `line` to show: all of it, or what lies around `at`.
fn window(text: &str, line: Range<usize>, at: usize) -> (usize, usize) {
    let whole = text.get(line.clone()).unwrap_or_default();
    if whole.len() <= LINE_CHARS_MAX || whole.chars().nth(LINE_CHARS_MAX).is_none() {
        return (line.start, line.end);
    }
    let before = text.get(line.start..at).unwrap_or_default();
    let after = text.get(at..line.end).unwrap_or_default();
    let cut = before.char_indices().rev().nth(LINE_CHARS_BEFORE - 1);
    let from = cut.map_or(line.start, |(offset, _)| line.start + offset);
    let to = after.char_indices().nth(LINE_CHARS_AFTER).map_or(line.end, |(offset, _)| at + offset);
    (from, to)
}
