//! S3 notifications: one event per record.
//!
//! Attributes follow the CloudEvents adapter for S3, but for the id: the adapter takes that of the
//! request, and one request that deletes many objects makes many records. Ours is a hash of what
//! tells two records apart: bucket, key, version, sequencer and event name.

use super::{DecodeError, DecodeErrorKind};
use crate::ids::Parts;
use crate::json::Value;
use crate::{Event, Identity, Limits};

const PREFIX: &str = "com.amazonaws.s3.";

/// The event of one record.
pub(super) fn event(record: &Value<'_>, limits: &Limits) -> Result<Event, DecodeError> {
    let source = required(record, &["eventSource"], "eventSource")?;
    let name = required(record, &["eventName"], "eventName")?;
    let bucket = required(record, &["s3", "bucket", "name"], "s3.bucket.name")?;
    let key = required(record, &["s3", "object", "key"], "s3.object.key")?;
    let region = text(record, &["awsRegion"]).unwrap_or_default();
    // Some S3-compatible stores write the prefix that AWS leaves out.
    let name = name.strip_prefix("s3:").unwrap_or(name);
    let mut builder = Event::builder(
        &id(record, bucket, key, name),
        &format!("{source}.{region}.{bucket}"),
        &format!("{PREFIX}{name}"),
    )
    .subject(key)
    .datacontenttype("application/json");
    if let Some(time) = text(record, &["eventTime"]) {
        builder = builder.time(time);
    }
    Ok(builder.data(record).build(limits)?)
}

/// The event of the message that S3 sends when notifications are switched on.
pub(super) fn test(root: &Value<'_>, limits: &Limits) -> Result<Event, DecodeError> {
    let bucket = required(root, &["Bucket"], "Bucket")?;
    let of_request = |name| text(root, &[name]).unwrap_or_default();
    let id = format!("{}.{}", of_request("RequestId"), of_request("HostId"));
    let mut builder =
        Event::builder(&id, &format!("aws:s3.{bucket}"), &format!("{PREFIX}TestEvent"))
            .datacontenttype("application/json");
    if let Some(time) = text(root, &["Time"]) {
        builder = builder.time(time);
    }
    Ok(builder.data(root).build(limits)?)
}

fn id(record: &Value<'_>, bucket: &str, key: &str, name: &str) -> String {
    let mut parts = Parts::new("s3");
    parts.part(bucket).part(key).part(name);
    for path in [&["s3", "object", "versionId"], &["s3", "object", "sequencer"]] {
        parts.part(text(record, path).unwrap_or_default());
    }
    if text(record, &["s3", "object", "sequencer"]).is_none() {
        // Nothing orders this record among those of its object: the request must tell them apart.
        parts.part(text(record, &["responseElements", "x-amz-request-id"]).unwrap_or_default());
        parts.part(text(record, &["eventTime"]).unwrap_or_default());
    }
    Identity::from_bytes(parts.finish()).to_string()
}

fn required<'v>(
    value: &'v Value<'_>,
    path: &[&str],
    name: &'static str,
) -> Result<&'v str, DecodeError> {
    text(value, path).ok_or(DecodeError::new(DecodeErrorKind::S3Field(name)))
}

/// The text at a path, unless it is empty.
fn text<'v>(value: &'v Value<'_>, path: &[&str]) -> Option<&'v str> {
    let mut at = value;
    for name in path {
        at = at.get(name)?;
    }
    at.as_str().filter(|text| !text.is_empty())
}
