//! What a field's wildcards cost at worst: how many of their beginnings one input can satisfy at once.
//!
//! EventBridge refuses a rule above a cap of this measure (event-ruler's complexity evaluator); a
//! matcher that follows all beginnings in parallel needs that many states for each byte. AWS names no
//! number. Ten agrees with every answer of AWS that is known: seven is accepted, eleven refused.
use super::glob::Glob;

/// More than this is refused.
pub(super) const COST_MAX: usize = 10;

/// The cost of the wildcards of one field; exact up to [`COST_MAX`] + 1, where counting stops.
///
/// Once an input has passed all stars of a pattern, each of them stays satisfied whatever follows. So
/// the worst input passes all stars first, then spells the beginning of the piece that holds the most
/// beginnings of pieces as its endings. Patterns count together when their texts before the first
/// star can be one text's beginnings.
pub(super) fn cost(globs: &[&Glob]) -> usize {
    let starred: Vec<Starred<'_>> = globs.iter().filter_map(|glob| Starred::of(glob)).collect();
    let together = starred.iter().map(|longest| {
        let group: Vec<&Starred<'_>> =
            starred.iter().filter(|other| longest.head.starts_with(other.head)).collect();
        let stars: usize = group.iter().map(|glob| glob.after.len()).sum();
        let pieces: Vec<&str> =
            group.iter().flat_map(|glob| glob.after).map(String::as_str).collect();
        stars + beginnings(&pieces, COST_MAX.saturating_sub(stars).saturating_add(1))
    });
    together.max().unwrap_or(0)
}

/// A wildcard with at least one star.
struct Starred<'g> {
    head: &'g str,
    /// One piece after each star.
    after: &'g [String],
}

impl<'g> Starred<'g> {
    fn of(glob: &'g Glob) -> Option<Self> {
        let (head, after) = glob.pieces().split_first()?;
        (!after.is_empty()).then_some(Self { head, after })
    }
}

/// The most beginnings of `pieces` that one beginning of a piece ends with; stops at `enough`.
fn beginnings(pieces: &[&str], enough: usize) -> usize {
    let mut most = 0;
    for input in pieces.iter().copied().flat_map(prefixes) {
        let ends = pieces.iter().copied().flat_map(prefixes).filter(|start| input.ends_with(start));
        most = most.max(ends.take(enough).count());
        if most >= enough {
            break;
        }
    }
    most
}

/// All beginnings of `text` but the empty one.
fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .filter_map(|(start, character)| text.get(..start.checked_add(character.len_utf8())?))
}

#[cfg(test)]
mod tests {
    use super::{COST_MAX, cost};
    use crate::pattern::glob::Glob;

    #[track_caller]
    fn check(wildcards: &[&str], expected: usize) {
        let globs: Vec<Glob> =
            wildcards.iter().map(|text| Glob::parse(text).expect("parses")).collect();
        assert_eq!(cost(&globs.iter().collect::<Vec<_>>()), expected, "{wildcards:?}");
    }

    #[test]
    fn a_text_without_a_star_costs_nothing_and_a_star_costs_one() {
        check(&["abc"], 0);
        check(&["abc*"], 1);
        check(&["*"], 1);
        check(&["*a"], 2);
    }

    #[test]
    fn repetition_after_a_star_costs_one_for_each_repetition() {
        check(&["/Users/*/dir/dir/dir/dir/dir/doc.txt"], 7);
        check(&["*aaaa"], 5);
    }

    #[test]
    fn aws_refuses_what_costs_more_than_the_cap() {
        check(&["*:*:*:*:*:event-bus/*"], COST_MAX + 1);
        check(&["arn:aws:events:us-east-1:*:event-bus/*"], 3);
    }

    #[test]
    fn the_wildcards_of_one_field_count_together_when_one_input_can_satisfy_both() {
        check(&["*.bif", "*.tiff", "*.tif", "*.svs"], 8);
        check(&["*/datasync/*.bif", "*/datasync/*.tif"], 8);
        check(&["*/datasync/*.bif", "*/datasync/*.tif", "*/datasync/*.svs"], COST_MAX + 1);
        check(&["img/*.png", "doc/*.pdf"], 2);
    }

    #[test]
    fn a_long_pattern_is_measured_quickly() {
        let long: String = "*".chars().chain("ab".chars().cycle().take(4_000)).collect();
        check(&[&long], COST_MAX + 1);
        let distinct: String = ('!'..=')').chain('+'..='[').collect();
        check(&[&format!("*{distinct}")], 2);
    }
}
