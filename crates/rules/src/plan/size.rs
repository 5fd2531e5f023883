//! Whether a payload fits its target: found out before sending, when the reason can still be named.

use eventyard_event::{Data, Event, Travel};

use super::{Payload, Refused, RefusedCode};
use crate::{Target, TargetKind};

/// What travels beside the body and counts against the same limit: the message attributes for
/// delivery id, hops and cause (SQS and SNS count names, types and values), or the entry's other
/// fields. An upper bound for all targets, so that one number decides.
const BESIDE_BYTES: usize = 512;

/// By how much the delivered document may be longer than the stored one: the hop count.
const HOPS_BYTES: usize = 32;

/// The refusal of a payload that is over the target's limit.
pub(super) fn too_large(event: &Event, target: &Target, payload: &Payload) -> Option<Refused> {
    let limit = target.kind.payload_bytes_max();
    let room = limit.saturating_sub(BESIDE_BYTES);
    let bytes = match payload {
        Payload::Body(body) => body.len(),
        // Far from the limit there is nothing to measure.
        Payload::Document if event.document().len() + HOPS_BYTES <= room => return None,
        Payload::Document => document_bytes(event, target),
    };
    (bytes > room).then(|| Refused {
        code: RefusedCode::PayloadTooLargeForTarget,
        message: format!("the payload is {bytes} bytes, `{}` takes {room}", target.name),
    })
}

/// Bytes of the event in the form that its target takes.
fn document_bytes(event: &Event, target: &Target) -> usize {
    if !matches!(target.kind, TargetKind::Http(_)) {
        return event.delivered(&Travel::default()).len();
    }
    match event.data() {
        Data::None => 0,
        Data::Json(text) => text.len(),
        Data::Text(text) => text.len(),
        Data::Binary(bytes) => bytes.len(),
    }
}
