//! An AWS resource as a rules file names it: plain name, URL or ARN.
use super::Arn;
use std::fmt;

/// An AWS resource: the text of the rules file, checked, and its plain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    text: String,
    name: String,
    arn: Option<Arn>,
}

impl Resource {
    pub(crate) fn new(text: &str, name: &str, arn: Option<Arn>) -> Self {
        Self { text: text.to_owned(), name: name.to_owned(), arn }
    }

    /// As it stands in the rules file: plain name, URL or ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The plain name: the last part of the URL or ARN.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the rules file names it by ARN.
    #[must_use]
    pub fn is_arn(&self) -> bool {
        self.arn.is_some()
    }

    /// Whether the rules file names it by URL.
    #[must_use]
    pub fn is_url(&self) -> bool {
        self.text.contains("://")
    }

    /// The region, where an ARN says it.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.arn.as_ref().map(|arn| arn.region.as_str()).filter(|region| !region.is_empty())
    }

    /// The account id, where an ARN says it.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.arn.as_ref().map(|arn| arn.account.as_str()).filter(|account| !account.is_empty())
    }

    /// Whether its name says that it is a FIFO queue or topic.
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.name.ends_with(".fifo")
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
