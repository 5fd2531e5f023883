//! The short form of `cargo xtask crash --aws`.

use super::program;
use anyhow::Result;

#[tokio::test]
async fn workers_that_are_killed_under_load_lose_nothing_that_they_acknowledged() -> Result<()> {
    let summary = eventyard_busfault::kills::run(program(), 3, 2, |_| {}).await?;
    assert!(summary.acknowledged > 0, "{summary:?}");
    Ok(())
}
