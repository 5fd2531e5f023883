//! Which operation of which service a request is.
//!
//! The credential scope of the signature names service and region
//! (`Credential=KEY/20261124/eu-west-1/sqs/aws4_request`). The operation is in `X-Amz-Target` where the
//! protocol is JSON, in `Action` where it is a form, and in method and path for S3 and Lambda.

use crate::protocol::Protocol;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Uri};
use url::form_urlencoded;

/// One operation, as rules name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The service: `dynamodb`, `sqs`, `stepfunctions`; `http` for a request without a signature.
    pub service: String,
    /// The operation: `PutItem`; the method of a request that is none of AWS.
    pub name: String,
    /// The region; empty outside of AWS.
    pub region: String,
    /// How it is written.
    pub protocol: Protocol,
}

impl Operation {
    /// Reads it from a request.
    pub fn of(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let (service, region) = scope(headers).unwrap_or(("http".to_owned(), String::new()));
        let protocol = Protocol::of(&service, headers);
        let name = match protocol {
            Protocol::Plain => method.to_string(),
            Protocol::Query => action(body).unwrap_or_default(),
            Protocol::Xml => s3(method, uri).to_owned(),
            Protocol::Json => target(headers).unwrap_or_else(|| of_path(method, uri)),
        };
        Self { service, name, region, protocol }
    }
}

/// Service and region of the signature; Step Functions signs as `states`, and rules know it as
/// `stepfunctions`.
fn scope(headers: &HeaderMap) -> Option<(String, String)> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = header.split_once("Credential=")?;
    let mut scope = credential.split(',').next()?.rsplit('/');
    scope.next()?;
    let (service, region) = (scope.next()?, scope.next()?);
    let service = if service == "states" { "stepfunctions" } else { service };
    Some((service.to_owned(), region.to_owned()))
}

fn target(headers: &HeaderMap) -> Option<String> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    Some(target.rsplit('.').next().unwrap_or(target).to_owned())
}

fn action(body: &[u8]) -> Option<String> {
    let mut pairs = form_urlencoded::parse(body);
    pairs.find(|(name, _)| name == "Action").map(|(_, action)| action.into_owned())
}

/// Lambda's `Invoke`, and the operations of CBOR (`/service/NAME/operation/NAME`).
fn of_path(method: &Method, uri: &Uri) -> String {
    let last = uri.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match last {
        "invocations" => "Invoke".to_owned(),
        name if uri.path().contains("/operation/") => name.to_owned(),
        _ => method.to_string(),
    }
}

fn s3(method: &Method, uri: &Uri) -> &'static str {
    let path = uri.path().trim_matches('/');
    let is_object = path.contains('/');
    match (method.as_str(), is_object) {
        ("GET", true) => "GetObject",
        ("GET", false) if path.is_empty() => "ListBuckets",
        ("GET", false) => "ListObjectsV2",
        ("PUT", true) => "PutObject",
        ("PUT", false) => "CreateBucket",
        ("HEAD", true) => "HeadObject",
        ("HEAD", false) => "HeadBucket",
        ("DELETE", true) => "DeleteObject",
        ("DELETE", false) => "DeleteBucket",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &str, path: &str, headers: &[(&'static str, &str)], body: &str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let (method, uri) = (method.parse().unwrap(), path.parse().unwrap());
        let Operation { service, name, region, .. } =
            Operation::of(&method, &uri, &map, body.as_bytes());
        format!("{service} {name} {region}")
    }

    fn signed(service: &str) -> (&'static str, String) {
        let scope = format!("Credential=test/20261124/eu-west-1/{service}/aws4_request");
        ("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"))
    }

    #[test]
    fn every_protocol_names_its_operation() {
        let of = |service, target, method, path, body| {
            let (name, value) = signed(service);
            let mut headers = vec![(name, value.as_str())];
            match target {
                "" => {}
                "form" => headers.push(("content-type", "application/x-www-form-urlencoded")),
                target => headers.push(("x-amz-target", target)),
            }
            read(method, path, &headers, body)
        };
        for (service, target, method, path, body, expected) in [
            ("dynamodb", "DynamoDB_20120810.PutItem", "POST", "/", "{}", "dynamodb PutItem"),
            ("sqs", "AmazonSQS.SendMessageBatch", "POST", "/", "{}", "sqs SendMessageBatch"),
            (
                "states",
                "AWSStepFunctions.StartExecution",
                "POST",
                "/",
                "",
                "stepfunctions StartExecution",
            ),
            ("sns", "form", "POST", "/", "Version=1&Action=PublishBatch", "sns PublishBatch"),
            ("lambda", "", "POST", "/2015-03-31/functions/f/invocations", "", "lambda Invoke"),
            ("s3", "", "GET", "/bucket/a/b.yaml", "", "s3 GetObject"),
            ("s3", "", "GET", "/bucket?list-type=2", "", "s3 ListObjectsV2"),
            (
                "monitoring",
                "",
                "POST",
                "/service/X/operation/PutMetricData",
                "",
                "monitoring PutMetricData",
            ),
        ] {
            let found = of(service, target, method, path, body);
            assert_eq!(found, format!("{expected} eu-west-1"));
        }
    }

    #[test]
    fn a_request_without_a_signature_is_a_webhook() {
        assert_eq!(read("POST", "/hooks/1", &[], "{}"), "http POST ");
    }
}
