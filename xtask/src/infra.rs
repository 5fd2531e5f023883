//! `cargo xtask infra`: cfn-lint finds nothing in the templates, as they are and as rules export them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::tools;

/// Rules with everything that a template has a part for.
const ALL_KINDS: &str = r#"version: 1
bus:
  inputs:
    - sqs: { queue: events.fifo }
    - sqs: { queue: "arn:aws:sqs:eu-west-1:111122223333:events" }
    - sns: { topic: orders }
    - eventbridge: { bus: default }
    - eventbridge: { bus: shop }
targets:
  queue:    { sqs: { queue: payments } }
  fifo:     { sqs: { queue: warehouse.fifo, group: $.subject } }
  topic:    { sns: { topic: told } }
  bus:      { eventbridge: { bus: audit } }
  machine:  { step-functions: { state-machine: "ship:live" } }
  function: { lambda: { function: "arn:aws:lambda:eu-west-1:111122223333:function:score:live" } }
  stream:   { kinesis: { stream: clicks, key: $.subject } }
  One.http: { http: { url: "https://one.example", secret: "ssm:/prod/one" } }
  two_http:
    http:
      url: "https://two.example"
      secret: [ "arn:aws:secretsmanager:eu-west-1:111122223333:secret:two", "env:OLD_KEY" ]
"#;

/// Lints every template.
///
/// # Errors
/// When cfn-lint finds something, which it prints, or cannot be had.
pub fn run() -> Result<()> {
    let root = eventyard_tests::command::root();
    let bin = tools::python_packages("cfn-lint", "infra/requirements.txt")?;
    let folder = root.join("target/infra");
    std::fs::create_dir_all(folder.join("rules"))?;
    std::fs::write(folder.join("rules/all-kinds.yaml"), ALL_KINDS)?;
    let mut lint = Command::new(bin.join("cfn-lint"));
    lint.arg("--").args(["infra/template.yaml", "infra/table.yaml"].map(|name| root.join(name)));
    let all = ["--create", "--direct-sns", "--direct-eventbridge", "--disposable"];
    lint.arg(export(&folder.join("deployed.json"), &root.join("rules"), &[])?);
    lint.arg(export(&folder.join("all-kinds.json"), &folder.join("rules"), &all)?);
    tools::run(&mut lint)
}

/// Writes the template of some rules.
fn export(file: &Path, rules: &Path, flags: &[&str]) -> Result<PathBuf> {
    let rules = rules.to_str().context("the path of the project is not UTF-8")?;
    let arguments = [&["export", "sam", "--rules", rules], flags].concat();
    let root = eventyard_tests::command::root();
    let template = eventyard_tests::command::stdout_of(root, &arguments, &[])?;
    std::fs::write(file, template)?;
    Ok(file.to_owned())
}
