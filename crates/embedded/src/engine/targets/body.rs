//! What stands in the place of the event, if anything.

use eventyard_bus::Parcel;
use eventyard_event::Travel;

/// The body that a redrive or the rule's transform wrote.
pub(super) fn written<'p>(parcel: &Parcel<'p>) -> Option<&'p str> {
    parcel.edit.or(parcel.planned.payload.body())
}

/// The body of a target whose message carries nothing beside it: what was written, else the event
/// with its delivery id.
pub(super) fn self_contained(parcel: &Parcel<'_>) -> String {
    match written(parcel) {
        Some(text) => text.to_owned(),
        None => parcel
            .event
            .event
            .delivered(&Travel { delivery: Some(parcel.planned.id), ..Travel::default() }),
    }
}
