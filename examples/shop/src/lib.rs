//! The shop: services behind the bus, each a page of code.
//!
//! | module | listens to | writes | emits |
//! |---|---|---|---|
//! | [`order`] | `OrderRequested` | `orders` | `OrderPlaced` |
//! | [`payment`] | `OrderPlaced` | `payments`, `spent` | `PaymentProcessed` |
//! | [`warehouse`] | `PaymentProcessed` | `shipments` | `OrderShipped` |
//! | [`notification`] | `PaymentProcessed`, `OrderShipped` | `messages` | |
//! | [`orders_view`] | all of them | `orders`: the read model | |
//!
//! [`street`] runs them behind the embedded bus in one process: for the story, and for its test.

pub mod notification;
pub mod order;
pub mod orders_view;
pub mod payment;
pub mod provider;
pub mod street;
pub mod warehouse;

use eventyard_handler::{Context, HandlerError};

/// The order that an event is about: its subject.
fn order_of(cx: &Context) -> Result<String, HandlerError> {
    let subject = cx.event().subject().map(str::to_owned);
    subject.ok_or_else(|| HandlerError::park("the event names no order in `subject`"))
}
