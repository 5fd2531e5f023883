//! What the environment of a function says.

use eventyard_aws::{RulesLocation, WorkQueues};
use eventyard_bus::{BreakerSettings, RetrySettings, Settings};
use eventyard_rules::TargetName;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::telemetry::Level;

/// The settings of one function.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// The table of the bus.
    pub table: String,
    /// The folder of the rules that are packed with the function.
    pub rules: PathBuf,
    /// The overlay that is packed with them.
    pub overlay: Option<PathBuf>,
    /// Where rules are that change without a deployment.
    pub rules_s3: Option<RulesLocation>,
    /// How often those are looked at.
    pub rules_check: Duration,
    /// Whether targets of plain `http` on this machine are let through; for tests.
    pub allow_insecure_targets: bool,
    /// The queues that wake the workers of targets.
    pub work_queues: WorkQueues,
    /// The account that names of topics, state machines and functions are of.
    pub account: Option<String>,
    /// What the sending of a page may take.
    pub inline_budget: Duration,
    /// How often other workers' breakers are looked at.
    pub breakers_check: Duration,
    /// The pipeline's durations and numbers.
    pub bus: Settings,
    /// How much is logged.
    pub log: Level,
}

/// A variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// It is not there.
    #[error("the environment variable `{name}` is not set: {help}")]
    Missing {
        /// Its name.
        name: &'static str,
        /// What it is.
        help: &'static str,
    },
    /// It is not what it should be.
    #[error("the environment variable `{name}` is `{value}`: {expected}")]
    Invalid {
        /// Its name.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: String,
    },
}

impl FunctionSettings {
    /// Reads the settings by this look-up, which is the environment of the process outside of tests.
    ///
    /// # Errors
    /// [`SettingsError`], naming the variable.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let of = Variables(&variable);
        let bus = Settings {
            page_lease: of.seconds("EVENTYARD_PAGE_LEASE_S", 120.0)?,
            attempt_lease: of.seconds("EVENTYARD_ATTEMPT_LEASE_S", 120.0)?,
            retry: RetrySettings {
                base: of.seconds("EVENTYARD_RETRY_BASE_S", 1.0)?,
                cap: of.seconds("EVENTYARD_RETRY_CAP_S", 900.0)?,
            },
            breaker: BreakerSettings {
                failures: of.parsed("EVENTYARD_BREAKER_FAILURES", "a whole number")?.unwrap_or(5),
                probe_every: of.seconds("EVENTYARD_PROBE_EVERY_S", 60.0)?,
                drain_every: of.seconds("EVENTYARD_DRAIN_EVERY_S", 1.0)?,
                ..BreakerSettings::default()
            },
            ..Settings::default()
        };
        let root = of.text("LAMBDA_TASK_ROOT").unwrap_or_else(|| ".".to_owned());
        Ok(Self {
            table: of.required("EVENTYARD_TABLE", "the name of the bus's table")?,
            rules: of
                .text("EVENTYARD_RULES")
                .map_or_else(|| PathBuf::from(root).join("rules"), PathBuf::from),
            overlay: of.text("EVENTYARD_OVERLAY").map(PathBuf::from),
            rules_s3: of
                .parsed("EVENTYARD_RULES_S3", "s3://BUCKET/FILE.yaml or s3://BUCKET/FOLDER/")?,
            rules_check: of.seconds("EVENTYARD_RULES_CHECK_S", 60.0)?,
            allow_insecure_targets: of.text("EVENTYARD_ALLOW_INSECURE_TARGETS").as_deref()
                == Some("1"),
            work_queues: work_queues(&of)?,
            account: of.text("EVENTYARD_ACCOUNT"),
            inline_budget: of.seconds("EVENTYARD_INLINE_BUDGET_S", 1.0)?,
            breakers_check: of.seconds("EVENTYARD_BREAKERS_CHECK_S", 5.0)?,
            bus,
            log: of
                .text("EVENTYARD_LOG_LEVEL")
                .or_else(|| of.text("AWS_LAMBDA_LOG_LEVEL"))
                .map_or_else(Level::default, |name| Level::from_name(&name)),
        })
    }
}

fn work_queues(of: &Variables<'_>) -> Result<WorkQueues, SettingsError> {
    const OWN: &str = "EVENTYARD_WORK_QUEUES";
    let shared = of.required("EVENTYARD_WORK_QUEUE", "the URL of the queue that wakes targets")?;
    let Some(text) = of.text(OWN) else {
        return Ok(WorkQueues { shared, own: BTreeMap::new() });
    };
    let own: Result<BTreeMap<TargetName, String>, _> = serde_json::from_str(&text);
    let own = own.map_err(|error| SettingsError::Invalid {
        name: OWN,
        value: text,
        expected: format!("it should be a JSON object of target names and queue URLs: {error}"),
    })?;
    Ok(WorkQueues { shared, own })
}

struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    /// The text of a variable; an empty one counts as none, since templates cannot leave one out.
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|text| !text.is_empty())
    }

    fn required(&self, name: &'static str, help: &'static str) -> Result<String, SettingsError> {
        self.text(name).ok_or(SettingsError::Missing { name, help })
    }

    fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, SettingsError> {
        let parse = |value: String| match value.parse() {
            Ok(parsed) => Ok(parsed),
            Err(_) => {
                let expected = format!("it should be {expected}");
                Err(SettingsError::Invalid { name, value, expected })
            }
        };
        self.text(name).map(parse).transpose()
    }

    fn seconds(&self, name: &'static str, default: f64) -> Result<Duration, SettingsError> {
        let expected = "a number of seconds, 0 or more";
        let seconds = self.parsed(name, expected)?.unwrap_or(default);
        Duration::try_from_secs_f64(seconds).map_err(|_| SettingsError::Invalid {
            name,
            value: seconds.to_string(),
            expected: format!("it should be {expected}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{FunctionSettings, SettingsError};
    use std::time::Duration;

    fn read(variables: &[(&str, &str)]) -> Result<FunctionSettings, SettingsError> {
        FunctionSettings::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const LEAST: [(&str, &str); 2] =
        [("EVENTYARD_TABLE", "events"), ("EVENTYARD_WORK_QUEUE", "http://queue/work")];

    #[test]
    fn table_and_work_queue_are_enough() {
        let settings = read(&LEAST).unwrap();
        assert_eq!(settings.bus, eventyard_bus::Settings::default());
        assert!(settings.rules.ends_with("rules") && settings.work_queues.own.is_empty());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let missing = read(&LEAST[..1]).unwrap_err().to_string();
        assert!(missing.contains("`EVENTYARD_WORK_QUEUE` is not set"), "{missing}");
        let wrong = [
            ("EVENTYARD_PAGE_LEASE_S", "soon", "a number of seconds"),
            ("EVENTYARD_PAGE_LEASE_S", "-1", "a number of seconds"),
            ("EVENTYARD_BREAKER_FAILURES", "1.5", "a whole number"),
            ("EVENTYARD_RULES_S3", "rules/", "s3://BUCKET"),
            ("EVENTYARD_WORK_QUEUES", "[]", "a JSON object"),
        ];
        for (name, value, expected) in wrong {
            let error = read(&[LEAST[0], LEAST[1], (name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(expected), "{error}");
        }
    }

    #[test]
    fn durations_take_fractions_and_queues_of_their_own_are_json() {
        let more = [
            ("EVENTYARD_RETRY_BASE_S", "0.05"),
            ("EVENTYARD_WORK_QUEUES", r#"{"partner":"http://queue/partner"}"#),
            ("EVENTYARD_OVERLAY", ""),
        ];
        let settings = read(&[&LEAST[..], &more].concat()).unwrap();
        assert_eq!(settings.bus.retry.base, Duration::from_millis(50));
        assert_eq!(settings.work_queues.own.len(), 1);
        assert_eq!(settings.overlay, None);
    }
}
