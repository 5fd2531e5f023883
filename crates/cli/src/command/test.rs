//! `eventyard test`: the tests of the rules.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use eventyard_rules::testing::{self, CaseResult, Coverage, TestFile};
use eventyard_rules::{Diagnostics, RuleSet};
use serde_json::json;

use crate::arguments::{OutputArguments, RulesArguments};
use crate::exit::Exit;
use crate::output::{self, BAD, FAINT, GOOD, styled};
use crate::ruleset::{self, View};

/// Runs the tests of the rules, `rules/tests/*.yaml`; exit 1 when one fails.
#[derive(Debug, clap::Args)]
pub struct Test {
    #[command(flatten)]
    rules: RulesArguments,
    /// The folder of tests [default: `tests` in the rules folder].
    #[arg(long, value_name = "DIR")]
    tests: Option<PathBuf>,
    /// Write the results as JUnit XML too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

impl Test {
    pub fn run(self) -> Result<Exit> {
        let Some(rules) = ruleset::load_or_report(&self.rules, View::Event, self.output.output)?
        else {
            return Ok(Exit::Refused);
        };
        let files = match self.read()? {
            Ok(files) => files,
            Err(refused) => {
                for diagnostics in &refused {
                    ruleset::report(diagnostics, self.output.output)?;
                }
                return Ok(Exit::Refused);
            }
        };
        let results: Vec<CaseResult> =
            files.iter().flat_map(|file| testing::run(&rules, file)).collect();
        let coverage = testing::coverage(&rules, &files);
        if let Some(path) = &self.junit {
            std::fs::write(path, testing::junit(&results))
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        self.write(&rules, &results, &coverage)?;
        Ok(if results.iter().all(CaseResult::passed) { Exit::Done } else { Exit::Found })
    }

    /// The test files, or the diagnostics of all that are no test files.
    fn read(&self) -> Result<std::result::Result<Vec<TestFile>, Vec<Diagnostics>>> {
        let folder = self.tests.clone().unwrap_or_else(|| self.rules.rules.join("tests"));
        let texts = eventyard_files::rules_files(&folder)
            .with_context(|| format!("cannot read the tests folder `{}`", folder.display()))?;
        ensure!(!texts.is_empty(), "no *.yaml in `{}`: no test was run", folder.display());
        let (mut files, mut refused) = (Vec::new(), Vec::new());
        for text in &texts {
            match testing::parse(text) {
                Ok(file) => files.push(file),
                Err(diagnostics) => refused.push(diagnostics),
            }
        }
        Ok(if refused.is_empty() { Ok(files) } else { Err(refused) })
    }

    fn write(&self, rules: &RuleSet, results: &[CaseResult], coverage: &Coverage) -> Result<()> {
        let mut out = output::stdout();
        if self.output.output.is_json() {
            output::json_line(&mut out, &as_json(results, coverage))?;
        } else {
            for result in results {
                write_case(&mut out, result)?;
            }
            write_coverage(&mut out, rules, coverage)?;
            let failed = results.iter().filter(|result| !result.passed()).count();
            let passed = results.len() - failed;
            let colour = if failed == 0 { GOOD } else { BAD };
            writeln!(out, "\n{}", styled(colour, format!("{passed} passed, {failed} failed")))?;
        }
        Ok(out.flush()?)
    }
}

fn write_case(out: &mut impl Write, result: &CaseResult) -> Result<()> {
    if result.passed() {
        writeln!(out, "{}  {}", styled(GOOD, "pass"), result.name)?;
        return Ok(());
    }
    writeln!(out, "{}  {}  {}", styled(BAD, "FAIL"), result.name, styled(FAINT, &result.place))?;
    for failure in &result.failures {
        for line in failure.to_string().lines() {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

fn write_coverage(out: &mut impl Write, rules: &RuleSet, coverage: &Coverage) -> Result<()> {
    for (missing, what) in [
        (&coverage.without_positive, "no case in which it matches"),
        (&coverage.without_negative, "no case under `not`"),
    ] {
        for name in missing {
            let place =
                rules.rule(name.as_str()).map(|rule| rule.place.to_string()).unwrap_or_default();
            writeln!(out, "note  rule `{name}` has {what}  {}", styled(FAINT, place))?;
        }
    }
    Ok(())
}

fn as_json(results: &[CaseResult], coverage: &Coverage) -> serde_json::Value {
    let names = |names: &[eventyard_rules::RuleName]| {
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let cases: Vec<_> = results
        .iter()
        .map(|result| {
            let failures: Vec<_> = result.failures.iter().map(ToString::to_string).collect();
            json!({ "name": result.name, "place": result.place.to_string(), "passed": result.passed(), "failures": failures })
        })
        .collect();
    json!({
        "passed": results.iter().filter(|result| result.passed()).count(),
        "failed": results.iter().filter(|result| !result.passed()).count(),
        "cases": cases,
        "without_positive": names(&coverage.without_positive),
        "without_negative": names(&coverage.without_negative),
    })
}
