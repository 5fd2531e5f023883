//! `eventyard doctor`: how its findings are written.

use std::io::Write;

use anyhow::Result;
use eventyard_aws::doctor::{Finding, Standing, examine};

use crate::command::doctor::Doctor;
use crate::exit::{Exit, RemoteError};
use crate::output::{self, BAD, FAINT, GOOD, NAME, printable, styled};
use crate::place::block_on;
use crate::ruleset::{self, View};

/// Looks at everything; exit 1 when something is wrong.
///
/// # Errors
/// When AWS does not answer at all.
pub fn doctor(asked: &Doctor) -> Result<Exit> {
    let format = asked.output.output;
    let Some(rules) = ruleset::load_or_report(&asked.rules, View::Event, format)? else {
        return Ok(Exit::Refused);
    };
    let findings = block_on(async {
        let stack = super::stack(&asked.stack).await?;
        examine(&stack, &rules).await.map_err(|error| RemoteError(error.to_string()).into())
    })?;
    let mut out = output::stdout();
    for finding in &findings {
        match format.is_json() {
            true => output::json_line(&mut out, finding)?,
            false => write_finding(&mut out, finding)?,
        }
    }
    if !format.is_json() {
        write_sum(&mut out, &findings)?;
    }
    out.flush()?;
    Ok(if count(&findings, Standing::Problem) == 0 { Exit::Done } else { Exit::Found })
}

fn count(findings: &[Finding], standing: Standing) -> usize {
    findings.iter().filter(|finding| finding.standing == standing).count()
}

fn write_finding(out: &mut impl Write, finding: &Finding) -> Result<()> {
    let (style, word) = match finding.standing {
        Standing::Ok => (GOOD, "ok"),
        Standing::Problem => (BAD, "problem"),
        _ => (FAINT, "unknown"),
    };
    let pad = 7_usize.saturating_sub(word.len());
    let check = styled(FAINT, format!("{:<19}", finding.check));
    writeln!(out, "{}{:pad$}  {check}  {}", styled(style, word), "", printable(&finding.about))?;
    if let Some(reason) = &finding.reason {
        writeln!(out, "           {}", printable(reason))?;
    }
    if let Some(help) = &finding.help {
        writeln!(out, "           {} {}", styled(NAME, "way out:"), printable(help))?;
    }
    Ok(())
}

fn write_sum(out: &mut impl Write, findings: &[Finding]) -> Result<()> {
    let of = |standing| count(findings, standing);
    let (problems, unknown) = (of(Standing::Problem), of(Standing::Unknown));
    let rest = match unknown {
        0 => String::new(),
        n => format!(", {n} cannot be seen from here"),
    };
    match problems {
        0 => writeln!(out, "{}: {} checks{rest}", styled(GOOD, "ok"), findings.len())?,
        n => writeln!(out, "{}: {n} of {} checks{rest}", styled(BAD, "problems"), findings.len())?,
    }
    Ok(())
}
