//! Notifications: the customer is told what happened to an order.

use crate::order_of;
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde::Deserialize;

/// The service.
pub fn service() -> Service {
    Service::from_env("notification").on("PaymentProcessed", tell).on("OrderShipped", tell)
}

#[derive(Debug, Deserialize)]
struct About {
    customer: String,
}

async fn tell(about: About, cx: Context) -> Result<(), HandlerError> {
    let order = order_of(&cx)?;
    let text = format!("Dear {}, your order {order}: {}", about.customer, cx.event().event_type());
    let key = format!("{order}/{}", cx.event().event_type());
    cx.transact(Rows::default().insert("messages", key, &text)?);
    Ok(())
}
