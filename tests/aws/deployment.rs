//! What is deployed: rules, parameters and environment; and doing it, as the README says: `eventyard export sam`,
//! `aws cloudformation package`, `aws cloudformation deploy`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use eventyard_tests::command;
use serde_json::Value;

use crate::stack::Stack;
use crate::{aws, functions};

/// The key of the hot rules in the bucket of a deployment.
pub const RULES_KEY: &str = "rules.yaml";

/// A stack that is about to be deployed.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// What every name of the stack begins with.
    pub prefix: String,
    /// The rules, `PREFIX` in them already replaced.
    pub rules: String,
    /// Parameters of the template that are not its defaults.
    pub parameters: BTreeMap<String, String>,
    /// More environment for every function, such as another `AWS_ENDPOINT_URL`.
    pub environment: BTreeMap<String, String>,
}

/// Seconds and numbers of a test's stack, where the template's defaults are minutes.
const PARAMETERS: [(&str, &str); 16] = [
    ("AllowInsecureTargets", "true"),
    // Tests invoke the sweeper themselves.
    ("SweepSchedule", "rate(365 days)"),
    ("IngestTimeout", "20"),
    ("IngestVisibility", "20"),
    ("DeliverTimeout", "30"),
    ("DeliverVisibility", "30"),
    ("PageLeaseSeconds", "10"),
    // Longer than an HTTP target may hang.
    ("AttemptLeaseSeconds", "20"),
    ("RetryBaseSeconds", "0.1"),
    ("RetryCapSeconds", "1"),
    ("ProbeEverySeconds", "1"),
    ("DrainEverySeconds", "0.2"),
    ("BreakersCheckSeconds", "0.5"),
    ("RulesCheckSeconds", "0.5"),
    ("RulesKey", RULES_KEY),
    ("LogLevel", "info"),
];

impl Deployment {
    /// A stack of these rules, in which `PREFIX` stands for its prefix, with the durations of tests.
    #[must_use]
    pub fn new(rules: &str) -> Self {
        let prefix = unique_prefix();
        let mut parameters: BTreeMap<_, _> = PARAMETERS.map(owned).into();
        parameters.extend([("Prefix", prefix.as_str())].map(owned));
        parameters.insert("RulesBucket".into(), bucket(&prefix));
        Self {
            rules: rules.replace("PREFIX", &prefix),
            prefix,
            parameters,
            environment: BTreeMap::new(),
        }
    }

    /// Sets a parameter.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: &str) -> Self {
        self.parameters.insert(parameter.to_owned(), value.to_owned());
        self
    }

    /// Sets a variable of every function.
    #[must_use]
    pub fn with_environment(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Deploys it with the AWS CLI. The stack goes when this process ends.
    ///
    /// # Errors
    /// When a step fails; what it said is in the error.
    pub fn deploy(self) -> Result<Stack> {
        self.deploy_by(with_cloudformation)
    }

    /// Deploys it with the SAM CLI. The stack goes when this process ends.
    ///
    /// # Errors
    /// When a step fails; what it said is in the error.
    pub fn deploy_with_sam(self) -> Result<Stack> {
        self.deploy_by(with_sam)
    }

    fn deploy_by(self, tool: fn(&Self, &Path) -> Result<()>) -> Result<Stack> {
        let started_at = jiff::Timestamp::now();
        let folder = self.write()?;
        let (bucket, prefix) = (bucket(&self.prefix), self.prefix.as_str());
        aws::cli(&folder, &["s3", "mb", &format!("s3://{bucket}")])?;
        self.put_rules(&folder, &bucket)?;
        let keeper = keeper(&folder, prefix)?;
        if let Err(error) = tool(&self, &folder) {
            return Err(error.context(failures(&folder, prefix)));
        }
        let outputs = outputs(&folder, prefix)?;
        let Self { prefix, rules, .. } = self;
        Ok(Stack { prefix, bucket, rules, folder, outputs, started_at, _keeper: keeper })
    }

    /// Writes functions, rules and template into a folder of its own.
    fn write(&self) -> Result<PathBuf> {
        let folder = command::root().join("target/aws-tests").join(&self.prefix);
        functions::lay(&folder.join("functions"))?;
        std::fs::create_dir_all(folder.join("rules"))?;
        std::fs::write(folder.join("rules").join(RULES_KEY), &self.rules)?;
        let folder = folder.canonicalize()?;
        let export = [
            "export",
            "sam",
            "--rules",
            "rules",
            "--create",
            "--disposable",
            "--code",
            "functions",
            "--allow-insecure-targets",
        ];
        let template = command::stdout_of(&folder, &export, b"")?;
        std::fs::write(folder.join("stack.json"), self.with_variables(&template)?)?;
        Ok(folder)
    }

    fn with_variables(&self, template: &str) -> Result<String> {
        let mut template: Value = serde_json::from_str(template)?;
        let variables = template
            .pointer_mut("/Globals/Function/Environment/Variables")
            .and_then(Value::as_object_mut)
            .context("the template has no environment")?;
        let added = self.environment.iter();
        variables.extend(added.map(|(name, value)| (name.clone(), value.as_str().into())));
        Ok(serde_json::to_string_pretty(&template)?)
    }

    fn put_rules(&self, folder: &Path, bucket: &str) -> Result<()> {
        let (from, to) = (format!("rules/{RULES_KEY}"), format!("s3://{bucket}/{RULES_KEY}"));
        aws::cli(folder, &["s3", "cp", "--quiet", &from, &to]).map(drop)
    }
}

fn with_cloudformation(deployment: &Deployment, folder: &Path) -> Result<()> {
    let bucket = bucket(&deployment.prefix);
    let package = "cloudformation package --template-file stack.json --use-json --output-template-file packaged.json";
    let package: Vec<_> = package.split(' ').chain(["--s3-bucket", &bucket]).collect();
    aws::cli(folder, &package)?;
    let deploy =
        "cloudformation deploy --template-file packaged.json --capabilities CAPABILITY_IAM";
    let mut deploy: Vec<_> = deploy.split(' ').collect();
    deploy.extend(["--stack-name", &deployment.prefix, "--s3-bucket", &bucket]);
    deploy.push("--parameter-overrides");
    let pairs = deployment.parameters.iter().map(|(name, value)| format!("{name}={value}"));
    let pairs: Vec<_> = pairs.collect();
    deploy.extend(pairs.iter().map(String::as_str));
    aws::cli(folder, &deploy).map(drop)
}

fn with_sam(deployment: &Deployment, folder: &Path) -> Result<()> {
    let deploy = "deploy --template-file stack.json --resolve-s3 --capabilities CAPABILITY_IAM";
    let mut sam = aws::program(&aws::deployers_folder()?.join("sam"), folder)?;
    sam.args(deploy.split(' ')).args(["--stack-name", &deployment.prefix, "--parameter-overrides"]);
    sam.args(deployment.parameters.iter().map(|(name, value)| format!("{name}=\"{value}\"")));
    aws::output(sam.env("SAM_CLI_TELEMETRY", "0")).map(drop)
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A prefix that no other stack has: tests share a LocalStack with those of other runs.
fn unique_prefix() -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let n = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("ey{:x}-{:x}-{n}", now & 0xff_ffff, std::process::id())
}

fn bucket(prefix: &str) -> String {
    format!("{prefix}-code")
}

/// A child that deletes the stack and its binaries when this process ends, however it does: its standard input ends with
/// us.
fn keeper(folder: &Path, stack: &str) -> Result<Child> {
    let aws = aws::clients_folder()?.join("aws");
    let mut command: Command = aws::program(Path::new("sh"), folder)?;
    command
        .args([
            "-c",
            "cat > keeper.log; rm -rf functions; exec \"$0\" cloudformation delete-stack --stack-name \"$1\"",
        ])
        .arg(aws)
        .arg(stack)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().context("sh could not be started")
}

/// The reasons that CloudFormation gives.
fn failures(folder: &Path, stack: &str) -> String {
    let query =
        "StackEvents[?contains(ResourceStatus,`FAILED`)].[LogicalResourceId,ResourceStatusReason]";
    let events =
        ["cloudformation", "describe-stack-events", "--stack-name", stack, "--output", "text"];
    aws::cli(folder, &[&events[..], &["--query", query]].concat()).unwrap_or_default()
}

fn outputs(folder: &Path, stack: &str) -> Result<BTreeMap<String, String>> {
    let describe = ["cloudformation", "describe-stacks", "--stack-name", stack, "--output", "json"];
    let answer: Value = serde_json::from_str(&aws::cli(folder, &describe)?)?;
    let outputs =
        answer.pointer("/Stacks/0/Outputs").and_then(Value::as_array).context("no outputs")?;
    let text = |output: &Value, name: &str| output.get(name)?.as_str().map(str::to_owned);
    let pair = |output| Some((text(output, "OutputKey")?, text(output, "OutputValue")?));
    Ok(outputs.iter().filter_map(pair).collect())
}
