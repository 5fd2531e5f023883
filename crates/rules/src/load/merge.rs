//! The drafts of all files become one rule set.
use super::file::Draft;
use super::rule::Named;
use super::target::Declared;
use super::{LoadOptions, SourceText};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::place::Place;
use crate::rule::Rule;
use crate::ruleset::{BusConfig, RuleSet};
use crate::suggest::nearest;
use crate::target::Target;
use crate::{Source, TargetName, Version};
use eventyard_filter::Matcher;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The rule set of `drafts`, which are those of `files`, in the same order.
///
/// # Errors
/// All diagnostics, those of the drafts included.
pub(super) fn merge(
    files: &[&SourceText],
    drafts: Vec<Draft>,
    overlay: Option<Draft>,
    options: &LoadOptions<'_>,
) -> Result<RuleSet, Diagnostics> {
    let mut merged = Merged::default();
    for draft in drafts {
        merged.add(draft);
    }
    if let Some(overlay) = overlay {
        merged.overlay(overlay);
    }
    merged.check_targets();
    merged.check_size(options.limits.rules);
    let texts = || files.iter().map(|file| (*file).clone());
    if merged.diagnostics.is_empty()
        && let Some(matcher) = merged.matcher()
    {
        return Ok(merged.finish(matcher, texts().collect(), options));
    }
    let texts: Vec<SourceText> = texts().chain(options.overlay.cloned()).collect();
    Err(Diagnostics::new(in_order(merged.diagnostics, &texts), texts))
}

/// File by file, each from top to bottom.
fn in_order(mut diagnostics: Vec<Diagnostic>, texts: &[SourceText]) -> Vec<Diagnostic> {
    let order: HashMap<&str, usize> =
        texts.iter().enumerate().map(|(index, text)| (text.name.as_str(), index)).collect();
    diagnostics.sort_by_key(|diagnostic| {
        (order.get(&*diagnostic.place.file).copied(), diagnostic.place.span.start)
    });
    diagnostics
}

#[derive(Default)]
struct Merged {
    diagnostics: Vec<Diagnostic>,
    bus: Option<(BusConfig, Place)>,
    sources: Vec<Source>,
    source_names: HashMap<String, Place>,
    declared: BTreeMap<String, (Option<Target>, Place)>,
    rules: Vec<Rule>,
    /// Of each rule in its file.
    indices: Vec<usize>,
    rule_names: HashMap<String, Place>,
}

impl Merged {
    fn add(&mut self, draft: Draft) {
        self.diagnostics.extend(draft.diagnostics);
        if let Some((bus, place)) = draft.bus {
            self.add_bus(bus, place);
        }
        for source in draft.sources {
            self.add_source(source);
        }
        for target in draft.targets {
            self.add_target(target);
        }
        for named in draft.names {
            self.add_name(named);
        }
        for (index, rule) in draft.rules {
            self.rules.push(rule);
            self.indices.push(index);
        }
    }

    fn add_bus(&mut self, bus: Option<BusConfig>, place: Place) {
        match &self.bus {
            Some((_, first)) => {
                let message = format!("duplicate `bus` (first defined at {first})");
                let twice = duplicate(message, &place, first).with_path("bus");
                self.diagnostics.push(twice.with_help("a folder has one bus"));
            }
            None => self.bus = Some((bus.unwrap_or_default(), place)),
        }
    }

    fn add_source(&mut self, source: Source) {
        if let Some(first) = self.source_names.get(&source.name) {
            let message = format!("duplicate source `{}` (first defined at {first})", source.name);
            let twice = duplicate(message, &source.place, first);
            self.diagnostics.push(twice.with_path("sources"));
            return;
        }
        self.source_names.insert(source.name.clone(), source.place.clone());
        self.sources.push(source);
    }

    fn add_target(&mut self, Declared { name, place, target }: Declared) {
        if let Some((_, first)) = self.declared.get(&name) {
            let message = format!("duplicate target `{name}` (first defined at {first})");
            let twice = duplicate(message, &place, first);
            self.diagnostics.push(twice.with_path(format!("targets.{name}")));
            return;
        }
        self.declared.insert(name, (target, place));
    }

    fn add_name(&mut self, Named { name, index, place }: Named) {
        if let Some(first) = self.rule_names.get(&name) {
            let message = format!("duplicate rule `{name}` (first defined at {first})");
            let twice = duplicate(message, &place, first);
            self.diagnostics.push(twice.with_path(format!("rules[{index}].name")));
            return;
        }
        self.rule_names.insert(name, place);
    }

    /// An overlay replaces what is there. A name that is not there would leave the target it was
    /// meant for as it is, so it is an error.
    fn overlay(&mut self, overlay: Draft) {
        self.diagnostics.extend(overlay.diagnostics);
        for Declared { name, place, target } in overlay.targets {
            if let Some(replaced) = self.declared.get_mut(&name) {
                *replaced = (target, place);
                continue;
            }
            let message = format!("overlay replaces target `{name}`, which no rules file has");
            let diagnostic = Diagnostic::new("E0011", Severity::Error, message, &place)
                .with_path(format!("targets.{name}"));
            self.diagnostics.push(self.suggest(diagnostic, &name));
        }
    }

    fn suggest(&self, mut diagnostic: Diagnostic, name: &str) -> Diagnostic {
        let near = nearest(name, self.declared.keys().map(String::as_str));
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        diagnostic
    }

    fn check_targets(&mut self) {
        let mut unknown = Vec::new();
        for (rule, index) in self.rules.iter().zip(&self.indices) {
            for (name, at) in rule.to.iter().zip(&rule.to_at) {
                if !self.declared.contains_key(name.as_str()) {
                    unknown.push(self.unknown(name, at, *index));
                }
            }
        }
        self.diagnostics.extend(unknown);
    }

    fn unknown(&self, name: &TargetName, at: &Place, index: usize) -> Diagnostic {
        let message = format!("unknown target `{name}`");
        let diagnostic = Diagnostic::new("E0011", Severity::Error, message, at)
            .with_path(format!("rules[{index}].to"));
        self.suggest(diagnostic, name.as_str())
    }

    fn check_size(&mut self, most: usize) {
        let Some(first_too_many) = self.rules.get(most) else { return };
        let message = format!("{} rules, limit {most}", self.rules.len());
        let place = &first_too_many.place;
        self.diagnostics.push(Diagnostic::new("E0012", Severity::Error, message, place));
    }

    /// The filters of all rules in one; none, and why, when they are too many.
    fn matcher(&mut self) -> Option<Matcher> {
        match Matcher::new(self.rules.iter().map(|rule| rule.filter.clone())) {
            Ok(matcher) => Some(matcher),
            Err(error) => {
                let last = self.rules.last()?;
                let diagnostic =
                    Diagnostic::new("E0012", Severity::Error, error.to_string(), &last.place);
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn finish(
        self,
        matcher: Matcher,
        texts: Arc<[SourceText]>,
        options: &LoadOptions<'_>,
    ) -> RuleSet {
        let parts = texts.iter().flat_map(|file| [file.name.as_str(), file.text.as_str()]);
        let overlay = options.overlay.map(|overlay| overlay.text.as_str());
        let version = Version::of(parts.chain(overlay.iter().copied()));
        let targets = self.declared.into_values().filter_map(|(target, _)| target);
        RuleSet {
            version,
            bus: self.bus.map(|(bus, _)| bus).unwrap_or_default(),
            sources: self.sources,
            targets: targets.map(|target| (target.name.clone(), target)).collect(),
            rules: self.rules,
            view: options.view,
            texts,
            overlay: options.overlay.cloned().map(Arc::new),
            matcher,
        }
    }
}

fn duplicate(message: String, second: &Place, first: &Place) -> Diagnostic {
    Diagnostic::new("E0002", Severity::Error, message, second)
        .with_secondary(first.clone(), "first defined here")
}
