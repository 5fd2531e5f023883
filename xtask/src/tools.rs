//! What the tests need beside the Rust toolchain, installed under `target/` when it is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

const CARGO_DENY_VERSION: &str = "0.20.2";

/// Installs `cargo deny` where cargo does not have it yet.
///
/// # Errors
/// When the installation fails.
pub fn cargo_deny() -> Result<()> {
    let mut probe = Command::new(env!("CARGO"));
    probe.args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if probe.status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let arguments = [
        "install",
        "cargo-deny",
        "--version",
        CARGO_DENY_VERSION,
        "--locked",
        "--no-default-features",
        "--quiet",
    ];
    crate::test::cargo(&arguments, &[])
}

/// Sees to it that valgrind can be run. A machine of continuous integration gets it; on a developer's
/// own, packages of the system are theirs to install.
///
/// # Errors
/// When there is none.
pub fn valgrind() -> Result<()> {
    let runs = || {
        let mut probe = Command::new("valgrind");
        probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        apt.status().is_ok_and(|status| status.success())
    };
    if !runs() && std::env::var_os("CI").is_some() {
        // Whether the lists could be renewed does not matter if the package is found.
        let _ = apt(&["update", "-qq"]);
        let _ = apt(&["install", "-y", "-qq", "--no-install-recommends", "valgrind"]);
    }
    if runs() {
        return Ok(());
    }
    bail!("valgrind is needed to count instructions: `apt-get install valgrind`")
}

/// A Python environment with the AWS CLI and boto3 of `tests/requirements.txt`; returns its `bin` folder.
///
/// # Errors
/// When there is no `python3`, or the packages cannot be had.
pub fn aws_clients() -> Result<PathBuf> {
    python_packages("aws-clients", "tests/requirements.txt")
}

/// A Python environment `target/NAME` with the packages of a requirements file; returns its `bin` folder.
///
/// # Errors
/// When there is no `python3`, or the packages cannot be had.
pub fn python_packages(name: &str, requirements: &str) -> Result<PathBuf> {
    let root = eventyard_tests::command::root();
    let environment = root.join("target").join(name);
    let bin = environment.join("bin");
    let wanted = std::fs::read_to_string(root.join(requirements))?;
    let installed = environment.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(bin.canonicalize()?);
    }
    let python = format!("python3 with its venv module is needed for {}", wanted.trim());
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment)).context(python)?;
    run(Command::new(bin.join("pip"))
        .args(pip_arguments())
        .arg("-r")
        .arg(root.join(requirements)))?;
    std::fs::write(installed, wanted)?;
    Ok(bin.canonicalize()?)
}

const fn pip_arguments() -> [&'static str; 3] {
    ["install", "--quiet", "--disable-pip-version-check"]
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let program = Path::new(command.get_program()).display().to_string();
    let status = command.status().with_context(|| format!("`{program}` could not be started"))?;
    if status.success() { Ok(()) } else { bail!("`{program}`: {status}") }
}
