//! `eventyard export`: what the rules become elsewhere, and stored events.

mod events;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use eventyard_infra::Function;
use eventyard_infra::export::{self, Options};
use eventyard_rules::RuleSet;

use crate::arguments::RulesArguments;
use crate::exit::Exit;
use crate::output::{self, Format};
use crate::ruleset;

/// Prints what deploys the bus with these rules, or stored events.
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    /// The SAM template of the bus with all that the rules need: statements for each function, a work queue
    /// for each HTTP target, what connects the inputs.
    Sam(Sam),
    /// Stored events as NDJSON, for archives and other buses.
    Events(events::Events),
}

/// Prints a SAM template in JSON.
#[derive(Debug, clap::Args)]
struct Sam {
    #[command(flatten)]
    rules: RulesArguments,
    /// A template of the bus to start from; the one that this command was built with without it.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Make the queues, topics, buses and streams that the rules name plainly; without it they are there.
    #[arg(long)]
    create: bool,
    /// Let topics invoke a function at once instead of sending to the ingest queue.
    #[arg(long)]
    direct_sns: bool,
    /// Let EventBridge rules invoke a function at once instead of sending to the ingest queue.
    #[arg(long)]
    direct_eventbridge: bool,
    /// Let the table go when the stack goes; for tests.
    #[arg(long)]
    disposable: bool,
    /// Take the built functions from this folder, target/lambda or .aws-sam/build, and pack the rules into
    /// each. The template names it as given: write it into the folder you are in.
    #[arg(long, value_name = "DIR")]
    code: Option<PathBuf>,
}

/// What the template is when none is named.
const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

impl Export {
    pub fn run(self) -> Result<Exit> {
        match self.form {
            Form::Sam(sam) => sam.run(),
            Form::Events(events) => events.run(),
        }
    }
}

impl Sam {
    fn run(self) -> Result<Exit> {
        let loaded = ruleset::load_or_report(&self.rules, ruleset::View::Event, Format::Text)?;
        let Some(rules) = loaded else { return Ok(Exit::Refused) };
        let template = match &self.template {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read `{}`", path.display()))?,
            None => TEMPLATE.to_owned(),
        };
        let folders = self.code.as_deref().map(built_functions).transpose()?.unwrap_or_default();
        let options = Options {
            create: self.create,
            direct_sns: self.direct_sns,
            direct_eventbridge: self.direct_eventbridge,
            disposable: self.disposable,
            code: names_of(&folders)?,
        };
        let template = export::sam(&template, &rules, &options)?;
        for folder in folders.values() {
            pack(&rules, folder)?;
        }
        let mut out = output::stdout();
        serde_json::to_writer_pretty(&mut out, &template)?;
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(Exit::Done)
    }
}

/// The folder of each function below `folder`: named for its binary, as cargo lambda does, or for its
/// logical id, as SAM does.
fn built_functions(folder: &Path) -> Result<BTreeMap<Function, PathBuf>> {
    let built = |function: Function| {
        let named = [function.binary(), function.id()].map(|name| folder.join(name));
        let is_built = |path: &PathBuf| path.join("bootstrap").is_file();
        Some((function, named.into_iter().find(is_built)?))
    };
    let found: BTreeMap<_, _> = Function::ALL.into_iter().filter_map(built).collect();
    if let Some(missing) = Function::ALL.into_iter().find(|function| !found.contains_key(function))
    {
        bail!(
            "`{}` does not hold `{}/bootstrap`: `cargo lambda build --release` builds the functions into \
             target/lambda, `sam build` into .aws-sam/build",
            folder.display(),
            missing.binary()
        );
    }
    Ok(found)
}

fn names_of(folders: &BTreeMap<Function, PathBuf>) -> Result<BTreeMap<Function, String>> {
    let name = |(function, path): (&Function, &PathBuf)| {
        let text = path.to_str().with_context(|| format!("`{}` is not UTF-8", path.display()))?;
        Ok((*function, text.to_owned()))
    };
    folders.iter().map(name).collect()
}

/// Lays the rules beside the binary, in place of those that lay there.
fn pack(rules: &RuleSet, function: &Path) -> Result<()> {
    let folder = function.join("rules");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot clear `{}`", folder.display()))?;
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make `{}`", folder.display()))?;
    for text in rules.texts.iter() {
        let name = Path::new(&text.name).file_name().context("a rules file has no name")?;
        write(&folder.join(name), &text.text)?;
    }
    let overlay = function.join(export::OVERLAY);
    match &rules.overlay {
        Some(text) => write(&overlay, &text.text),
        None if overlay.exists() => Ok(std::fs::remove_file(overlay)?),
        None => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}
