//! Loading a folder of rules, and reporting why it was refused.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use eventyard_rules::{Diagnostics, LoadOptions, RuleSet, SourceText};

pub use eventyard_filter::View;

use crate::arguments::RulesArguments;
use crate::output::{self, Format};

/// What a folder of rules turned out to be.
pub enum Loaded {
    /// Rules that can be used.
    Rules(Box<RuleSet>),
    /// All that is wrong with them.
    Refused(Diagnostics),
}

/// Loads the rules that the arguments name.
///
/// # Errors
/// When the folder or a file of it cannot be read. Rules that are wrong are [`Loaded::Refused`].
pub fn load(arguments: &RulesArguments, view: View) -> Result<Loaded> {
    let files = read_folder(&arguments.rules)?;
    let overlay = arguments.overlay.as_deref().map(read_file).transpose()?;
    let options = LoadOptions {
        overlay: overlay.as_ref(),
        view,
        allow_insecure_targets: arguments.allow_insecure_targets,
        ..LoadOptions::default()
    };
    Ok(match eventyard_rules::load(&files, &options) {
        Ok(rules) => Loaded::Rules(Box::new(rules)),
        Err(diagnostics) => Loaded::Refused(diagnostics),
    })
}

/// [`load`]; refused rules are reported, and `None` is returned.
///
/// # Errors
/// As [`load`].
pub fn load_or_report(
    arguments: &RulesArguments,
    view: View,
    format: Format,
) -> Result<Option<RuleSet>> {
    match load(arguments, view)? {
        Loaded::Rules(rules) => Ok(Some(*rules)),
        Loaded::Refused(diagnostics) => {
            report(&diagnostics, format)?;
            Ok(None)
        }
    }
}

/// Writes diagnostics: as text to stderr, or as a JSON array to stdout.
///
/// # Errors
/// When the output is closed.
pub fn report(diagnostics: &Diagnostics, format: Format) -> Result<()> {
    if format.is_json() {
        let mut out = output::stdout();
        serde_json::to_writer_pretty(&mut out, &diagnostics.to_json())?;
        out.write_all(b"\n")?;
        return Ok(out.flush()?);
    }
    let text = diagnostics.render(output::stderr_has_colour());
    Ok(std::io::stderr().write_all(text.as_bytes())?)
}

fn read_folder(folder: &Path) -> Result<Vec<SourceText>> {
    eventyard_files::rules_files(folder).with_context(|| {
        format!("cannot read the rules folder `{}`; `eventyard init` lays one", folder.display())
    })
}

fn read_file(path: &Path) -> Result<SourceText> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(SourceText { name: path.display().to_string(), text })
}
