//! The `eventyard` command: one file per verb under `command/`, what several share beside it.
//!
//! Exit codes are a contract with scripts, see [`exit::Exit`].

mod account;
mod arguments;
mod command;
mod demo;
mod exit;
mod explained;
mod input;
mod output;
mod place;
mod replays;
mod ruleset;
mod since;
mod source;
mod sqs;
#[cfg_attr(not(feature = "aws"), path = "stack_not_built.rs")]
mod stack;
mod subscriptions;

use clap::Parser as _;

fn main() -> exit::Exit {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Clap prints help and version to stdout and exits 0 for them, and 2 for wrong usage: our codes too.
            error.print().ok();
            return if error.use_stderr() { exit::Exit::Refused } else { exit::Exit::Done };
        }
    };
    output::choose_colour(arguments.no_color);
    // An error means that a provider is there already, which serves as well.
    rustls::crypto::ring::default_provider().install_default().ok();
    match command::run(arguments.verb) {
        Ok(exit) => exit,
        Err(error) if output::is_broken_pipe(&error) => exit::Exit::Done,
        Err(error) => {
            anstream::eprintln!("{}: {error:#}", output::error_word());
            exit::Exit::of(&error)
        }
    }
}
