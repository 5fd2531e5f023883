//! The AWS CLI and the SDK, pointed at LocalStack.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_types::timeout::TimeoutConfig;
use eventyard_aws::Clients;
use eventyard_localstack::{Kind, LocalStack, Settings};

/// LocalStack's only account.
pub const ACCOUNT: &str = "000000000000";
/// The region of all tests.
pub const REGION: &str = "eu-west-1";

/// The running LocalStack, as plain processes where the environment does not say otherwise: its functions then reach
/// receivers of this machine.
///
/// # Errors
/// When it does not start.
pub fn localstack() -> Result<&'static LocalStack> {
    static RUNNING: OnceLock<Result<LocalStack, String>> = OnceLock::new();
    let running = RUNNING.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    running.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
}

fn start() -> Result<LocalStack> {
    let mut settings = Settings::from_environment()?;
    if settings.kind == Kind::Any {
        settings.kind = Kind::Process;
    }
    settings.up()
}

/// The folder of `aws` and of a `python` that has boto3.
///
/// # Errors
/// When the environment names none.
pub fn clients_folder() -> Result<PathBuf> {
    let folder = std::env::var_os("EVENTYARD_AWS_CLIENTS").context(
        "EVENTYARD_AWS_CLIENTS is not set: `cargo xtask aws` installs the AWS CLI and boto3 and sets it; by hand, it is \
the bin folder of a Python environment with tests/requirements.txt",
    )?;
    Ok(folder.into())
}

/// The folder of `sam` and `cargo-lambda`.
///
/// # Errors
/// When the environment names none.
pub fn deployers_folder() -> Result<PathBuf> {
    let folder = std::env::var_os("EVENTYARD_DEPLOYERS").context(
        "EVENTYARD_DEPLOYERS is not set: `cargo xtask aws` installs SAM and cargo-lambda and sets it; by hand, it is the \
bin folder of a Python environment with tests/aws/requirements.txt",
    )?;
    Ok(folder.into())
}

/// A program that talks to LocalStack, in `folder`.
///
/// # Errors
/// When there is no LocalStack.
pub fn program(program: &Path, folder: &Path) -> Result<Command> {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .envs(localstack()?.environment())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "")
        .stdin(Stdio::null());
    Ok(command)
}

/// Runs the AWS CLI in a folder and returns what it says.
///
/// # Errors
/// When it fails; what it said is in the error.
pub fn cli(folder: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = program(&clients_folder()?.join("aws"), folder)?;
    output(command.args(arguments))
}

/// Runs a program to its end and returns its standard output.
///
/// # Errors
/// When it fails; both its outputs are in the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?} could not be started"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("{command:?}: {}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
    }
    Ok(text(&output.stdout))
}

/// Runs Python with boto3 on a script and returns what it prints.
///
/// # Errors
/// As [`output`].
pub fn boto3(script: &str, arguments: &[&str]) -> Result<String> {
    let mut command = program(&clients_folder()?.join("python"), Path::new("."))?;
    output(command.args(["-c", script]).args(arguments))
}

/// Clients of the SDK. Their connections belong to the runtime that they are first used on, so each test has its own.
///
/// # Errors
/// When there is no LocalStack.
pub async fn clients() -> Result<Clients> {
    // Tests count on calls under load that take longer than those of a function may.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .endpoint_url(&localstack()?.endpoint)
        .timeout_config(timeouts)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .load()
        .await;
    ensure!(config.endpoint_url().is_some(), "the SDK has no endpoint");
    Ok(Clients::new(config))
}
