//! The function `monitoring`: wiring only.

#[tokio::main]
async fn main() -> Result<(), eventyard_handler::Error> {
    factory::monitoring::service().run().await
}
