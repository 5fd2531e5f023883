//! LocalStack in Docker: `docker-compose.yml` of this crate.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::record::Record;
use crate::settings::{Settings, source};
use crate::{health, run};

/// The first time, the image has been pulled before this begins.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether `docker info` reaches an engine.
pub fn answers() -> bool {
    let mut info = Command::new("docker");
    info.arg("info").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    info.status().is_ok_and(|status| status.success())
}

/// Starts the container and waits until its services are there.
///
/// # Errors
/// When compose fails, or the services are not there in time; the container goes on, so that its logs can be read.
pub fn up(settings: &Settings) -> Result<()> {
    Record::Docker.write(settings)?;
    run(compose(settings).args(["up", "-d"]))?;
    let start = Instant::now();
    while !health::is_healthy(&settings.endpoint())? {
        let is_late = start.elapsed() > PATIENCE;
        ensure!(!is_late, "LocalStack did not answer in time: see `cargo xtask localstack logs`");
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Removes the container and the functions' containers.
///
/// # Errors
/// When compose fails.
pub fn down(settings: &Settings) -> Result<()> {
    run(compose(settings).args(["down", "--remove-orphans"]))?;
    Record::remove(settings)
}

/// Prints the log of the container.
///
/// # Errors
/// When compose fails.
pub fn logs(settings: &Settings, follow: bool) -> Result<()> {
    run(compose(settings).arg("logs").args(follow.then_some("--follow")))
}

fn compose(settings: &Settings) -> Command {
    let mut compose = Command::new("docker");
    compose.args(["compose", "--file"]).arg(source().join("docker-compose.yml"));
    compose.env("EVENTYARD_LOCALSTACK_PORT", settings.port.to_string());
    compose
}
