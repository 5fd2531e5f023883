//! What must be on the machine before LocalStack can be installed and run, and where it was looked for.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail, ensure};

use crate::settings::Settings;

/// LocalStack 4.14 is written in the syntax of this version, and `uv` is told to fetch it where there is none.
pub const PYTHON: &str = "3.13";
const IS_NEW_ENOUGH: &str = "import sys, venv; sys.exit(sys.version_info < (3, 13))";

/// Says at once everything that is missing.
///
/// # Errors
/// When a program is missing; the text says what each is for and how it is had.
pub fn check() -> Result<()> {
    let needed = [
        (
            "java",
            "-version",
            "Java 17 or newer runs DynamoDB Local: install a JRE, such as `apt-get install default-jre-headless`",
        ),
        (
            "npm",
            "--version",
            "npm brings DynamoDB Local: install Node.js, such as `apt-get install npm`",
        ),
        ("tar", "--version", "tar unpacks DynamoDB Local: `apt-get install tar`"),
    ];
    let missing: Vec<_> = needed
        .iter()
        .filter(|(program, flag, _)| !succeeds(program, &[flag]))
        .map(|n| n.2)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "LocalStack without Docker needs what is not on this machine:\n  {}\nOr start a Docker engine, or name a running \
LocalStack: EVENTYARD_LOCALSTACK=http://HOST:4566",
        missing.join("\n  ")
    )
}

/// A Python that is new enough: `EVENTYARD_PYTHON`, else one of the `PATH`, else one of pyenv's.
pub fn python() -> Option<PathBuf> {
    let named = std::env::var_os("EVENTYARD_PYTHON").map(PathBuf::from);
    let on_path = ["python3.13", "python3", "python3.14"].map(PathBuf::from);
    let candidates = named.into_iter().chain(on_path).chain(of_pyenv());
    candidates.into_iter().find(|python| succeeds(python, &["-c", IS_NEW_ENOUGH]))
}

/// pyenv's command `python3.13` only works where that version was chosen; its files always do.
fn of_pyenv() -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let Some(versions) = root.and_then(|root| root.join("versions").read_dir().ok()) else {
        return Vec::new();
    };
    let versions = versions.flatten().map(|version| version.path().join("bin/python3.13"));
    versions.filter(|python| python.exists()).collect()
}

/// Sees that LocalStack and DynamoDB Local can listen.
///
/// # Errors
/// When something else does.
pub fn check_ports(settings: &Settings) -> Result<()> {
    for (port, whose) in
        [(settings.port, "LocalStack"), (settings.dynamodb_port(), "DynamoDB Local")]
    {
        let is_free = std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
        ensure!(
            is_free,
            "port {port}, which {whose} would have, is taken by something else: end that, or choose another port by \
EVENTYARD_LOCALSTACK_PORT"
        );
    }
    Ok(())
}

fn succeeds(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
