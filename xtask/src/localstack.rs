//! `cargo xtask localstack up|down|logs`: a LocalStack on this machine, in Docker or without; `localstack/` says how.

use std::time::Instant;

use anyhow::Result;
use clap::Subcommand;
use eventyard_localstack::LocalStack;

/// What to do with it.
#[derive(Subcommand)]
pub enum Action {
    /// Starts it unless it runs, and says how clients reach it
    Up,
    /// Ends it, DynamoDB Local and all functions
    Down,
    /// Prints its log
    Logs {
        /// Go on as the log grows
        #[arg(long, short)]
        follow: bool,
    },
}

/// Does it.
///
/// # Errors
/// When something that LocalStack needs is missing, or it does not start; the text names the way out.
pub fn run(action: &Action) -> Result<()> {
    match action {
        Action::Up => up(),
        Action::Down => eventyard_localstack::down(),
        Action::Logs { follow } => eventyard_localstack::logs(*follow),
    }
}

fn up() -> Result<()> {
    let start = Instant::now();
    let localstack = eventyard_localstack::up()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("LocalStack answers at {} (after {seconds:.1} s)", localstack.endpoint);
    if let Some(dynamodb) = &localstack.dynamodb_endpoint {
        println!("DynamoDB Local behind it, with tables of its own: {dynamodb}");
    }
    println!("\nFor the AWS CLI and every SDK:\n{}", exports(&localstack));
    Ok(())
}

/// The endpoint on one line, who is asking on another.
fn exports(localstack: &LocalStack) -> String {
    let assignment = |(name, value): &(&str, &str)| format!("{name}={value}");
    let environment = localstack.environment();
    let (endpoint, who) = environment.split_at(1);
    let line = |part: &[(&str, &str)]| {
        let words: Vec<_> = part.iter().map(assignment).collect();
        format!("  export {}", words.join(" "))
    };
    format!("{}\n{}", line(endpoint), line(who))
}
