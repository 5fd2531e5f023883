//! Starts LocalStack as a process that outlives its caller, and waits until it answers.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::record::Record;
use crate::settings::Settings;
use crate::{databases, health, install, prerequisites, stop};

const PATIENCE: Duration = Duration::from_secs(120);
/// Lines of the log that an error shows.
const SHOWN_LINES: usize = 20;

/// What LocalStack is told, beside ports and folders; each was looked up in its sources.
const OPTIONS: [(&str, &str); 18] = [
    // Nothing is fetched, and nobody is told.
    ("SKIP_SSL_CERT_DOWNLOAD", "1"),
    ("DISABLE_EVENTS", "1"),
    ("DNS_ADDRESS", "0"),
    // Loaded before it answers, so that no test pays for it; others are loaded when they are asked for.
    ("EAGER_SERVICE_LOADING", "1"),
    ("STRICT_SERVICE_LOADING", "0"),
    (
        "SERVICES",
        "cloudformation,cloudwatch,dynamodb,dynamodbstreams,events,iam,lambda,logs,s3,sns,sqs,sts",
    ),
    // Tables in memory outgrow the default of 256 MB when tests write many large events.
    ("DYNAMODB_HEAP_SIZE", "1g"),
    ("DYNAMODB_IN_MEMORY", "1"),
    // The streams of DynamoDB Local itself, instead of a Kinesis in front of it.
    ("PROVIDER_OVERRIDE_DYNAMODB", "v2"),
    // Queue URLs whose host every machine can resolve.
    ("SQS_ENDPOINT_STRATEGY", "path"),
    // Seconds between two looks at the source of an event source mapping; by themselves up to ten.
    ("LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC", "0.05"),
    ("LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC", "0.25"),
    ("LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC", "2"),
    // Nobody looks at the metrics of queues, which cost a call for each message.
    ("SQS_DISABLE_CLOUDWATCH_METRICS", "1"),
    ("LAMBDA_RUNTIME_EXECUTOR", "process"),
    // The plug-in knows the function's timeout, and gives up earlier.
    ("LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT", "1000"),
    // An idle process of a function goes on for a minute instead of ten.
    ("LAMBDA_KEEPALIVE_MS", "60000"),
    // Calls between its own services do not go through HTTP.
    ("IN_MEMORY_CLIENT", "1"),
];

/// Starts it and waits for its services. One that runs already is waited for as well, and ended if that is in vain.
///
/// # Errors
/// When a port is taken, or it ends or is late; its last lines are in the error, and nothing is left running.
pub fn start(settings: &Settings, python: &Path) -> Result<()> {
    if let Some(Record::Process { pid }) = Record::read(settings)? {
        if answers(settings, || stop::is_localstack(pid))? {
            return Ok(());
        }
        stop::stop(settings, pid)?;
    }
    prerequisites::check_ports(settings)?;
    let mut child = spawn(settings, python)?;
    Record::Process { pid: child.id() }.write(settings)?;
    if answers(settings, || matches!(child.try_wait(), Ok(None)))? {
        let dynamodb = format!("http://127.0.0.1:{}", settings.dynamodb_port());
        return databases::open(&settings.endpoint(), &dynamodb);
    }
    stop::stop(settings, child.id())?;
    bail!("LocalStack ended, or did not answer in {PATIENCE:?}:\n{}", last_lines(settings))
}

fn spawn(settings: &Settings, python: &Path) -> Result<Child> {
    let home = settings.home().canonicalize()?;
    // What an earlier one has left is of no use: it kept its state in memory.
    let _ = fs::remove_dir_all(settings.folder());
    fs::create_dir_all(settings.folder().join("tmp"))?;
    let own = settings.folder().canonicalize()?;
    let log = File::create(settings.log())?;
    // The certificates are for npm, which fetches what LocalStack runs Kinesis with.
    let kept = ["PATH", "HOME", "JAVA_HOME", "LANG", "LS_LOG", "DEBUG", "NODE_EXTRA_CA_CERTS"];
    let kept = kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    let mut command = Command::new(python);
    command
        .args(["-m", "localstack.runtime.main"])
        .current_dir(&own)
        // Nothing else: an `AWS_ENDPOINT_URL` or a `PYTHONPATH` of the caller would be taken for its own.
        .env_clear()
        .env("LS_LOG", "warning")
        .envs(kept)
        .envs(OPTIONS)
        .env("GATEWAY_LISTEN", format!("127.0.0.1:{}", settings.port))
        .env("LOCALSTACK_HOST", format!("localhost:{}", settings.port))
        .env("DYNAMODB_LOCAL_PORT", settings.dynamodb_port().to_string())
        .env("DDB_LOCAL_HOME", install::dynamodb_home(&home))
        .env("FILESYSTEM_ROOT", own.join("files"))
        .env("CONFIG_DIR", own.join("config"))
        // Where the code of functions is unpacked; LocalStack warns of `TMPDIR`.
        .env("TEMP", own.join("tmp"))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    command.spawn().context("LocalStack's Python could not be started: remove target/localstack, and it is installed anew")
}

/// Whether its services come to be there, as long as it runs.
fn answers(settings: &Settings, mut is_running: impl FnMut() -> bool) -> Result<bool> {
    let start = Instant::now();
    while !health::is_healthy(&settings.endpoint())? {
        if !is_running() || start.elapsed() > PATIENCE {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(true)
}

fn last_lines(settings: &Settings) -> String {
    let text = fs::read(settings.log()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}
