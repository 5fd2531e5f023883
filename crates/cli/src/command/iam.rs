//! `eventyard iam`: what the rules need to be allowed, as policies; offline.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use eventyard_infra::{Account, Arn, Difference, Function, HotRules, Kind, Stack};
use eventyard_rules::RuleSet;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, BAD, GOOD, NAME, styled};
use crate::ruleset;

/// Prints the least privileges that the rules need, as one IAM policy in JSON; asks nobody.
///
/// Names become `Fn::Sub` ARNs for CloudFormation; with --account and --region they are written out. No
/// action and no resource holds `*`.
#[derive(Debug, clap::Args)]
pub struct Iam {
    #[command(flatten)]
    rules: RulesArguments,
    /// Only the part of this function, such as `deliver` or `ingest-sqs`; all of them without it.
    #[arg(long, value_name = "NAME", value_parser = function)]
    function: Option<Function>,
    /// Print the policies of queues, topics and keys instead.
    #[arg(long, conflicts_with_all = ["check", "function"])]
    resource_policies: bool,
    /// Compare with this policy or template, JSON or YAML; `-` is standard input. Exit 1 when they differ.
    #[arg(long, value_name = "FILE")]
    check: Option<String>,
    #[command(flatten)]
    place: StackArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// The stack that the policies are for.
#[derive(Debug, Clone, clap::Args)]
struct StackArguments {
    /// What the names of the stack begin with, its parameter `Prefix`.
    #[arg(long, value_name = "NAME", default_value = "eventyard", value_parser = prefix)]
    prefix: String,
    /// The account, 12 digits.
    #[arg(long, value_name = "ID", requires = "region", value_parser = account)]
    account: Option<String>,
    /// The region, such as eu-west-1.
    #[arg(long, value_name = "NAME", requires = "account", value_parser = region)]
    region: Option<String>,
    /// The customer-managed key of queues and table.
    #[arg(long, value_name = "ARN", value_parser = |text: &str| arn(text, "kms", "key/"))]
    kms_key: Option<String>,
    /// Where hot rules lie: s3://bucket/rules.yaml, or s3://bucket/prefix/.
    #[arg(long, value_name = "URL", value_parser = hot_rules)]
    rules_s3: Option<HotRules>,
    /// The table's stream; without it the one of the template's table, or any of a table of that name.
    #[arg(long, value_name = "ARN", value_parser = |text: &str| arn(text, "dynamodb", "table/"))]
    table_stream: Option<String>,
}

/// The longest policy or template that is compared.
const CHECK_BYTES_MAX: u64 = 4 * 1024 * 1024;

impl Iam {
    pub fn run(self) -> Result<Exit> {
        let format = self.output.output;
        let Some(rules) = ruleset::load_or_report(&self.rules, ruleset::View::Event, format)?
        else {
            return Ok(Exit::Refused);
        };
        let stack = self.place.stack();
        if let Some(file) = &self.check {
            return self.compare(&rules, &stack, file);
        }
        let document = match self.resource_policies {
            true => eventyard_infra::resource_policies(&rules, &stack),
            false => eventyard_infra::identity(&rules, &stack, self.function),
        };
        let mut out = output::stdout();
        serde_json::to_writer_pretty(&mut out, &document)?;
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(Exit::Done)
    }

    fn compare(&self, rules: &RuleSet, stack: &Stack, file: &str) -> Result<Exit> {
        let text = String::from_utf8(input::whole(Some(file), CHECK_BYTES_MAX)?);
        let text = text.with_context(|| format!("`{file}` is not UTF-8"))?;
        let given = eventyard_infra::read_template(&text);
        let given = given.with_context(|| format!("`{file}` cannot be compared"))?;
        let found = eventyard_infra::check(rules, stack, self.function, &given)
            .with_context(|| format!("`{file}` cannot be compared"))?;
        write_differences(&found, self.output.output.is_json())?;
        Ok(if found.is_empty() { Exit::Done } else { Exit::Found })
    }
}

impl StackArguments {
    fn stack(&self) -> Stack {
        let place = self.account.clone().zip(self.region.clone());
        Stack {
            account: place.map(|(account, region)| Account { region, account }),
            kms_key: self.kms_key.clone(),
            hot_rules: self.rules_s3.clone(),
            table_stream: self.table_stream.clone(),
            ..Stack::new(&self.prefix)
        }
    }
}

fn write_differences(found: &[Difference], json: bool) -> Result<()> {
    let mut out = output::stdout();
    for difference in found {
        if json {
            output::json_line(&mut out, difference)?;
            continue;
        }
        let Difference { difference, function, action, resource } = difference;
        let word = match difference {
            Kind::Missing => styled(BAD, "missing"),
            Kind::Surplus => styled(NAME, "surplus"),
        };
        let function = function.map(|name| format!("{name}: ")).unwrap_or_default();
        writeln!(
            out,
            "{word}  {function}{} on {}",
            output::printable(action),
            output::printable(resource)
        )?;
    }
    if found.is_empty() && !json {
        writeln!(out, "{}: it grants what the rules need, and nothing more", styled(GOOD, "ok"))?;
    }
    Ok(out.flush()?)
}

fn function(text: &str) -> Result<Function, String> {
    let named = |function: &Function| function.binary() == text || function.id() == text;
    let names = || Function::ALL.map(Function::binary).join(", ");
    Function::ALL.into_iter().find(named).ok_or_else(|| format!("the functions are {}", names()))
}

fn prefix(text: &str) -> Result<String, String> {
    let is_mark = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_prefix = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 24
        && text.bytes().all(is_mark);
    let help = || "1 to 24 of a-z, 0-9 and -, a letter first".to_owned();
    is_prefix.then(|| text.to_owned()).ok_or_else(help)
}

fn region(text: &str) -> Result<String, String> {
    let is_mark = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_region = text.contains('-') && text.bytes().all(is_mark);
    is_region.then(|| text.to_owned()).ok_or_else(|| "such as eu-west-1".to_owned())
}

/// An ARN of that service in full: it becomes a resource of statements, which hold no wildcards.
fn arn(text: &str, service: &str, before: &str) -> Result<String, String> {
    let arn = Arn::parse(text).filter(|arn| arn.service() == service);
    let is_one = arn.is_some_and(|arn| arn.resource().starts_with(before));
    let is_whole = is_one && !text.contains(['*', '?', '$']);
    let help = || format!("such as arn:aws:{service}:eu-west-1:111122223333:{before}…");
    is_whole.then(|| text.to_owned()).ok_or_else(help)
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or_else(|| "an account id has 12 digits".to_owned())
}

fn hot_rules(text: &str) -> Result<HotRules, String> {
    HotRules::parse(text)
        .ok_or_else(|| "such as s3://bucket/rules.yaml or s3://bucket/prefix/".into())
}
