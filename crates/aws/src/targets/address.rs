//! From the name of a resource to its ARN, and to its region.

use super::codes::Kind;
use super::fault::Fault;
use eventyard_rules::Resource;

/// Where names without account and region are.
#[derive(Debug, Clone, Default)]
pub(super) struct Home {
    pub(super) region: Option<String>,
    pub(super) account: Option<String>,
}

impl Home {
    /// The ARN of a resource of a service; `prefix` is what stands before the name.
    ///
    /// # Errors
    /// The name is no ARN, and this process knows no account or no region of its own.
    pub(super) fn arn(
        &self,
        resource: &Resource,
        service: &str,
        prefix: &str,
    ) -> Result<String, Fault> {
        if resource.is_arn() {
            return Ok(resource.as_str().to_owned());
        }
        let (Some(region), Some(account)) = (&self.region, &self.account) else {
            let text = format!("`{resource}` is no ARN, and account or region is not known");
            return Err(Fault::new(Kind::Denied, "AccountNotKnown", text));
        };
        let partition = partition(region);
        Ok(format!("arn:{partition}:{service}:{region}:{account}:{prefix}{resource}"))
    }
}

/// The part of AWS that a region is in ("ARN format", AWS General Reference).
fn partition(region: &str) -> &'static str {
    match region.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", ..] => "aws-cn",
        ["us", "gov"] => "aws-us-gov",
        ["us", "iso"] => "aws-iso",
        ["us", "isob"] => "aws-iso-b",
        ["us", "isof"] => "aws-iso-f",
        ["eu", "isoe"] => "aws-iso-e",
        ["eusc", ..] => "aws-eusc",
        _ => "aws",
    }
}

/// The region of a resource that names one: in its ARN, or in the host of a queue's URL
/// (`sqs.eu-west-1.amazonaws.com`).
pub(crate) fn region(resource: &Resource) -> Option<&str> {
    let of_host = || {
        let host = resource.as_str().split("://").nth(1)?.split('/').next()?;
        let mut labels = host.split('.');
        let service = labels.next()?;
        let region = labels.next()?;
        let is_aws = matches!(service, "sqs" | "sqs-fips") && labels.next() == Some("amazonaws");
        is_aws.then_some(region)
    };
    resource.region().or_else(of_host)
}
