//! Names of AWS resources as they stand in policies: whole, or with pseudo-parameters of CloudFormation
//! where the rules do not say region and account.

use eventyard_rules::Resource;
use serde_json::{Value, json};
use std::fmt;

/// The account and region that names are in, where somebody said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Such as `eu-west-1`.
    pub region: String,
    /// 12 digits.
    pub account: String,
}

impl Account {
    /// The partition of the region: `aws`, `aws-cn` or `aws-us-gov`.
    fn partition(&self) -> &'static str {
        match self.region.split('-').collect::<Vec<_>>().as_slice() {
            ["cn", ..] => "aws-cn",
            ["us", "gov", ..] => "aws-us-gov",
            _ => "aws",
        }
    }
}

/// The Amazon Resource Name of a resource. A part that is not known is that of the stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    partition: Option<String>,
    service: String,
    region: Option<String>,
    account: Option<String>,
    resource: String,
}

impl Arn {
    /// A resource of the stack's own account and region.
    pub(crate) fn own(service: &str, resource: impl Into<String>) -> Self {
        let (partition, region, account) = (None, None, None);
        Self { partition, service: service.into(), region, account, resource: resource.into() }
    }

    /// A resource whose ARN has neither region nor account, as those of S3.
    pub(crate) fn global(service: &str, resource: impl Into<String>) -> Self {
        let none = Some(String::new());
        Self { region: none.clone(), account: none, ..Self::own(service, resource) }
    }

    /// An ARN as text; none when it has not six parts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The names of pseudo-parameters hold colons.
        let text = text.replace(PARTITION, "").replace(REGION, OWN).replace(ACCOUNT, OWN);
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let &["arn", partition, service, region, account, resource] = parts.as_slice() else {
            return None;
        };
        let known = |part: &str, own| (part != own).then(|| part.to_owned());
        Some(Self {
            partition: known(partition, ""),
            service: service.to_owned(),
            region: known(region, OWN),
            account: known(account, OWN),
            resource: resource.to_owned(),
        })
    }

    /// The resource that a rules file names; `before` stands before a plain name.
    pub(crate) fn of(service: &str, before: &str, named: &Resource) -> Self {
        if named.is_url() {
            return Self::of_url(service, named);
        }
        Self::parse(named.as_str())
            .unwrap_or_else(|| Self::own(service, format!("{before}{}", named.as_str())))
    }

    /// `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
    fn of_url(service: &str, named: &Resource) -> Self {
        let mut parts = named.as_str().rsplit('/').skip(1);
        let account = parts.next().map(str::to_owned);
        let host = parts.next().unwrap_or_default();
        let region = host.strip_prefix("sqs.").and_then(|rest| rest.split('.').next());
        let is_region = |region: &&str| {
            region.contains('-') && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let region = region.filter(is_region).map(str::to_owned);
        Self { account, region, ..Self::own(service, named.name()) }
    }

    /// The same with all that is not known filled in.
    #[must_use]
    pub fn at(self, place: &Account) -> Self {
        Self {
            partition: Some(self.partition.unwrap_or_else(|| place.partition().to_owned())),
            region: Some(self.region.unwrap_or_else(|| place.region.clone())),
            account: Some(self.account.unwrap_or_else(|| place.account.clone())),
            ..self
        }
    }

    /// The same without a region, as those of IAM.
    pub(crate) fn without_region(self) -> Self {
        Self { region: Some(String::new()), ..self }
    }

    /// The service, as ARNs write it.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// All that follows the account.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The account where it is another than the stack's, as far as can be told.
    pub(crate) fn foreign_account(&self, own: Option<&Account>) -> Option<&str> {
        let own = own.map(|place| place.account.as_str());
        self.account.as_deref().filter(|account| !account.is_empty() && Some(*account) != own)
    }

    /// For a policy: the text, or `Fn::Sub` of it where it holds parameters.
    #[must_use]
    pub fn to_json(&self) -> Value {
        sub(&self.to_string())
    }
}

/// `text`, or `Fn::Sub` of it where it holds parameters.
pub(crate) fn sub(text: &str) -> Value {
    if text.contains("${") { json!({ "Fn::Sub": text }) } else { json!(text) }
}

/// Stands for a part that is the stack's own; empty ones are those of S3.
const OWN: &str = "\u{0}";
const PARTITION: &str = "${AWS::Partition}";
const REGION: &str = "${AWS::Region}";
const ACCOUNT: &str = "${AWS::AccountId}";

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partition = self.partition.as_deref().unwrap_or(PARTITION);
        let region = self.region.as_deref().unwrap_or(REGION);
        let account = self.account.as_deref().unwrap_or(ACCOUNT);
        write!(f, "arn:{partition}:{}:{region}:{account}:{}", self.service, self.resource)
    }
}
