//! `busfault UPSTREAM [ADDRESS] [RULES.json]`: the proxy by itself, until it is ended.

use anyhow::{Context as _, Result};
use eventyard_busfault::Busfault;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let upstream = arguments.next().context("busfault UPSTREAM [ADDRESS] [RULES.json]")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let proxy = Busfault::listen(&address, upstream.as_str()).await?;
    if let Some(rules) = arguments.next() {
        proxy.set_rules_json(&std::fs::read_to_string(rules)?)?;
    }
    println!("{}", proxy.endpoint());
    std::future::pending().await
}
