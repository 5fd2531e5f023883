//! The `eventyard` command, built once per process and run from outside, as a user would.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};

/// The path of the built command: `EVENTYARD_BIN` where it is set, else a build of `eventyard-cli`.
///
/// # Errors
/// When the build fails; its output is in the error.
pub fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| locate().map_err(|e| format!("{e:#}")))
        .as_deref()
        .map_err(|e| anyhow::anyhow!("{e}"))
}

fn locate() -> Result<PathBuf> {
    match std::env::var_os("EVENTYARD_BIN") {
        Some(path) => Ok(PathBuf::from(path)),
        None => build(&[]),
    }
}

/// Builds the command with `flags` (such as `--release`) and returns where it lies.
///
/// # Errors
/// When cargo cannot be started or the build fails.
pub fn build(flags: &[&str]) -> Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "-p", "eventyard-cli", "--message-format=json"])
        .args(flags)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("`cargo build -p eventyard-cli` failed: {}", output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .next_back()
        .context("cargo named no executable of eventyard-cli")
}

/// The root of the project.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Runs the command with `arguments` in `folder`, `input` on its standard input, and returns all it said.
///
/// # Errors
/// When it cannot be built or started. A non-zero exit is not an error here: it is what many tests look at.
pub fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Output> {
    let mut child = Command::new(binary()?)
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("eventyard could not be started")?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let input = input.to_vec();
    // A thread of its own, so that a command which answers while it reads cannot block on a full pipe. A command that
    // refuses its arguments reads nothing: a broken pipe is not the test's concern.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output()?;
    drop(writer.join());
    Ok(output)
}

/// [`run_in`] at the project's root.
///
/// # Errors
/// As [`run_in`].
pub fn run(arguments: &[&str], input: &[u8]) -> Result<Output> {
    run_in(root(), arguments, input)
}

/// Runs the command, demands exit 0, and returns its standard output.
///
/// # Errors
/// When it exits otherwise; both its outputs are in the error.
pub fn stdout_of(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<String> {
    let output = run_in(folder, arguments, input)?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("eventyard {arguments:?}: {}\n{stderr}\n{stdout}", output.status);
    }
    Ok(stdout)
}

/// The JSON objects that the command prints, one per line.
///
/// # Errors
/// When it fails, or a line is not JSON.
pub fn json_lines(
    folder: &Path,
    arguments: &[&str],
    input: &[u8],
) -> Result<Vec<serde_json::Value>> {
    stdout_of(folder, arguments, input)?
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}")))
        .collect()
}
