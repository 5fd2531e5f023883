//! `cargo xtask match-bench DIR ..`: the matcher beside other engines; `bench/` does it, and says how.
//!
//! A workspace of its own, because the other engines are none of the product's dependencies.

use anyhow::Result;

use crate::test::cargo;

/// What `bench/` takes, handed on.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the events, then parts and options; `--help` of the program lists them
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds and runs the program, which prints Markdown tables.
///
/// # Errors
/// When it does not build, or an engine answers otherwise than expected.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut all = vec!["run", "--release", "--quiet"];
    all.extend(["--manifest-path", "bench/Cargo.toml", "--bin", "bench", "--"]);
    all.extend(arguments.arguments.iter().map(String::as_str));
    cargo(&all, &[])
}
