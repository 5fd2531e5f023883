//! The function `payment`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    shop::payment::service(shop::provider::Sandbox::default()).run().await
}
