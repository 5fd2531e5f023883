//! A deployed bus.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Child;
use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::deployment::Deployment;
use crate::receiver::Receiver;

/// The signing key of the HTTP targets.
pub const WEBHOOK_SECRET: &str = "whsec_ZXZlbnR5YXJkLWVuZC10by1lbmQtdGVzdHMtc2VjcmV0IQ==";

/// The rules of the shared stack.
const RULES: &str = include_str!("rules/rules.yaml");

/// A deployed bus.
#[derive(Debug)]
pub struct Stack {
    /// What every name of it begins with; also its name, and its table's.
    pub prefix: String,
    /// The bucket of its code and its hot rules.
    pub bucket: String,
    /// Its rules.
    pub rules: String,
    /// The folder of what was deployed.
    pub folder: PathBuf,
    /// The outputs of the template.
    pub outputs: BTreeMap<String, String>,
    /// From when on its log is looked at.
    pub started_at: Timestamp,
    pub(crate) _keeper: Child,
}

impl Stack {
    /// The one stack of this process, deployed when it is first asked for.
    ///
    /// # Errors
    /// When it cannot be deployed.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<Stack, String>> = OnceLock::new();
        let deployed = SHARED.get_or_init(|| deploy().map_err(|error| format!("{error:#}")));
        deployed.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// The name of a resource of this stack.
    #[must_use]
    pub fn name(&self, of: &str) -> String {
        format!("{}-{of}", self.prefix)
    }

    /// An output of the template.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.outputs.get(name).map(String::as_str).with_context(|| format!("no output `{name}`"))
    }
}

fn deploy() -> Result<Stack> {
    let rules = RULES.replace("RECEIVER", &Receiver::shared()?.address());
    Deployment::new(&rules).with("WebhookSecret", WEBHOOK_SECRET).deploy()
}
