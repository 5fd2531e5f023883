//! Rules, in the schema of LocalStack's Chaos API with what it does not know.

use serde::{Deserialize, Serialize};

/// One rule; a field that is left out fits every call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    /// The service, such as `dynamodb`, `events`, `stepfunctions`; `http` for webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The operation, such as `PutItem`; the method of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// A text that the body of the request contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The share of fitting calls that it applies to, 0 to 1; all when left out. The same calls in the
    /// same order meet the same fate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How often it applies; always when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Answers in the place of the service. A rule that says nothing of what is to happen answers 503
    /// `ServiceUnavailable`, as LocalStack's do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorAnswer>,
    /// Fails entries of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// Makes the call, and resets the connection in the place of its answer.
    pub drop_after: bool,
    /// Milliseconds before anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u64>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorAnswer {
    /// The status.
    pub status_code: u16,
    /// The service's error code.
    pub code: String,
}

impl Default for ErrorAnswer {
    fn default() -> Self {
        Self { status_code: 503, code: "ServiceUnavailable".to_owned() }
    }
}

/// Which entries of a batch fail, and how. They do not reach the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Partial {
    /// Their places in the batch, from 0.
    pub entries: Vec<usize>,
    /// A text that they contain; with places it is either.
    pub containing: Option<String>,
    /// Their error code.
    pub code: String,
    /// Whether they are told to be the sender's fault, where the service tells that.
    pub sender_fault: bool,
}

impl Default for Partial {
    fn default() -> Self {
        let code = "InternalFailure".to_owned();
        Self { entries: Vec::new(), containing: None, code, sender_fault: false }
    }
}

impl Partial {
    /// Whether the entry at a place fails.
    pub(crate) fn hits(&self, place: usize, entry: &str) -> bool {
        let is_meant = self.containing.as_ref().is_some_and(|text| entry.contains(text.as_str()));
        is_meant || self.entries.contains(&place)
    }
}

impl Rule {
    /// What it answers without calling, if it does.
    pub(crate) fn answers(&self) -> Option<ErrorAnswer> {
        let says_nothing = self.partial.is_none() && !self.drop_after && self.delay.is_none();
        self.error.clone().or_else(|| says_nothing.then(ErrorAnswer::default))
    }
}
