//! What messages of SQS and SNS share.

use eventyard_bus::Parcel;

/// The type of our attributes.
pub(super) const STRING: &str = "String";

/// What the attributes count for: names, types and values.
pub(super) fn attribute_bytes(parcel: &Parcel<'_>) -> usize {
    let attributes = parcel.attributes();
    attributes.iter().map(|(name, value)| name.len() + STRING.len() + value.len()).sum()
}
