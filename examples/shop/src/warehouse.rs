//! The warehouse: a paid order is shipped, once.

use crate::order_of;
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde::Deserialize;
use serde_json::json;

/// The service.
pub fn service() -> Service {
    Service::from_env("warehouse").on("PaymentProcessed", ship)
}

#[derive(Debug, Deserialize)]
struct Payment {
    customer: String,
}

async fn ship(payment: Payment, cx: Context) -> Result<(), HandlerError> {
    let shipment = json!({ "customer": payment.customer });
    // A second payment of one order would be a mistake of ours: it must not ship twice.
    let rows = Rows::default().insert("shipments", order_of(&cx)?, &shipment)?;
    cx.transact(rows);
    cx.emit("OrderShipped", &shipment)
}
