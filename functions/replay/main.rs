//! The function `replay`: see [`eventyard_lambda::functions::replay`].
#![recursion_limit = "256"] // The futures of all layers below are one type.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    eventyard_lambda::functions::replay().await
}
