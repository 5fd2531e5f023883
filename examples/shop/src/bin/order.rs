//! The function `order`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    shop::order::service().run().await
}
