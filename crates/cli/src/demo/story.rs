//! What is sent, and how the services answer it. Pure: the n-th event is always the same but for its id.

use serde_json::{Value, json};

const CUSTOMERS: [&str; 5] = ["ada", "grace", "edsger", "barbara", "donald"];

/// The n-th order of a run: every seventh is big, every fifth is fragile and heavy.
pub fn order(run: &str, n: u64) -> Value {
    let customer = CUSTOMERS[usize::try_from(n % 5).unwrap_or(0)];
    let total =
        if n % 7 == 3 { 1500.0 } else { 20.0 + f64::from(u32::try_from(n % 97).unwrap_or(0)) };
    let fragile = n % 5 == 1;
    json!({
        "specversion": "1.0",
        "id": format!("{run}-o{n}"),
        "source": "shop",
        "type": "OrderPlaced",
        "subject": format!("order-{n}"),
        "data": {
            "customer": customer,
            "total": total,
            "items": [
                { "sku": "chair-4", "qty": 1 + n % 3, "weightKg": 7.5 },
                { "sku": "mirror-9", "qty": 1, "weightKg": if fragile { 24.0 } else { 2.0 }, "fragile": fragile },
            ],
        },
    })
}

/// The n-th raw reading of a run: every third shakes over its baseline, every twelfth is a sensor nobody knows.
pub fn reading(run: &str, n: u64) -> Value {
    let level = if n.is_multiple_of(3) { 12.5 } else { 5.0 };
    let sensor = if n % 12 == 6 { "VB-99999".to_owned() } else { format!("VB-{}", 42_340 + n % 6) };
    json!({
        "eventId": format!("{run}-r{n}"),
        "eventType": "VibrationRecorded",
        "source": "VibrationSensor",
        "sensorLocation": format!("hall {}", 1 + n % 3),
        "data": {
            "sensorId": sensor,
            "vibrationLevel": level,
            "baselineVibrationLevel": 4.0,
            "difference": level - 4.0,
            "unit": "m/s²",
        },
        "metadata": { "firmware": "2.4" },
    })
}

/// A door, which no rule takes.
pub fn door(run: &str, n: u64) -> Value {
    let id = format!("{run}-d{n}");
    json!({ "specversion": "1.0", "id": id, "source": "hall-1", "type": "DoorOpened", "data": { "door": n % 4 } })
}

/// The payment service: every order that reaches it is paid.
pub fn take_payment(order: &Value) -> Value {
    follow_up(
        order,
        "payment",
        "PaymentProcessed",
        json!({ "status": "captured", "customer": order["data"]["customer"] }),
    )
}

/// The warehouse: every order that is paid is shipped.
pub fn ship(payment: &Value) -> Value {
    follow_up(
        payment,
        "warehouse",
        "OrderShipped",
        json!({ "customer": payment["data"]["customer"] }),
    )
}

/// An event caused by another: its id follows from the cause's, so that a repeated delivery is one event.
fn follow_up(cause: &Value, source: &str, event_type: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": format!("{}-{source}", cause["id"].as_str().unwrap_or_default()),
        "source": source,
        "type": event_type,
        "subject": cause["subject"],
        "causationid": cause["id"],
        "data": data,
    })
}
