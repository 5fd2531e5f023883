//! `cargo xtask counts DIR`: the command line over 213,068 lines, against known match counts.
//!
//! DIR holds `synlots2.jsonl` (the lines), `cl2_rules.json` (rule sets by name, each a list of pattern
//! texts) and `expected.json` (the match count of each pattern, by set).

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

/// Where the lines, the rule sets and the expected counts are.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder that holds synlots2.jsonl, cl2_rules.json and expected.json
    dir: PathBuf,
}

/// Prints a table of all sets: expected and counted.
///
/// # Errors
/// When any count differs, or something cannot be read, built or run.
pub fn run(arguments: &Arguments) -> Result<()> {
    let sets = object(&arguments.dir.join("cl2_rules.json"))?;
    let expected = object(&arguments.dir.join("expected.json"))?;
    let lines = arguments.dir.join("synlots2.jsonl");
    let total = count_lines(&lines)?;
    let eventyard = build()?;
    println!("{total} lines\n{:26} {:>8}  {:7}  counts", "set", "seconds", "");
    let mut wrong = 0;
    for (name, patterns) in &sets {
        let wanted = list(expected.get(name).context("set without expected counts")?)?;
        let start = Instant::now();
        let answer = count(&eventyard, list(patterns)?, &lines)?;
        let seconds = start.elapsed().as_secs_f64();
        ensure!(answer["events"] == json!(total), "{name}: {} lines read", answer["events"]);
        let counted: Vec<Value> =
            (0..wanted.len()).map(|rule| answer["rules"][rule_name(rule)].clone()).collect();
        let verdict = if counted == *wanted { "equal" } else { "DIFFERS" };
        println!("{name:26} {seconds:8.2}  {verdict:7}  {}", json!(counted));
        if counted != *wanted {
            wrong += 1;
            println!("{:26} {:8}  {:7}  {}", "", "", "wanted", json!(wanted));
        }
    }
    println!("{} of {} sets equal", sets.len() - wrong, sets.len());
    if wrong == 0 { Ok(()) } else { bail!("{wrong} sets differ") }
}

/// Writes the patterns as a rules file of its own folder and counts with the real command.
fn count(eventyard: &Path, patterns: &[Value], lines: &Path) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let rules = patterns.iter().enumerate().map(|(number, pattern)| {
        let name = json!(rule_name(number));
        // Verbatim: serde_json reads a number to within one bit, and the last bit counts here.
        let pattern = pattern.as_str().context("pattern is not a text")?;
        Ok(format!(r#"{{"name":{name},"pattern":{pattern},"to":"counted"}}"#))
    });
    let rules = rules.collect::<Result<Vec<_>>>()?.join(",\n");
    let targets = r#"{"counted":{"sqs":{"queue":"counted"}}}"#;
    let file = format!(r#"{{"version":1,"targets":{targets},"rules":[{rules}]}}"#);
    fs::write(folder.path().join("rules.json"), file)?;
    let output = Command::new(eventyard)
        .args(["match", "--raw", "--count", "--output", "json", "--rules"])
        .arg(folder.path())
        .arg(lines)
        .stderr(Stdio::inherit())
        .output()
        .context("eventyard")?;
    ensure!(output.status.success(), "eventyard match: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the answer of eventyard match is not JSON")
}

fn rule_name(number: usize) -> String {
    format!("rule-{number}")
}

/// The release binary of the command line, as cargo reports where it has put it.
fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--package", "eventyard-cli", "--bin", "eventyard"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .context("cargo")?;
    ensure!(output.status.success(), "cargo build: {}", output.status);
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let executable =
        messages.filter_map(|message| message.ok()?.get("executable")?.as_str().map(PathBuf::from));
    executable.last().context("cargo names no executable")
}

fn count_lines(path: &Path) -> Result<usize> {
    let file = File::open(path)
        .with_context(|| format!("{} (written by `gen.py DIR`)", path.display()))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut lines = 0;
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        lines += 1;
        line.clear();
    }
    Ok(lines)
}

fn object(path: &Path) -> Result<Map<String, Value>> {
    let text = fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("not a list")
}
