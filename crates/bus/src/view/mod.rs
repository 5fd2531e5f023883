//! What happened, as people ask for it and are answered, whatever the store: events, traces, parked
//! deliveries. Plain data; each store has a reader of its own that fills it.

mod ask;
mod parked;
mod redrive;
mod trace;

pub use ask::{EventFilter, ParkedFilter};
pub use parked::ParkedDelivery;
pub use redrive::{Redrive, RedriveError};
pub use trace::{Trace, TracedDelivery, TracedEvent, TracedState};
