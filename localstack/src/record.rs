//! What `up` has started, for the next `up` and for `down`: a file that the lock protects.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// The LocalStack of one port that was started last and not ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Record {
    /// By Docker Compose.
    Docker,
    /// As a process, which leads a process group of the same number.
    Process { pid: u32 },
}

impl Record {
    /// The record, if something was started.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn read(settings: &Settings) -> Result<Option<Self>> {
        let text = match fs::read(path(settings)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        serde_json::from_slice(&text).context("the record of what runs")
    }

    /// Replaces the record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, settings: &Settings) -> Result<()> {
        fs::create_dir_all(settings.folder())?;
        fs::write(path(settings), serde_json::to_vec(self)?).context("the record of what runs")
    }

    /// Says that nothing runs.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(settings: &Settings) -> Result<()> {
        match fs::remove_file(path(settings)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn path(settings: &Settings) -> PathBuf {
    settings.folder().join("running.json")
}
