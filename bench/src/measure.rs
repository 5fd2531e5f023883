//! Engines in turns over the same events: medians with their spread, as a Markdown table.
//!
//! The clock is the processor time of this thread: what a neighbour on the same core does is not measured.

use anyhow::{Result, ensure};
use cpu_time::ThreadTime;

use crate::Arguments;
use crate::engines::Engine;

/// The columns of [`print`].
pub fn heading(title: &str) {
    println!("\n### {title}\n");
    println!(
        "| case | engine | build s | heap B/rule | events | hits | ns/event | min..max | events/s |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
}

/// Measures the engines in turns, and prints one row for each.
///
/// The first pass is not timed: it checks the answer to every event. An engine that is slow sees as
/// many of the first events as fit into the time of a pass.
///
/// # Errors
/// When an engine answers otherwise than `expected` (hits of each event).
pub fn rows(
    arguments: &Arguments,
    case: &str,
    mut engines: Vec<Engine<'_>>,
    expected: &[usize],
) -> Result<()> {
    let mut shares = Vec::new();
    for engine in &mut engines {
        eprintln!("{case}: {}", engine.name);
        shares.push(share(arguments, case, engine, expected)?);
    }
    let mut nanoseconds = vec![Vec::new(); engines.len()];
    for _ in 0..arguments.passes {
        for ((engine, share), times) in engines.iter_mut().zip(&shares).zip(&mut nanoseconds) {
            let start = ThreadTime::now();
            let hits: usize = (0..share.events).map(|event| (engine.answer)(event, None)).sum();
            times.push(start.elapsed().as_secs_f64() * 1e9 / share.events as f64);
            ensure!(hits == share.hits, "{case}: {} answers otherwise", engine.name);
        }
    }
    for ((engine, share), mut times) in engines.iter().zip(&shares).zip(nanoseconds) {
        times.sort_by(f64::total_cmp);
        print(case, engine, share, &times);
    }
    Ok(())
}

/// How much of the events one pass covers.
struct Share {
    events: usize,
    hits: usize,
}

fn share(
    arguments: &Arguments,
    case: &str,
    engine: &mut Engine<'_>,
    expected: &[usize],
) -> Result<Share> {
    let start = ThreadTime::now();
    let mut share = Share { events: 0, hits: 0 };
    for (event, wanted) in expected.iter().enumerate() {
        let hits = (engine.answer)(event, None);
        let name = &engine.name;
        ensure!(hits == *wanted, "{case}: {name}: {hits} hits in event {event}, not {wanted}");
        share.events += 1;
        share.hits += hits;
        if start.elapsed().as_secs_f64() > arguments.pass_seconds {
            break;
        }
    }
    Ok(share)
}

fn print(case: &str, engine: &Engine<'_>, share: &Share, sorted: &[f64]) {
    let (median, least, most) = (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1]);
    let (seconds, heap) = match engine.built {
        Some((build, rules)) => (
            format!("{:.4}", build.seconds),
            format!("{}", build.bytes / isize::try_from(rules).unwrap_or(1).max(1)),
        ),
        None => ("".into(), "".into()),
    };
    println!(
        "| {case} | {} | {seconds} | {heap} | {} | {} | {median:.0} | {least:.0}..{most:.0} | {:.0} |",
        engine.name,
        share.events,
        share.hits,
        1e9 / median
    );
}
