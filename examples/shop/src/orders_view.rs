//! The read model: one row per order, with its status and what led to it.

use crate::order_of;
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The service.
pub fn service() -> Service {
    Service::from_env("orders-view")
        .on("OrderPlaced", show)
        .on("PaymentProcessed", show)
        .on("OrderShipped", show)
}

/// An order as a web page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderView {
    /// The last thing that happened.
    pub status: String,
    /// Everything that happened, in its order.
    pub history: Vec<String>,
}

async fn show(_: Value, cx: Context) -> Result<(), HandlerError> {
    let order = order_of(&cx)?;
    let row = cx.row::<OrderView>("orders", &*order).await?;
    let (mut view, read) = row.map_or_else(Default::default, |row| (row.value, Some(row.revision)));
    view.status = cx.event().event_type().to_owned();
    view.history.push(view.status.clone());
    cx.transact(Rows::default().update("orders", order, read, &view)?);
    Ok(())
}
