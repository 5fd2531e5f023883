//! `eventyard init`: the skeleton of a new project.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::exit::Exit;
use crate::output::{self, GOOD, NAME, styled};

/// Lays rules, tests of the rules and an editor schema in a folder. Never overwrites a file.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// What is laid, and from what.
const FILES: [(&str, &str); 4] = [
    ("rules/orders.yaml", include_str!("../../templates/orders.yaml")),
    ("rules/tests/orders.yaml", include_str!("../../templates/orders-tests.yaml")),
    ("events/order.json", include_str!("../../templates/order.json")),
    (".gitignore", include_str!("../../templates/gitignore")),
];

impl Init {
    pub fn run(self) -> Result<Exit> {
        let schema = serde_json::to_string_pretty(&eventyard_rules::schema())? + "\n";
        let files: Vec<(&str, &str)> =
            FILES.into_iter().chain([(".eventyard/rules.schema.json", schema.as_str())]).collect();
        self.refuse_existing(&files)?;
        let mut out = output::stdout();
        for (name, text) in &files {
            write_new(&self.folder.join(name), text)?;
            writeln!(out, "{} {name}", styled(GOOD, "laid"))?;
        }
        write_next_steps(&mut out, &self.folder)?;
        out.flush()?;
        Ok(Exit::Done)
    }

    fn refuse_existing(&self, files: &[(&str, &str)]) -> Result<()> {
        for (name, _) in files {
            if self.folder.join(name).exists() {
                bail!("`{name}` is already in `{}`; nothing was laid", self.folder.display());
            }
        }
        Ok(())
    }
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn write_next_steps(out: &mut impl std::io::Write, folder: &Path) -> Result<()> {
    writeln!(out, "\nNext:")?;
    if folder != Path::new(".") {
        writeln!(out, "  {}", styled(NAME, format!("cd {}", folder.display())))?;
    }
    for (command, what) in [
        ("eventyard test", "run the tests of the rules"),
        ("eventyard explain events/order.json", "why each rule matches, or does not"),
        ("eventyard dev", "run the bus on http://127.0.0.1:4400"),
        ("eventyard put events/order.json", "send an event, in another terminal"),
        ("eventyard trace o-1001", "where it went, and why"),
    ] {
        writeln!(out, "  {}  {what}", styled(NAME, format_args!("{command:<36}")))?;
    }
    Ok(())
}
