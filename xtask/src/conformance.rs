//! `cargo xtask conformance --from DIR`: EventBridge patterns against AWS's own answers.
//!
//! Reads `DIR/eventbridge-patterns.json`: a list of `{name, pattern, event, expect, reason}`, where
//! `expect` is `match`, `no match` or `refused`, and `reason` AWS's text without the line and column
//! that its JSON reader appends.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use eventyard_event::Limits;
use eventyard_event::json::{self, Value};
use eventyard_filter::{Filter, Matcher, Pattern, View};

/// Where AWS's answers are.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder that holds eventbridge-patterns.json
    #[arg(long)]
    from: PathBuf,
}

/// Prints each disagreement and a total.
///
/// # Errors
/// When any answer or refusal text differs, or the file cannot be read.
pub fn run(arguments: &Arguments) -> Result<()> {
    let path = arguments.from.join("eventbridge-patterns.json");
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    let limits = Limits { event_bytes: text.len(), ..Limits::default() };
    let document = json::parse(&text, &limits).with_context(|| path.display().to_string())?;
    let entries = document.root.as_array().context("the file is not a list")?;
    let mut agreed = 0;
    for entry in entries {
        match compare(entry)? {
            None => agreed += 1,
            Some(difference) => println!("{difference}\n"),
        }
    }
    println!("{agreed} of {} answers agree with AWS's", entries.len());
    if agreed == entries.len() { Ok(()) } else { bail!("{} disagree", entries.len() - agreed) }
}

/// What differs, if anything does.
fn compare(entry: &Value<'_>) -> Result<Option<String>> {
    let member = |name: &str| entry.get(name).with_context(|| format!("entry without `{name}`"));
    let name = member("name")?.as_str().context("`name` is not a text")?;
    let expected = match (member("expect")?.as_str(), entry.get("reason").and_then(Value::as_str)) {
        (Some("refused"), Some(reason)) => reason,
        (Some(answer), None) => answer,
        _ => bail!("{name}: `expect` and `reason` do not fit"),
    };
    let actual = match Pattern::parse_json(&member("pattern")?.to_string(), View::Raw) {
        Err(refusal) => refusal.to_string(),
        Ok(pattern) => {
            let event = member("event")?;
            let alone = pattern.matches(event);
            let matcher = Matcher::new([Filter { when: None, pattern: Some(pattern) }])?;
            let matched =
                matcher.matches_unchecked(event.to_string().as_bytes(), &Limits::default())?;
            ensure!(matched.is_empty() != alone, "{name}: the matcher has another answer");
            (if alone { "match" } else { "no match" }).to_owned()
        }
    };
    let differs = actual != expected;
    Ok(differs.then(|| {
        let pattern = entry.get("pattern").map(ToString::to_string).unwrap_or_default();
        format!("{name}\n  pattern {pattern}\n  AWS     {expected}\n  here    {actual}")
    }))
}
