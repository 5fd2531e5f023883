//! `eventyard parked`: what was given up, with its reason and its bytes.

use std::io::Write;

use anyhow::Result;
use eventyard_bus::view::{ParkedDelivery, ParkedFilter};
use eventyard_bus::{DeliveryState, Undecodable};
use eventyard_rules::{RuleName, TargetName};

use crate::account::counted;
use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::output::{self, BAD, FAINT, NAME, printable, styled, time};
use crate::place::Bus;
use crate::source::{self, Question};

/// Lists parked deliveries, the longest parked first, each with its event; and messages that are no events.
#[derive(Debug, clap::Args)]
pub struct Parked {
    #[command(flatten)]
    bus: BusArguments,
    /// Only deliveries for this target.
    #[arg(long, value_name = "NAME")]
    target: Option<TargetName>,
    /// Only deliveries of this rule.
    #[arg(long, value_name = "NAME")]
    rule: Option<RuleName>,
    /// Messages of the input queues that are no events, instead of deliveries.
    #[arg(long, conflicts_with_all = ["target", "rule"])]
    undecodable: bool,
    /// At most so many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    output: OutputArguments,
}

impl Parked {
    pub fn run(self) -> Result<Exit> {
        let question = if self.undecodable {
            Question::Undecodable { limit: self.limit }
        } else {
            let (target, rule) = (self.target.clone(), self.rule.clone());
            Question::Parked(ParkedFilter { target, rule, after: None, limit: self.limit })
        };
        let mut out = output::stdout();
        let mut count = 0_u64;
        source::read(&Bus::of(&self.bus), question, &mut |line| {
            count += 1;
            match (self.output.output.is_json(), self.undecodable) {
                (true, _) => Ok(writeln!(out, "{line}")?),
                (false, true) => write_undecodable(&mut out, &serde_json::from_str(line)?),
                (false, false) => write_delivery(&mut out, &serde_json::from_str(line)?),
            }
        })?;
        if count == 0 && !self.output.output.is_json() {
            writeln!(out, "nothing is parked")?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

fn write_delivery(out: &mut impl Write, parked: &ParkedDelivery) -> Result<()> {
    let (delivery, event) = (&parked.delivery, &parked.event);
    let at = match delivery.state {
        DeliveryState::Parked { at } => time(at),
        _ => String::new(),
    };
    writeln!(
        out,
        "{}  {} -> {}  {}",
        styled(NAME, delivery.key.id),
        delivery.rule,
        delivery.target,
        styled(
            FAINT,
            format!("parked {at} after {}", counted(u64::from(delivery.attempts), "attempt"))
        )
    )?;
    if let Some(cause) = &delivery.cause {
        writeln!(out, "  {}  {}", styled(BAD, &cause.code), printable(&cause.message))?;
    }
    writeln!(out, "  {}", printable(&event.line()))?;
    Ok(())
}

fn write_undecodable(out: &mut impl Write, message: &Undecodable) -> Result<()> {
    let about = format!("by {}, {}", message.via, time(message.at));
    writeln!(out, "{}  {}", styled(NAME, printable(&message.message_id)), styled(FAINT, about))?;
    writeln!(out, "  {}  {}", styled(BAD, &message.cause.code), printable(&message.cause.message))?;
    writeln!(out, "  {}", printable(&String::from_utf8_lossy(&message.bytes)))?;
    Ok(())
}
