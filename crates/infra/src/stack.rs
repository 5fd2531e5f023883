//! The stack that statements are made for: what its resources are called, and what of it is optional.

use crate::Arn;
use crate::arn::Account;
use crate::names::Names;
use serde_json::{Value, json};

/// Where the bus is deployed, as far as it is known.
#[derive(Debug, Clone)]
pub struct Stack {
    /// What its resources are called.
    pub names: Names,
    /// Account and region; none, and names become `Fn::Sub` with pseudo-parameters.
    pub account: Option<Account>,
    /// The customer-managed key of queues and table, by ARN.
    pub kms_key: Option<String>,
    /// Where hot rules lie.
    pub hot_rules: Option<HotRules>,
    /// The table's stream, by ARN; none, and it is the one of the template's table, or any that a table of
    /// the name had.
    pub table_stream: Option<String>,
}

impl Stack {
    /// A stack whose names begin with `prefix`, with nothing optional.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self {
            names: Names::new(prefix),
            account: None,
            kms_key: None,
            hot_rules: None,
            table_stream: None,
        }
    }

    /// The stack of the template, where parameters say what is optional.
    pub(crate) fn template() -> Self {
        let hot_rules = HotRules { bucket: "${RulesBucket}".into(), key: "${RulesKey}".into() };
        Self {
            names: Names::template(),
            kms_key: Some("${KmsKeyArn}".into()),
            hot_rules: Some(hot_rules),
            table_stream: Some(TABLE_STREAM.into()),
            ..Self::new("")
        }
    }

    /// The table's stream, as it stands in a policy. Its name ends in the time it was made, which is not
    /// known where a policy is written out: each character of it is `?`.
    pub(crate) fn table_stream(&self) -> String {
        let any = self.account.as_ref().map(|place| {
            let table = self.names.table();
            let stream = format!("{}/stream/????-??-??T??:??:??.???", table.resource());
            Arn::own(table.service(), stream).at(place).to_string()
        });
        let known = self.table_stream.clone();
        known.or(any).unwrap_or_else(|| TABLE_STREAM.to_owned())
    }
}

/// The stream of the table that the template makes.
pub(crate) const TABLE_STREAM: &str = "${Table.StreamArn}";

/// Where hot rules lie in S3: one object, or all objects whose keys begin with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotRules {
    /// The bucket.
    pub bucket: String,
    /// The object, or a prefix that ends in `/`.
    pub key: String,
}

impl HotRules {
    /// `s3://bucket/key`, `s3://bucket/prefix/`; none for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        let whole = !bucket.is_empty() && !key.is_empty();
        let plain = !text.contains(['*', '?', '$']);
        (whole && plain).then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// Whether the key may be a prefix; a parameter may be either.
    pub(crate) fn may_be_prefix(&self) -> bool {
        self.key.ends_with('/') || self.is_parameter()
    }

    /// Whether the key may be an object.
    pub(crate) fn may_be_object(&self) -> bool {
        !self.key.ends_with('/')
    }

    fn is_parameter(&self) -> bool {
        self.key.starts_with("${")
    }

    /// The condition under which its prefix may be listed.
    pub(crate) fn listing(&self) -> Value {
        json!({ "StringEquals": { "s3:prefix": crate::arn::sub(&self.key) } })
    }
}
