//! The function `orders-view`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    shop::orders_view::service().run().await
}
