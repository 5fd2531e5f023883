//! The story, to look at: `cargo run -p factory`.

use anyhow::Result;
use factory::hall::{Hall, SECRET, reading};
use std::process::Command;
use std::time::Duration;

/// The alert desk's key where the environment has none: good for this process and for nothing else.
const DEMO_KEY: &str = "whsec_ZGVtb25zdHJhdGlvbiBrZXkgb2YgdGhlIGZhY3Rvcnk=";

fn main() -> Result<()> {
    if std::env::var_os(SECRET).is_none() {
        let again = Command::new(std::env::current_exe()?).env(SECRET, DEMO_KEY).status()?;
        std::process::exit(again.code().unwrap_or(1));
    }
    tokio::runtime::Runtime::new()?.block_on(story())
}

async fn story() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let hall = Hall::open(folder.path()).await?;
    println!("the hall is open: {} (GET /audit, /events, /stream)", hall.bus.url());
    refuses_strangers(&hall).await?;
    let levels = [4.1, 4.3, 12.5, 13.0, 4.2, 11.9];
    for (n, level) in (0..).zip(levels) {
        hall.publish(&reading("VB-42345", n, level)).await?;
        hall.publish(&reading("VB-42346", n, 4.0)).await?;
    }
    println!("two machines sent {} readings each; one shook three times", levels.len());
    while hall.alerts().len() < 3 || readings(&hall, "VB-42346").await? < 6 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while readings(&hall, "VB-42345").await? < 6 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut texts: Vec<_> = hall.alerts().iter().map(|alert| alert["text"].to_string()).collect();
    texts.sort();
    for text in texts {
        println!("alert, signed: {text}");
    }
    for sensor in ["VB-42345", "VB-42346"] {
        let machine = hall.machine(sensor).await?.unwrap_or_default();
        println!("{sensor}: {}", serde_json::to_string(&machine)?);
    }
    while hall.stored("MachineStatusChanged").await?.len() < 5 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stored = hall.stored("VibrationRecorded").await?.len();
    println!("the store has {stored} readings, and 5 changes of status");
    Ok(())
}

/// The alert desk takes nothing that is not signed.
async fn refuses_strangers(hall: &Hall) -> Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client.post(hall.alert_desk()).body(r#"{"text":"evacuate"}"#).send().await?;
    println!("the alert desk answers {} to a stranger", answer.status().as_u16());
    Ok(())
}

async fn readings(hall: &Hall, sensor: &str) -> Result<u64> {
    Ok(hall.machine(sensor).await?.map_or(0, |machine| machine.readings))
}
