//! Sets of an ordered domain, as the places between its values where they begin and end.

/// A union of intervals. A cut is a place between two values, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intervals<C> {
    /// Whether everything before the first cut is in it.
    from_start: bool,
    /// Where it begins or ends in turn; ascending, each once.
    cuts: Vec<C>,
}

impl<C: Ord + Clone> Intervals<C> {
    pub(super) fn none() -> Self {
        Self { from_start: false, cuts: Vec::new() }
    }

    pub(super) fn all() -> Self {
        Self { from_start: true, cuts: Vec::new() }
    }

    /// From one cut to another.
    pub(super) fn between(from: C, to: C) -> Self {
        if from < to { Self { from_start: false, cuts: vec![from, to] } } else { Self::none() }
    }

    pub(super) fn from(cut: C) -> Self {
        Self { from_start: false, cuts: vec![cut] }
    }

    /// Everything else.
    pub(super) fn not(mut self) -> Self {
        self.from_start = !self.from_start;
        self
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.merged(other, |a, b| a && b)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.merged(other, |a, b| a || b)
    }

    /// Whether it has no cut and holds nothing. There may be no value between two cuts, so a set
    /// that is not called empty may be so.
    pub(super) fn is_none(&self) -> bool {
        !self.from_start && self.cuts.is_empty()
    }

    /// Whether what follows the cut `at` is in it.
    pub(super) fn holds(&self, at: &C) -> bool {
        let passed = self.cuts.partition_point(|cut| cut <= at);
        self.from_start != (passed % 2 == 1)
    }

    /// Every cut, ascending.
    pub(super) fn cuts(&self) -> &[C] {
        &self.cuts
    }

    /// Its intervals, if each has two ends.
    pub(super) fn pairs(&self) -> Option<impl Iterator<Item = (&C, &C)>> {
        let bounded = !self.from_start && self.cuts.len().is_multiple_of(2);
        let pair = |pair: &'_ [C]| pair.len() == 2;
        bounded.then(|| {
            let pairs = self.cuts.chunks(2).filter(move |two| pair(two));
            pairs.filter_map(|two| Some((two.first()?, two.last()?)))
        })
    }

    fn merged(&self, other: &Self, join: impl Fn(bool, bool) -> bool) -> Self {
        let from_start = join(self.from_start, other.from_start);
        let mut all: Vec<&C> = self.cuts.iter().chain(&other.cuts).collect();
        all.sort_unstable();
        all.dedup();
        let (mut inside, mut cuts) = (from_start, Vec::new());
        for cut in all {
            let now = join(self.holds(cut), other.holds(cut));
            if now != inside {
                cuts.push(cut.clone());
                inside = now;
            }
        }
        Self { from_start, cuts }
    }
}
