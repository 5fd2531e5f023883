//! What the functions cost, measured on real binaries between a Runtime API and AWS endpoints of this
//! process: nothing leaves the machine.
//!
//! ```text
//! eventyard-measure ──Runtime API──▶ bootstrap ──AWS calls──▶ eventyard-measure
//! ```
//! `cold` tells how soon a function is ready; `warm` what an event costs in processor time, calls and
//! allocations; `dollars` what a million events cost beside EventBridge.

mod aws;
mod cold;
mod dollars;
mod function;
mod load;
mod runtime;
mod warm;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "eventyard-measure", about = "What the functions cost")]
struct Arguments {
    /// The folder with a binary for each function, such as `target/dist`.
    #[arg(long)]
    functions: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Process start to ready, and the first invocation: the median of 20 starts of each function.
    Cold,
    /// A batch of ten events under 1,000 rules: processor time, calls and, with valgrind, allocations.
    Warm {
        /// Batches that are measured.
        #[arg(long, default_value_t = 500)]
        batches: usize,
    },
    /// Dollars for a million events, from measured calls, write units and milliseconds.
    Dollars,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { functions, what } = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match what {
        What::Cold => cold::run(&functions).await,
        What::Warm { batches } => warm::run(&functions, batches).await,
        What::Dollars => dollars::run(&functions).await,
    }
}
