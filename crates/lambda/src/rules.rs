//! The rules of a function: packed with it, and changed without a deployment.

use eventyard_aws::RulesSource;
use eventyard_bus::{Bus, Ports, RuleSets as _, RulesFile, StoreError, What};
use eventyard_files::{rules_file, rules_files};
use eventyard_infra::Grants;
use eventyard_rules::{LoadOptions, RuleSet, SourceText, Version, load};
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
/// first delivery, so they are refused, and the last good rules stay: those that this process has, or those that
/// another one of the same deployment put in force, which a process that starts while the source is wrong has
/// never seen.
pub struct HotRules {
    source: RulesSource,
    every: Duration,
    next: Mutex<Instant>,
    reading: Reading,
    granted: Grants,
    deployed: Version,
    bus: String,
}

impl HotRules {
    /// Rules of this source, looked at every so often; `packed` say what they may need.
    #[must_use]
    pub fn new(source: RulesSource, every: Duration, reading: Reading, packed: &RuleSet) -> Self {
        let (granted, bus) = (Grants::of(packed), packed.bus.name.clone());
        let (next, deployed) = (Mutex::new(Instant::now()), packed.version.clone());
        Self { source, every, next, reading, granted, deployed, bus }
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
            Err(error) => {
                refuse(bus, error.to_string(), 1);
                self.fall_back(bus).await;
            }
        }
    }

    async fn change<P: Ports>(&self, bus: &Bus<P>, texts: &[SourceText]) {
        match self.judge(texts) {
            Err((error, errors)) => {
                refuse(bus, error, errors);
                self.fall_back(bus).await;
            }
            Ok(rules) => {
                if let Err(error) = self.put_in_force(bus, rules).await {
                    self.source.forget();
                    refuse(bus, error.to_string(), 1);
                }
            }
        }
    }

    async fn put_in_force<P: Ports>(&self, bus: &Bus<P>, rules: RuleSet) -> Result<(), StoreError> {
        let (sets, version) = (bus.ports().rule_sets(), rules.version.clone());
        if version != bus.rules().version {
            bus.activate(Arc::new(rules)).await?;
        }
        if sets.active(&self.deployed).await?.as_ref() != Some(&version) {
            sets.set_active(&self.deployed, &version).await?;
        }
        Ok(())
    }

    /// Puts those rules in force that were noted last. What cannot be had or is not allowed any more changes
    /// nothing.
    async fn fall_back<P: Ports>(&self, bus: &Bus<P>) {
        let rules = match self.noted(bus).await {
            Ok(rules) => rules.filter(|rules| rules.version != bus.rules().version),
            Err(error) => {
                return tracing::warn!(%error, "the rules in force elsewhere are not known");
            }
        };
        if let Some(rules) = rules
            && let Err(error) = bus.activate(Arc::new(rules)).await
        {
            tracing::warn!(%error, "the rules in force elsewhere are not put in force here");
        }
    }

    async fn noted<P: Ports>(&self, bus: &Bus<P>) -> Result<Option<RuleSet>, StoreError> {
        let sets = bus.ports().rule_sets();
        let Some(version) = sets.active(&self.deployed).await? else { return Ok(None) };
        let Some(stored) = sets.get(&version).await? else { return Ok(None) };
        let text = |file: RulesFile| SourceText::new(file.name, file.text);
        let texts: Vec<_> = stored.files.into_iter().map(text).collect();
        Ok(self.judge(&texts).ok().filter(|rules| rules.version == version))
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

fn refuse<P: Ports>(bus: &Bus<P>, error: String, errors: usize) {
    bus.observe(What::RulesRefused { error, errors });
}

#[cfg(test)]
mod tests {
    use super::{HotRules, Reading};
    use eventyard_aws::{Clients, RulesSource};
    use eventyard_bus::memory::MemoryPorts;
    use eventyard_bus::{Bus, Settings};
    use eventyard_rules::{LoadOptions, RuleSet, SourceText};
    use std::sync::Arc;
    use std::time::Duration;

    const PACKED: &str = r#"
version: 1
targets: { pay: { sqs: { queue: payments } } }
rules: [{ name: all, when: "$.type == 'OrderPlaced'", to: pay }]
"#;

    fn texts(text: &str) -> [SourceText; 1] {
        [SourceText::new("hot.yaml", text)]
    }

    async fn hot(packed: &RuleSet) -> HotRules {
        let location = "s3://rules/hot.yaml".parse().unwrap();
        let source = RulesSource::new(Clients::from_env().await.s3(), location);
        HotRules::new(source, Duration::ZERO, Reading::default(), packed)
    }

    async fn judged(text: &str) -> Result<RuleSet, (String, usize)> {
        let packed = Reading::default().load(&texts(PACKED)).unwrap();
        hot(&packed).await.judge(&texts(text))
    }

    /// One process of a function that is deployed with these rules.
    struct Process {
        bus: Bus<MemoryPorts>,
        hot: HotRules,
    }

    impl Process {
        async fn start(ports: &MemoryPorts, packed: &str) -> Self {
            let packed = Reading::default().load(&texts(packed)).unwrap();
            let hot = hot(&packed).await;
            let (options, settings) = (LoadOptions::default(), Settings::default());
            let bus = Bus::start(ports.clone(), Arc::new(packed), options, settings).await.unwrap();
            Self { bus, hot }
        }

        /// Sees these texts at its source; the name of the rule in force then.
        async fn sees(&self, text: &str) -> String {
            self.hot.change(&self.bus, &texts(text)).await;
            self.bus.rules().rules[0].name.to_string()
        }
    }

    #[tokio::test]
    async fn a_process_that_starts_while_the_rules_are_broken_has_the_last_good_ones() {
        let ports = MemoryPorts::default();
        let first = Process::start(&ports, PACKED).await;
        assert_eq!(first.sees(&PACKED.replace("name: all", "name: hot")).await, "hot");
        let later = Process::start(&ports, PACKED).await;
        assert_eq!(later.sees("version: 1\nrules: [ {").await, "hot");
        // What was in force under another deployment says nothing of this one.
        let other = PACKED.replace("name: all", "name: deployed");
        let deployed = Process::start(&ports, &other).await;
        assert_eq!(deployed.sees("version: 1\nrules: [ {").await, "deployed");
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
