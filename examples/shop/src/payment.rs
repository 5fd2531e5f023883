//! Payments: every order is charged once, whatever the provider is up to.

use crate::order_of;
use crate::provider::{Provider, ProviderError};
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// The service, charging at this provider.
pub fn service(provider: impl Provider) -> Service {
    charging::<Order>(provider)
}

/// The service after the fix: an old till writes totals as texts.
pub fn fixed(provider: impl Provider) -> Service {
    charging::<AnyOrder>(provider)
}

fn charging<T: DeserializeOwned + Into<Order> + Send>(provider: impl Provider) -> Service {
    Service::from_env("payment").on("OrderPlaced", move |order: T, cx: Context| {
        take_payment(order.into(), cx, provider.clone())
    })
}

#[derive(Debug, Deserialize)]
struct Order {
    customer: String,
    /// In cents.
    total: u64,
}

async fn take_payment(
    order: Order,
    cx: Context,
    provider: impl Provider,
) -> Result<(), HandlerError> {
    let receipt = provider.charge(&cx.idempotency_key(), &order.customer, order.total).await;
    let receipt = receipt.map_err(|error| match error {
        ProviderError::Down => HandlerError::retry("the payment provider is down"),
        ProviderError::Throttled { after } => HandlerError::retry_after("throttled", after),
    })?;
    let spent = cx.row::<u64>("spent", &*order.customer).await?;
    let (sum, read) = spent.map_or((0, None), |row| (row.value, Some(row.revision)));
    let paid = json!({ "customer": order.customer, "total": order.total, "receipt": receipt });
    let rows = Rows::default().insert("payments", order_of(&cx)?, &paid)?;
    cx.transact(rows.update("spent", &*order.customer, read, &(sum + order.total))?);
    cx.emit("PaymentProcessed", &paid)
}

#[derive(Debug, Deserialize)]
struct AnyOrder {
    customer: String,
    #[serde(deserialize_with = "cents")]
    total: u64,
}

impl From<AnyOrder> for Order {
    fn from(order: AnyOrder) -> Self {
        Self { customer: order.customer, total: order.total }
    }
}

/// A number, or a text that holds one.
fn cents<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.ok_or_else(|| serde::de::Error::custom("a total is a whole number of cents"))
}
