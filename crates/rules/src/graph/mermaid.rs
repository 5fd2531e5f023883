//! The picture as Mermaid text.

use std::fmt::Write as _;

use super::model::{Graph, Node};
use crate::RuleSet;

/// The rule set as a Mermaid flow chart, left to right.
///
/// A dashed line back to an input is a way on which an event can come round again.
///
/// ```
/// # use eventyard_rules::{LoadOptions, SourceText, load, mermaid};
/// let text = "version: 1
/// targets: { store: { sqs: { queue: store } } }
/// rules: [ { name: all, when: $, to: store } ]
/// ";
/// let rules = load(&[SourceText::new("all.yaml", text)], &LoadOptions::default())?;
/// assert!(mermaid(&rules).contains("r0 --> t0"));
/// # Ok::<(), eventyard_rules::Diagnostics>(())
/// ```
#[must_use]
pub fn mermaid(rules: &RuleSet) -> String {
    let graph = Graph::of(rules);
    let mut out = String::from("flowchart LR\n");
    nodes(&mut out, "i", &graph.ways_in, ("([", "])"));
    line(&mut out, &format!("bus{{{{\"bus {}\"}}}}", escape(&graph.bus)));
    nodes(&mut out, "r", &graph.rules, ("[", "]"));
    nodes(&mut out, "t", &graph.targets, ("[(", ")]"));
    for index in 0..graph.ways_in.len() {
        line(&mut out, &format!("i{index} --> bus"));
    }
    for index in 0..graph.rules.len() {
        line(&mut out, &format!("bus --> r{index}"));
    }
    for send in &graph.sends {
        let arrow = if send.transformed { "-- transformed -->" } else { "-->" };
        line(&mut out, &format!("r{} {arrow} t{}", send.rule, send.target));
    }
    for (target, input) in &graph.returns {
        line(&mut out, &format!("t{target} -.-> i{input}"));
    }
    out
}

fn nodes(out: &mut String, prefix: &str, nodes: &[Node], (open, close): (&str, &str)) {
    for (index, node) in nodes.iter().enumerate() {
        let (title, detail) = (escape(&node.title), escape(&node.detail));
        line(out, &format!("{prefix}{index}{open}\"{title}<br/>{detail}\"{close}"));
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {text}");
}

/// Mermaid's own character codes for what would end a label or start markup.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | '_' | '-' | '/' | ':' | '$' => {
                out.push(character);
            }
            other => {
                let _ = write!(out, "#{};", u32::from(other));
            }
        }
        out
    })
}
