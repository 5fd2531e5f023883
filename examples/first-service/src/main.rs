//! Takes payment for orders.

use eventyard_handler::{Context, Error, HandlerError, Rows, Service};
use serde::Deserialize;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Error> {
    service().run().await
}

fn service() -> Service {
    Service::from_env("payments").on("OrderPlaced", take_payment)
}

#[derive(Debug, Deserialize)]
struct Order {
    total: f64,
}

async fn take_payment(order: Order, cx: Context) -> Result<(), HandlerError> {
    if order.total > 10_000.0 {
        return Err(HandlerError::park("over the limit of a card"));
    }
    // Here you would ask a payment provider, with `cx.idempotency_key()`.
    cx.transact(Rows::default().insert("payments", cx.event().id(), &order.total)?);
    cx.emit("PaymentProcessed", &json!({ "total": order.total }))
}

#[cfg(test)]
mod tests {
    use super::service;
    use eventyard_handler::testing::{Kit, event};
    use serde_json::json;

    #[test]
    fn an_order_is_paid_once_however_often_it_comes() {
        let kit = Kit::new(service());
        let order = event("o-1", "shop", "OrderPlaced", &json!({ "total": 12.5 }));
        assert_eq!(kit.deliver(&order).emitted[0].event_type(), "PaymentProcessed");
        assert!(kit.deliver(&order).emitted.is_empty());
    }

    #[test]
    fn an_order_over_the_limit_is_parked() {
        let kit = Kit::new(service());
        kit.deliver(&event("o-2", "shop", "OrderPlaced", &json!({ "total": 99_999 })));
        assert_eq!(kit.parked()[0].cause.message, "over the limit of a card");
    }
}
