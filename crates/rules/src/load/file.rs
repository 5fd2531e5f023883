//! One file on its own: nothing here looks at another file, so that files can be read in parallel.
use super::reader::Reader;
use super::rule::Named;
use super::shape::{self, Field};
use super::target::Declared;
use super::{LoadOptions, SourceText};
use crate::diagnostic::Diagnostic;
use crate::place::Place;
use crate::report::{Finding, Report};
use crate::rule::Rule;
use crate::ruleset::BusConfig;
use crate::yaml::{self, Content, Node, ReadLimits};
use crate::{Source, suggest};
use std::ops::Range;

/// The version of the format that this build reads.
const VERSION: &str = "1";

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// With the place of its field, even when it is faulty.
    pub(super) bus: Option<(Option<BusConfig>, Place)>,
    pub(super) sources: Vec<Source>,
    pub(super) targets: Vec<Declared>,
    /// With their indices in the file.
    pub(super) rules: Vec<(usize, Rule)>,
    pub(super) names: Vec<Named>,
}

/// Reads a rules file.
pub(super) fn read(file: &SourceText, options: &LoadOptions<'_>) -> Draft {
    read_as(file, options, shape::FILE)
}

/// Reads an overlay.
pub(super) fn read_overlay(file: &SourceText, options: &LoadOptions<'_>) -> Draft {
    read_as(file, options, shape::OVERLAY)
}

fn read_as(file: &SourceText, options: &LoadOptions<'_>, table: &'static [Field]) -> Draft {
    let mut reader = Reader {
        report: Report::new(&file.name, &file.text),
        view: options.view,
        allow_insecure_targets: options.allow_insecure_targets,
    };
    let mut draft = Draft::default();
    let root = reader.document(options);
    if root.is_none() && reader.report.count() == 0 {
        reader.no_version(0..0);
    }
    if let Some(root) = root.as_ref().filter(|root| reader.version(root)) {
        reader.file(root, table, &mut draft);
    }
    draft.diagnostics = reader.report.finish(root.as_ref());
    draft
}

impl Reader<'_> {
    fn document(&mut self, options: &LoadOptions<'_>) -> Option<Node> {
        let limits = &options.limits;
        let text = self.report.text();
        if text.len() > limits.file_bytes {
            let message = format!("file is {} bytes, limit {}", text.len(), limits.file_bytes);
            let finding = Finding::new("E0012", 0..0, message);
            self.report.push(finding.help("split it: all files of the folder are one rule set"));
            return None;
        }
        let limits = ReadLimits { depth: limits.depth, aliases: limits.aliases };
        yaml::read(text, limits, &mut self.report)
    }

    /// Whether the file has the version of the format that this build reads.
    fn version(&mut self, root: &Node) -> bool {
        let members = match &root.value {
            Content::Map(members) => members.as_slice(),
            Content::Null => &[],
            _ => {
                self.wrong_kind(root, "rules file", "a mapping");
                return false;
            }
        };
        let Some(version) = members.iter().find(|member| member.name == "version") else {
            let near =
                members.iter().find(|member| suggest::nearest(&member.name, ["version"]).is_some());
            let span = near.map_or(0..0, |member| member.name_span.clone());
            self.no_version(span);
            return false;
        };
        let message = match &version.value.value {
            Content::Number(given) if given == VERSION => return true,
            Content::Number(given) => {
                format!("unsupported rules version {given} (this build reads {VERSION})")
            }
            _ => format!("`version` must be the number {VERSION}, not {}", version.value.kind()),
        };
        let finding = Finding::new("E0006", version.value.span.clone(), message);
        self.report.push(finding.help("write `version: 1`"));
        false
    }

    fn no_version(&mut self, span: Range<usize>) {
        let message = format!("missing rules version (this build reads {VERSION})");
        let finding = Finding::new("E0006", span, message);
        self.report.push(finding.help("begin the file with `version: 1`"));
    }

    fn file(&mut self, root: &Node, table: &'static [Field], draft: &mut Draft) {
        let Some(fields) = self.fields(root, "rules file", &[table]) else { return };
        let known = |name: &str| {
            fields.member(name).filter(|_| table.iter().any(|field| field.name == name))
        };
        if let Some(member) = known("bus") {
            let place = self.report.place(&member.name_span);
            draft.bus = Some((self.bus(&member.value), place));
        }
        if let Some(member) = known("sources") {
            draft.sources = self.sources(&member.value);
        }
        if let Some(member) = known("targets") {
            draft.targets = self.targets(&member.value);
        }
        if let Some(member) = known("rules") {
            (draft.rules, draft.names) = self.rules(&member.value);
        }
        self.refuse_secrets(root);
    }
}
