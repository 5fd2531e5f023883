//! All filters at once: one pass over the bytes of an event, then only what it may match.
//!
//! Filters become clauses, each of which exists once (`program`), and the places of the event that
//! clauses look at become two tries (`slots`). An event is read along these (`walk`), stepping over
//! everything else (`skip`). Each filter is posted in an index under facts that must hold if it takes
//! an event (`key`, `facts`, `inside`, `build`), those that fewest other filters share; the `index` leads from the
//! values of an event to the filters left, of which the clauses that are not certain by then are
//! decided (`atom`), each once for an event however many filters ask.
//!
//! The answer is that of [`Filter::matches`], one filter after another; a property holds it to that.

mod atom;
mod build;
mod facts;
mod index;
mod inside;
mod key;
mod names;
mod parts;
mod program;
mod ranges;
mod skip;
mod slots;
mod values;
mod walk;

use crate::Filter;
use atom::{AtomId, Seen};
use eventyard_event::{Limits, json};
use index::{Index, Target};
use program::{AtomTree, Program};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use values::Values;

/// Filters that one matcher takes at most.
const FILTERS_MAX: usize = 1_000_000;

/// Many filters, compiled into one; immutable, cheap to clone, `Send` and `Sync`.
///
/// ```
/// use eventyard_event::{Limits, json};
/// use eventyard_filter::{Condition, Filter, Matcher};
///
/// let rule = |text| Condition::parse(text).map(|when| Filter { when: Some(when), pattern: None });
/// let matcher = Matcher::new([rule("$.total > 100")?, rule("$.total > 10")?, rule("$.items[?@.qty > 3]")?])?;
/// let event = br#"{"total":50,"items":[{"qty":5}]}"#;
/// let event = json::Checked::parse(event, &Limits::default())?;
/// assert_eq!(matcher.matches(&event), [1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Matcher {
    compiled: Arc<Compiled>,
}

struct Compiled {
    program: Program,
    index: Index,
    /// For each filter, its pattern if the fields of that may depend on each other.
    pinned: Vec<Option<crate::Pattern>>,
    filters: usize,
    /// Memory that no cursor is using.
    idle: Mutex<Vec<Scratch>>,
}

/// Why filters do not compile into a matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherError {
    filters: usize,
}

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} filters, limit {FILTERS_MAX}", self.filters)
    }
}

impl std::error::Error for MatcherError {}

impl Matcher {
    /// Compiles filters; the n-th of them is number n in every answer.
    ///
    /// About linear in their texts. What the filters hold is shared, not copied.
    ///
    /// # Errors
    /// More than a million filters.
    pub fn new(filters: impl IntoIterator<Item = Filter>) -> Result<Self, MatcherError> {
        let mut program = Program::default();
        let mut rules: Vec<_> = filters.into_iter().map(|filter| program.rule(&filter)).collect();
        if rules.len() > FILTERS_MAX {
            return Err(MatcherError { filters: rules.len() });
        }
        program.finish();
        let index = build::build(&rules);
        let pinned = rules.iter_mut().map(|rule| rule.pinned.take()).collect();
        let (filters, idle) = (rules.len(), Mutex::default());
        Ok(Self { compiled: Arc::new(Compiled { program, index, pinned, filters, idle }) })
    }

    /// How many filters it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.compiled.filters
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.compiled.filters == 0
    }

    /// The numbers of the filters that take the event, ascending. Never fails.
    ///
    /// The bytes are read once, and no further than some filter needs.
    #[must_use]
    pub fn matches(&self, event: &json::Checked<'_>) -> Vec<usize> {
        self.cursor().matches(event).to_vec()
    }

    /// [`Matcher::matches`] on bytes that nobody has read yet: valid JSON within `limits`, of
    /// duplicate names the last value.
    ///
    /// # Errors
    /// As [`json::Checked::parse`].
    pub fn matches_unchecked(
        &self,
        text: &[u8],
        limits: &Limits,
    ) -> Result<Vec<usize>, json::JsonError> {
        Ok(self.matches(&json::Checked::parse(text, limits)?))
    }

    /// The memory that matching works in, for many events in a row on one thread.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'_> {
        let idle = self.compiled.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Cursor { compiled: &self.compiled, scratch: idle.unwrap_or_default() }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher").field("filters", &self.len()).finish_non_exhaustive()
    }
}

/// A matcher with the memory that one thread works in; goes back to the matcher when dropped.
pub struct Cursor<'m> {
    compiled: &'m Compiled,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    values: Values,
    /// Of each clause, the event it was decided for and the answer: twice the event's number, and 1.
    decided: Vec<u64>,
    event: u64,
    hits: Vec<usize>,
}

impl Cursor<'_> {
    /// As [`Matcher::matches`].
    pub fn matches(&mut self, event: &json::Checked<'_>) -> &[usize] {
        let compiled = self.compiled;
        let Scratch { values, decided, event: number, hits } = &mut self.scratch;
        decided.resize(compiled.program.atoms.len(), 0);
        *number = number.wrapping_add(1);
        values.begin(compiled.program.slots.count);
        walk::walk(&compiled.program.slots, event, values);
        hits.clear();
        let seen = Seen::new(event, values);
        let mut search = Search { compiled, seen: &seen, decided, event: *number, hits };
        search.node(compiled.index.root);
        hits.sort_unstable();
        hits.dedup();
        if seen.values.pinned > 1 {
            hits.retain(|filter| match compiled.pinned.get(*filter) {
                Some(Some(pattern)) => seen.whole(pattern),
                _ => true,
            });
        }
        hits
    }
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        let mut idle = self.compiled.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(std::mem::take(&mut self.scratch));
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").finish_non_exhaustive()
    }
}

/// One event on its way through the index.
struct Search<'s, 'e> {
    compiled: &'s Compiled,
    seen: &'s Seen<'e>,
    decided: &'s mut [u64],
    event: u64,
    hits: &'s mut Vec<usize>,
}

impl Search<'_, '_> {
    fn node(&mut self, node: u32) {
        let index = &self.compiled.index;
        self.verify(index.always(node));
        index.look_up(node, self.seen.text, self.seen.values, |target| self.target(target));
    }

    #[inline]
    fn target(&mut self, target: Target) {
        match target {
            Target::Rule(rule) => self.hit(rule),
            Target::List(from, to) => self.verify(self.compiled.index.posts(from, to)),
            Target::Node(node) => self.node(node),
        }
    }

    #[inline]
    fn hit(&mut self, rule: u32) {
        self.hits.push(usize::try_from(rule).unwrap_or(usize::MAX));
    }

    fn verify(&mut self, posts: &[index::Post]) {
        for post in posts {
            let residual = usize::try_from(post.residual).ok();
            let residual = residual.and_then(|at| self.compiled.index.residuals.get(at));
            if residual.is_some_and(|all| all.iter().all(|tree| self.holds(tree))) {
                self.hit(post.rule);
            }
        }
    }

    fn holds(&mut self, tree: &AtomTree) -> bool {
        tree.holds(&mut |atom| self.atom(*atom))
    }

    /// The answer of a clause, which is decided once.
    #[inline]
    fn atom(&mut self, atom: AtomId) -> bool {
        let Some(at) = usize::try_from(atom).ok() else { return false };
        let known = self.decided.get(at).copied().unwrap_or_default();
        if known >> 1 == self.event {
            return known & 1 == 1;
        }
        let holds = self.compiled.program.atoms.get(at).is_some_and(|atom| self.seen.holds(atom));
        if let Some(known) = self.decided.get_mut(at) {
            *known = (self.event << 1) | u64::from(holds);
        }
        holds
    }
}
