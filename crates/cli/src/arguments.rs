//! The command line: verbs, and the groups of options that several verbs share.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command;
use crate::output::Format;

/// An event bus with content routing: rules in YAML decide where each event goes.
#[derive(Debug, Parser)]
#[command(name = "eventyard", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 something was found, 2 wrong usage or refused rules, 3 the bus did not \
answer, 130 interrupted."
)]
pub struct Arguments {
    /// Never colour the output (as NO_COLOR does).
    #[arg(long, global = true)]
    pub no_color: bool,

    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs, in the order in which a newcomer meets them.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Lay the skeleton of a new project: rules, their tests, an editor schema.
    Init(command::init::Init),
    /// Run the bus on this machine.
    Dev(command::dev::Dev),
    /// Check the rules: all errors of all files, with excerpt and caret.
    Check(command::check::Check),
    /// Look for rules that are legal and probably not meant.
    Lint(command::lint::Lint),
    /// Run the rules' own tests.
    Test(command::test::Test),
    /// Say which rules match each line of NDJSON.
    Match(command::r#match::Match),
    /// Say why a rule matches an event, or does not: clause by clause.
    Explain(command::explain::Explain),
    /// Draw sources, rules and targets.
    Graph(command::graph::Graph),
    /// Print the JSON Schema of the rules file, for editors.
    Schema(command::schema::Schema),
    /// Print the least privileges that the rules need on AWS, or compare them with a policy.
    Iam(command::iam::Iam),
    /// Print the template that deploys the bus with these rules, or stored events.
    Export(command::export::Export),
    /// Send events to the bus.
    Put(command::put::Put),
    /// Send exported events to the bus; what it knows stays as it is.
    Import(command::import::Import),
    /// Follow everything that happens on a running bus.
    Tail(command::tail::Tail),
    /// Compare what two sets of rules do with stored events; nothing is delivered.
    Diff(command::diff::Diff),
    /// List stored events.
    Events(command::events::Events),
    /// Tell one event's story: stored, matched, each delivery and attempt.
    Trace(command::trace::Trace),
    /// Read the events of one thing, or append to them if nobody else did.
    Stream(command::stream::Stream),
    /// List, read and write the embedded queues.
    Queue(command::queue::Queue),
    /// List deliveries that were given up, with reason and bytes.
    Parked(command::parked::Parked),
    /// Send parked deliveries again, or drop them with a reason.
    Redrive(command::redrive::Redrive),
    /// Deliver stored events again, marked as a replay.
    Replay(command::replay::Replay),
    /// List how far readers of the log are; pause, resume and rewind them.
    Subscriptions(command::subscriptions::Subscriptions),
    /// Check the promise: accepted = delivered + parked + in flight.
    Audit(command::audit::Audit),
    /// Look for what is wrong with a bus on AWS, before traffic does: reads, and changes nothing.
    Doctor(command::doctor::Doctor),
    /// Print a completion script for a shell.
    Completions(command::completions::Completions),
}

/// Where the rules are.
#[derive(Debug, Clone, Args)]
pub struct RulesArguments {
    /// The folder of rules files.
    #[arg(long, value_name = "DIR", default_value = "rules")]
    pub rules: PathBuf,
    /// A file whose targets replace those of the same names.
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Accept http:// targets on this machine's own addresses.
    #[arg(long)]
    pub allow_insecure_targets: bool,
}

/// Which bus: a running one, or a data folder.
#[derive(Debug, Clone, Args)]
pub struct PlaceArguments {
    /// A running bus, such as http://127.0.0.1:4400; `--data` goes before it.
    #[arg(long, value_name = "URL", env = "EVENTYARD_URL")]
    pub url: Option<String>,
    /// A data folder, whether or not a bus runs on it [default: .eventyard].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Which bus: one on this machine, or one that is deployed on AWS.
#[derive(Debug, Clone, Args)]
pub struct BusArguments {
    /// The bus on this machine.
    #[command(flatten)]
    pub place: PlaceArguments,
    /// The bus on AWS.
    #[command(flatten)]
    pub stack: StackArguments,
}

/// Which bus on AWS. Region, credentials and endpoint are those of every AWS tool: AWS_REGION, AWS_PROFILE, …
#[derive(Debug, Clone, Args)]
pub struct StackArguments {
    /// A bus on AWS: what the names of its stack begin with, the parameter `Prefix`.
    #[arg(long, value_name = "NAME", conflicts_with = "data")]
    pub stack: Option<String>,
    /// The bus's name in the rules of that stack.
    #[arg(long, value_name = "NAME", default_value = "main", requires = "stack")]
    pub bus: String,
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArguments {
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub output: Format,
}
