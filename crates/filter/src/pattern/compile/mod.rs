//! From the tree of a pattern to its fields and their combinations, or to a refusal.

mod anything_but;
mod expression;
mod field;
mod numeric;
mod structure;

use std::ops::Range;

use super::leaf::Leaf;
use super::node::{PatternNode, Spanned};
use super::{PatternError, View};
use structure::Structure;

/// Characters of compact JSON, as AWS counts the length of a pattern.
const CHARACTERS_MAX: usize = 4_096;
/// Fields of one pattern.
const LEAVES_MAX: usize = 256;
/// Combinations that the `$or`s of one pattern multiply out to.
const COMBINATIONS_MAX: usize = 1_000;
/// Maps inside maps.
const DEPTH_MAX: usize = 64;

/// A pattern, taken apart.
#[derive(Debug)]
pub(super) struct Compiled {
    pub text: String,
    pub leaves: Vec<Leaf>,
    /// Numbers of leaves, sorted by path; the pattern matches when all of one combination match.
    pub combinations: Vec<Vec<usize>>,
    pub alternatives: Vec<Alternative>,
}

/// One object in the list of an `$or`.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    /// Its bytes in the text of the pattern.
    pub span: Range<usize>,
    /// The numbers of the fields inside it.
    pub leaves: Range<usize>,
}

/// Compiles a pattern; the first refusal in the order of the text wins, as with AWS.
pub(super) fn compile(pattern: &Spanned, view: View) -> Result<Compiled, PatternError> {
    let PatternNode::Map(members) = &pattern.node else {
        let help = "a pattern is a map of field names to lists: `source: [shop]`";
        return Err(PatternError::new(pattern.at, "Filter is not an object").help(help));
    };
    let characters = pattern.to_string().chars().count();
    if characters > CHARACTERS_MAX {
        let reason = format!("pattern has {characters} characters, limit {CHARACTERS_MAX}");
        let help = "split it into several rules with the same target";
        return Err(PatternError::limit(pattern.at, reason).help(help));
    }
    let mut structure = Structure::new(view);
    let mut combinations = structure.map(members, pattern.at)?;
    let Structure { text, leaves, alternatives, .. } = structure;
    let path = |number: &usize| leaves.get(*number).map(|leaf| leaf.path.as_str());
    for combination in &mut combinations {
        combination.sort_by(|left, right| path(left).cmp(&path(right)));
    }
    Ok(Compiled { text, leaves, combinations, alternatives })
}

/// The name of a node's kind or its text, as AWS's reader reports a token it did not expect.
fn token(node: Option<&Spanned>) -> String {
    match node.map(|node| &node.node) {
        None => "]".to_owned(),
        Some(PatternNode::List(_)) => "[".to_owned(),
        Some(PatternNode::Map(_)) => "{".to_owned(),
        Some(PatternNode::String(text)) => text.clone(),
        Some(scalar) => scalar.to_string(),
    }
}
