//! What lies where in a data folder.

use std::path::{Path, PathBuf};

/// A data folder: the one place that a bus on one machine keeps everything in.
///
/// The store owns the database; the listener leaves its URL beside it while it runs, so that
/// commands on the folder find the bus that writes to it.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The data folder at `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.root.join("events.redb")
    }

    /// The file in which a running bus leaves its URL, one line.
    pub fn url_file(&self) -> PathBuf {
        self.root.join("url")
    }

    /// The URL of the bus that runs on this folder, as it left it; a killed one leaves it behind.
    pub fn url(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.url_file()).ok()?;
        let url = text.trim();
        (!url.is_empty()).then(|| url.to_owned())
    }
}
