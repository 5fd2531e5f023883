//! `eventyard completions SHELL`

use anyhow::Result;
use clap::CommandFactory as _;

use crate::arguments::Arguments;
use crate::exit::Exit;

/// `source <(eventyard completions bash)`
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self) -> Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "eventyard", &mut script);
        std::io::Write::write_all(&mut std::io::stdout(), &script)?;
        Ok(Exit::Done)
    }
}
