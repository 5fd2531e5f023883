//! The functions, built once for all tests and all ways to deploy them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use eventyard_tests::command::root;

/// The functions, by the names of their binaries.
pub const ALL: [&str; 8] = [
    "ingest-sqs",
    "ingest-sns",
    "ingest-eventbridge",
    "ingest-http",
    "ingest-stream",
    "deliver",
    "replay",
    "sweep",
];

/// Lays every function into a folder of its own under `into`, as `cargo lambda build` does: `NAME/bootstrap`.
///
/// # Errors
/// When they cannot be built or copied.
pub fn lay(into: &Path) -> Result<()> {
    for (name, bootstrap) in ALL.iter().zip(built()?) {
        let folder = into.join(name);
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(&bootstrap, folder.join("bootstrap"))
            .with_context(|| format!("{} could not be copied", bootstrap.display()))?;
    }
    Ok(())
}

/// Where the built functions lie: in the folder `EVENTYARD_FUNCTIONS`, laid out as `cargo lambda build` does, else in
/// that of a release build, which is made.
fn built() -> Result<Vec<PathBuf>> {
    let paths: Vec<_> = match std::env::var_os("EVENTYARD_FUNCTIONS") {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            ALL.iter().map(|name| folder.join(name).join("bootstrap")).collect()
        }
        None => {
            let folder = build()?;
            ALL.iter().map(|name| folder.join(name)).collect()
        }
    };
    for path in &paths {
        ensure!(path.is_file(), "no function at {}", path.display());
    }
    Ok(paths)
}

fn build() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--release", "-p", "eventyard-functions"])
        .current_dir(root())
        .status()
        .context("cargo could not be started")?;
    ensure!(status.success(), "the functions could not be built: {status}");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release"))
}
