//! The function `notification`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    shop::notification::service().run().await
}
