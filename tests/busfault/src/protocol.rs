//! How a service writes requests and answers.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The protocols of the services that the bus calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A JSON document; the operation is in a header or in the path.
    Json,
    /// A form with an `Action`, answered in XML.
    Query,
    /// S3: method and path, answered in XML.
    Xml,
    /// No AWS service: a webhook.
    Plain,
}

impl Protocol {
    /// The protocol of a request to a service; an empty name is no service of AWS.
    pub fn of(service: &str, headers: &HeaderMap) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form = content_type.is_some_and(|value| value.contains("x-www-form-urlencoded"));
        match service {
            "http" => Self::Plain,
            "s3" => Self::Xml,
            _ if is_form => Self::Query,
            _ => Self::Json,
        }
    }
}
