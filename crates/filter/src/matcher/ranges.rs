//! Which ranges hold a number.
use super::index::Target;
use super::key::Range;

/// Ranges sorted by their lower ends, with the largest upper end of each block.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    pub items: Vec<(Range, Target)>,
    highest: Vec<f64>,
}

/// Ranges of a block.
const BLOCK: usize = 32;

impl Ranges {
    /// Sorts what was inserted.
    pub fn finish(&mut self) {
        self.items.sort_by(|(left, _), (right, _)| left.low.value().total_cmp(&right.low.value()));
        self.items.shrink_to_fit();
        let highest = |block: &[(Range, Target)]| {
            block.iter().map(|(range, _)| range.high.value()).fold(f64::NEG_INFINITY, f64::max)
        };
        self.highest = self.items.chunks(BLOCK).map(highest).collect();
    }

    /// All ranges that hold `value`: those found, and a look at each block of the others.
    #[inline]
    pub fn holding(&self, value: f64, text: &str, found: &mut impl FnMut(Target)) {
        for (block, highest) in self.items.chunks(BLOCK).zip(&self.highest) {
            if block.first().is_some_and(|(range, _)| range.low.value() > value) {
                return;
            }
            if *highest < value {
                continue;
            }
            let holding = block.iter().filter(|(range, _)| range.holds(value, text));
            holding.for_each(|(_, target)| found(*target));
        }
    }
}
