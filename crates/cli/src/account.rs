//! The live account of a bus: each stage as one line for a person.

use eventyard_bus::{Cause, DeliveryRef, EventRef, Stage, What};
use eventyard_rules::RuleName;

use crate::output::{BAD, FAINT, GOOD, NAME, printable, styled};

const WARN: anstyle::Style =
    anstyle::Style::new().bold().fg_color(Some(anstyle::Color::Ansi(anstyle::AnsiColor::Yellow)));

/// The line of one stage; `None` where it says nothing that another line does not say too.
pub fn line(stage: &Stage) -> Option<String> {
    let (style, text) = match &stage.what {
        What::Accepted { event, .. } => (GOOD, named(event)),
        What::Matched { event, rules, .. } => (GOOD, format!("{}  {}", id(event), names(rules))),
        What::Unmatched { event, .. } => (FAINT, format!("{}  no rule takes it", id(event))),
        What::Duplicate { event, .. } => (FAINT, named(event)),
        What::Conflict { event, .. } => {
            (BAD, format!("{}  another event has this id", named(event)))
        }
        What::Refused { via, cause } => (BAD, format!("by {via}: {}", why(cause))),
        What::Waiting { .. } => return None,
        What::Delivered { delivery, attempt, duration_ms, .. } => (
            GOOD,
            format!(
                "{}  {}, {duration_ms} ms",
                routed(delivery),
                format_args!("attempt {attempt}")
            ),
        ),
        What::Retried { delivery, attempt, due, cause } => {
            let wait = due.duration_since(stage.at).as_secs_f64().max(0.0);
            (
                WARN,
                format!(
                    "{}  {}: {}; again in {wait:.1} s",
                    routed(delivery),
                    format_args!("attempt {attempt}"),
                    why(cause)
                ),
            )
        }
        What::Parked { delivery, attempts, cause } => (
            BAD,
            format!(
                "{}  after {}: {}",
                routed(delivery),
                counted(u64::from(*attempts), "attempt"),
                why(cause)
            ),
        ),
        What::Redriven { delivery, edited } => (
            NAME,
            format!("{}{}", routed(delivery), if *edited { "  with another body" } else { "" }),
        ),
        What::Dropped { delivery, reason } => {
            (NAME, format!("{}  {}", routed(delivery), printable(reason)))
        }
        What::TakenOver { page, attempt } => {
            (NAME, format!("page {page}, attempt {attempt}: finishing what was open"))
        }
        What::BreakerOpened { target, denied, cause } => {
            let kind = if *denied { "denies us" } else { "fails" };
            (BAD, format!("{target} {kind}: {}; its deliveries wait", why(cause)))
        }
        What::BreakerClosed { target } => (GOOD, format!("{target} is back; its deliveries go on")),
        What::RulesLoaded { version, rules, targets } => {
            (NAME, format!("{rules} rules, {targets} targets, version {}", short(version.as_str())))
        }
        What::RulesRefused { error, errors } => (
            BAD,
            format!(
                "{}, the rules before stay in force\n{error}",
                counted(u64::try_from(*errors).unwrap_or(u64::MAX), "error")
            ),
        ),
        _ => return None,
    };
    let time = stage.at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%H:%M:%S%.3f");
    let word = stage.what.word();
    Some(format!(
        "{}  {}{:pad$}  {text}",
        styled(FAINT, time),
        styled(style, word),
        "",
        pad = 15_usize.saturating_sub(word.len())
    ))
}

fn id(event: &EventRef) -> String {
    styled(NAME, printable(&event.id))
}

fn named(event: &EventRef) -> String {
    format!("{}  {} from {}", id(event), printable(&event.event_type), printable(&event.source))
}

fn routed(delivery: &DeliveryRef) -> String {
    let event = delivery.id.as_deref().map_or_else(|| delivery.delivery.to_string(), printable);
    format!("{}  {} -> {}", styled(NAME, event), delivery.rule, delivery.target)
}

fn names(rules: &[RuleName]) -> String {
    rules.iter().map(RuleName::as_str).collect::<Vec<_>>().join(", ")
}

fn why(cause: &Cause) -> String {
    format!("{} {}", cause.code, printable(&cause.message))
}

/// `1 attempt`, `2 attempts`.
pub fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The first letters of a hash: enough to tell versions apart on a screen.
fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
