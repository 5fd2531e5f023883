//! The rules of a function: packed with it, and changed without a deployment.

use eventyard_aws::{RulesSource, RulesSourceError};
use eventyard_bus::{Bus, Ports, What};
use eventyard_files::{rules_file, rules_files};
use eventyard_infra::Grants;
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Why a function has no rules.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackedRulesError {
    /// The folder or a file of it cannot be read.
    #[error("the packed rules cannot be read: {0}; pack a folder `rules` with the function")]
    Unreadable(#[from] std::io::Error),
    /// They are wrong.
    #[error("the packed rules are refused:\n{}", .0.render(false))]
    Refused(eventyard_rules::Diagnostics),
}

/// How the rules of a function are read, packed or hot.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The overlay, packed with the function.
    pub overlay: Option<SourceText>,
    /// Whether targets of plain `http` are let through; for tests.
    pub allow_insecure_targets: bool,
}

impl Reading {
    /// The options by which stored rule sets are read again; they bring their own overlay.
    #[must_use]
    pub fn options(&self) -> LoadOptions<'static> {
        let allow_insecure_targets = self.allow_insecure_targets;
        LoadOptions { allow_insecure_targets, ..LoadOptions::default() }
    }

    fn load(&self, files: &[SourceText]) -> Result<RuleSet, eventyard_rules::Diagnostics> {
        load(files, &LoadOptions { overlay: self.overlay.as_ref(), ..self.options() })
    }
}

/// The rules that are packed with a function, and how they were read.
///
/// # Errors
/// [`PackedRulesError`], as a person who packs rules reads it.
pub fn packed(
    folder: &Path,
    overlay: Option<&Path>,
    allow_insecure_targets: bool,
) -> Result<(RuleSet, Reading), PackedRulesError> {
    let reading = Reading { overlay: overlay.map(rules_file).transpose()?, allow_insecure_targets };
    let rules = reading.load(&rules_files(folder)?).map_err(PackedRulesError::Refused)?;
    Ok((rules, reading))
}

/// Rules that are looked at again and again, and put in force when they changed and are allowed.
///
/// The packed rules are what the deployment granted: others that need more than these would fail at the
/// first delivery, so they are refused, and the last good rules stay.
pub struct HotRules {
    source: RulesSource,
    every: Duration,
    next: Mutex<Instant>,
    reading: Reading,
    granted: Grants,
    bus: String,
}

impl HotRules {
    /// Rules of this source, looked at every so often; `packed` say what they may need.
    #[must_use]
    pub fn new(source: RulesSource, every: Duration, reading: Reading, packed: &RuleSet) -> Self {
        let (granted, bus) = (Grants::of(packed), packed.bus.name.clone());
        Self { source, every, next: Mutex::new(Instant::now()), reading, granted, bus }
    }

    /// Puts changed rules in force, if it is time to look; whatever is wrong with them is told, and the
    /// rules before stay.
    pub async fn check<P: Ports>(&self, bus: &Bus<P>) {
        if !self.is_time() {
            return;
        }
        match self.source.changed().await {
            Ok(None) => {}
            Ok(Some(texts)) => self.change(bus, &texts).await,
            Err(error) => refuse(bus, unreadable(&error), 1),
        }
    }

    async fn change<P: Ports>(&self, bus: &Bus<P>, texts: &[SourceText]) {
        match self.judge(texts) {
            Err((error, errors)) => refuse(bus, error, errors),
            Ok(rules) if rules.version == bus.rules().version => {}
            Ok(rules) => {
                if let Err(error) = bus.activate(Arc::new(rules)).await {
                    self.source.forget();
                    refuse(bus, error.to_string(), 1);
                }
            }
        }
    }

    /// The rules, if they may be put in force; else the first reason, and how many there are.
    fn judge(&self, texts: &[SourceText]) -> Result<RuleSet, (String, usize)> {
        let rules = self.reading.load(texts).map_err(|diagnostics| {
            let errors = diagnostics.to_json().as_array().map_or(1, Vec::len);
            (diagnostics.render(false), errors)
        })?;
        if rules.bus.name != self.bus {
            let (new, old) = (&rules.bus.name, &self.bus);
            return Err((format!("the bus is `{old}`; rules for `{new}` are another bus's"), 1));
        }
        let missing = Grants::of(&rules).missing_from(&self.granted);
        match missing.first() {
            None => Ok(rules),
            Some(first) => {
                let text = format!("the deployment does not grant {first}: deploy these rules");
                Err((text, missing.len()))
            }
        }
    }

    fn is_time(&self) -> bool {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = Instant::now() >= *next;
        if is_time {
            *next = Instant::now() + self.every;
        }
        is_time
    }
}

fn unreadable(error: &RulesSourceError) -> String {
    error.to_string()
}

fn refuse<P: Ports>(bus: &Bus<P>, error: String, errors: usize) {
    bus.observe(What::RulesRefused { error, errors });
}

#[cfg(test)]
mod tests {
    use super::{HotRules, Reading};
    use eventyard_aws::{Clients, RulesSource};
    use eventyard_rules::{RuleSet, SourceText};
    use std::time::Duration;

    const PACKED: &str = r#"
version: 1
targets: { pay: { sqs: { queue: payments } } }
rules: [{ name: all, when: "$.type == 'OrderPlaced'", to: pay }]
"#;

    fn texts(text: &str) -> [SourceText; 1] {
        [SourceText::new("hot.yaml", text)]
    }

    async fn judged(hot: &str) -> Result<RuleSet, (String, usize)> {
        let reading = Reading::default();
        let packed = reading.load(&texts(PACKED)).unwrap();
        let location = "s3://rules/hot.yaml".parse().unwrap();
        let source = RulesSource::new(Clients::from_env().await.s3(), location);
        HotRules::new(source, Duration::ZERO, reading, &packed).judge(&texts(hot))
    }

    #[tokio::test]
    async fn rules_that_need_what_is_granted_are_taken() {
        let other = PACKED.replace("OrderPlaced", "OrderPaid").replace("name: all", "name: paid");
        assert_eq!(judged(&other).await.unwrap().rules[0].name, *"paid");
    }

    #[tokio::test]
    async fn rules_that_need_more_than_the_deployment_grants_are_refused_by_name() {
        let (error, errors) =
            judged(&PACKED.replace("queue: payments", "queue: invoices")).await.unwrap_err();
        assert!(error.contains("sqs:") && error.contains("invoices"), "{error}");
        // Finding the queue, and sending to it.
        assert_eq!(errors, 2);
    }

    #[tokio::test]
    async fn broken_rules_are_refused_with_their_place() {
        let (error, _) = judged(&PACKED.replace("targets", "targts")).await.unwrap_err();
        assert!(error.contains("E0003") && error.contains("hot.yaml:3"), "{error}");
    }

    #[tokio::test]
    async fn the_rules_of_another_bus_are_refused() {
        let (error, _) = judged(&PACKED.replace("version: 1", "version: 1\nbus: { name: other }"))
            .await
            .unwrap_err();
        assert!(error.contains("`main`") && error.contains("`other`"), "{error}");
    }
}
