//! Orders: what the web shop asks for becomes an order, once.

use crate::order_of;
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde_json::Value;

/// The service.
pub fn service() -> Service {
    Service::from_env("order").on("OrderRequested", place)
}

/// Takes the order as it is: who pays knows what a total is.
async fn place(request: Value, cx: Context) -> Result<(), HandlerError> {
    cx.transact(Rows::default().put("orders", order_of(&cx)?, &request)?);
    cx.emit("OrderPlaced", &request)
}
