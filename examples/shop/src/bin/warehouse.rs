//! The function `warehouse`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    shop::warehouse::service().run().await
}
