//! A running LocalStack, for tests and for developers: [`up`] starts one or finds the one that runs, [`down`] ends it.
//!
//! Three ways, in this order:
//!
//! 1. `EVENTYARD_LOCALSTACK=http://HOST:PORT` names one that somebody else runs; it is used and never stopped.
//! 2. Where a Docker engine answers, `docker-compose.yml` of this folder is started.
//! 3. Otherwise LocalStack runs as plain processes on this machine: its Python package, DynamoDB Local in Java, and each
//!    Lambda function as a native process. `host/` is the plug-in that makes it so.
//!
//! `EVENTYARD_LOCALSTACK=docker` or `=process` decides between the last two. The port is 4566, or what
//! `EVENTYARD_LOCALSTACK_PORT` says. Everything that is installed, written or logged lies in `target/localstack/`.
//!
//! The modules, in the order in which [`up`] needs them: `settings`, `health`, `docker`, `prerequisites`, `install`,
//! `start`, `databases`, `record`, `stop`.

mod databases;
mod docker;
mod health;
mod install;
mod prerequisites;
mod record;
mod settings;
mod start;
mod stop;

use std::fs::File;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use record::Record;

pub use settings::{Kind, Settings};

/// Where a running LocalStack answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalStack {
    /// The URL of all services, without a slash at its end; for `AWS_ENDPOINT_URL`.
    pub endpoint: String,
    /// The URL of DynamoDB Local itself, behind LocalStack, several times quicker to answer; only where LocalStack runs
    /// as plain processes. Each pair of access key and region sees tables of its own there, and none of LocalStack's.
    pub dynamodb_endpoint: Option<String>,
}

impl LocalStack {
    /// What an AWS client needs in its environment to talk to it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
        ]
    }
}

/// [`Settings::up`] as the environment says.
///
/// # Errors
/// As there, and when the environment is not understood.
pub fn up() -> Result<LocalStack> {
    Settings::from_environment()?.up()
}

/// [`Settings::down`] as the environment says.
///
/// # Errors
/// As there, and when the environment is not understood.
pub fn down() -> Result<()> {
    Settings::from_environment()?.down()
}

/// [`Settings::logs`] as the environment says.
///
/// # Errors
/// As there, and when the environment is not understood.
pub fn logs(follow: bool) -> Result<()> {
    Settings::from_environment()?.logs(follow)
}

impl Settings {
    /// A LocalStack whose services answer: the named one, the one that has the port already, or a new one. Blocks until
    /// it is ready: some ten seconds where it is installed, a minute or two the first time. Callable from several
    /// processes at once; one of them starts it. A new one goes on after the caller has ended.
    ///
    /// # Errors
    /// When something that it needs is missing, its port is taken, or it does not start; the text names the way out. No
    /// process is left running then.
    pub fn up(&self) -> Result<LocalStack> {
        if let Kind::Given(url) = &self.kind {
            let is_healthy = health::is_healthy(url)?;
            ensure!(
                is_healthy,
                "EVENTYARD_LOCALSTACK names {url}, and no LocalStack answers there"
            );
            return Ok(LocalStack { endpoint: url.clone(), dynamodb_endpoint: None });
        }
        let _lock = lock(self)?;
        if health::is_healthy(&self.endpoint())? {
            return running(self);
        }
        if wants_docker(self)? {
            docker::up(self)?;
        } else {
            let python = install::install(self)?;
            start::start(self, &python)?;
        }
        running(self)
    }

    /// Ends what [`Settings::up`] has started on this port: LocalStack, DynamoDB Local and all functions. Does nothing
    /// where nothing runs; one that somebody else has started goes on.
    ///
    /// # Errors
    /// When it could not be ended.
    pub fn down(&self) -> Result<()> {
        let _lock = lock(self)?;
        match Record::read(self)? {
            None => Ok(()),
            Some(Record::Docker) => docker::down(self),
            Some(Record::Process { pid }) => stop::stop(self, pid),
        }
    }

    /// Prints what LocalStack has logged; with `follow`, goes on until interrupted.
    ///
    /// # Errors
    /// When there is no log.
    pub fn logs(&self, follow: bool) -> Result<()> {
        if let Some(Record::Docker) = Record::read(self)? {
            return docker::logs(self, follow);
        }
        let log = self.log();
        ensure!(
            log.exists(),
            "no LocalStack was started here: `cargo xtask localstack up` starts one"
        );
        run(Command::new("tail").args(["-n", "+1"]).args(follow.then_some("-F")).arg(log))
    }
}

/// What answers on the port; DynamoDB Local is known where LocalStack was started by this crate.
fn running(settings: &Settings) -> Result<LocalStack> {
    let is_ours = matches!(Record::read(settings)?, Some(Record::Process { .. }));
    let dynamodb = format!("http://127.0.0.1:{}", settings.dynamodb_port());
    let dynamodb_endpoint = is_ours.then_some(dynamodb);
    Ok(LocalStack { endpoint: settings.endpoint(), dynamodb_endpoint })
}

fn wants_docker(settings: &Settings) -> Result<bool> {
    match settings.kind {
        Kind::Docker if !docker::answers() => {
            bail!("EVENTYARD_LOCALSTACK=docker, and `docker info` reaches no engine")
        }
        Kind::Docker => Ok(true),
        Kind::Any => Ok(docker::answers()),
        Kind::Process | Kind::Given(_) => Ok(false),
    }
}

/// Held until the file is dropped, by one process at a time.
fn lock(settings: &Settings) -> Result<File> {
    std::fs::create_dir_all(settings.home()).context("target/localstack could not be made")?;
    let file = File::create(settings.home().join("lock"))?;
    file.lock().context("target/localstack/lock could not be locked")?;
    Ok(file)
}

/// Runs a program to its end.
fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("`{program}` could not be started"))?;
    ensure!(status.success(), "`{program}`: {status}");
    Ok(())
}
