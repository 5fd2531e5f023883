//! What was given up, with the original bytes.

use crate::{Delivery, DeliveryState, ParkedCursor};
use eventyard_event::Event;
use serde::{Deserialize, Serialize};

/// A parked delivery with its event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ParkedDelivery {
    /// The delivery item: why it is parked, and what was tried.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The CloudEvents object, as it was accepted.
    pub event: Event,
}

impl ParkedDelivery {
    /// Its place in the order of parking; none when it is not parked any more.
    #[must_use]
    pub fn cursor(&self) -> Option<ParkedCursor> {
        match self.delivery.state {
            DeliveryState::Parked { at } => Some(ParkedCursor { at, key: self.delivery.key }),
            _ => None,
        }
    }
}
