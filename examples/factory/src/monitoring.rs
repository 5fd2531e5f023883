//! Monitoring: what each machine measured last, and whether it is well.

use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde::{Deserialize, Serialize};

/// The service.
pub fn service() -> Service {
    Service::from_env("monitoring").on("VibrationRecorded", vibration)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vibration {
    sensor_id: String,
    vibration_level: f64,
    baseline_vibration_level: f64,
    difference: f64,
}

/// A machine as a dashboard shows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Machine {
    /// What it measured last.
    pub level: f64,
    /// `well` or `shaking`.
    pub status: String,
    /// How many readings there were.
    pub readings: u64,
    /// How often it began to shake.
    pub incidents: u64,
}

async fn vibration(reading: Vibration, cx: Context) -> Result<(), HandlerError> {
    let row = cx.row::<Machine>("machines", &*reading.sensor_id).await?;
    let (mut machine, read) =
        row.map_or_else(Default::default, |row| (row.value, Some(row.revision)));
    let shakes = reading.difference > reading.baseline_vibration_level;
    let status = if shakes { "shaking" } else { "well" };
    if machine.status != status {
        machine.incidents += u64::from(shakes);
        status.clone_into(&mut machine.status);
        cx.emit("MachineStatusChanged", &serde_json::json!({ "status": status }))?;
    }
    machine.level = reading.vibration_level;
    machine.readings += 1;
    cx.transact(Rows::default().update("machines", reading.sensor_id, read, &machine)?);
    Ok(())
}
