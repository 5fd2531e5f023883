//! Which of many texts stand in a text.
use super::index::Target;
use aho_corasick::AhoCorasick;

/// Texts, and what each leads to.
#[derive(Debug, Default)]
pub(super) struct Parts {
    texts: Vec<(Box<[u8]>, Target)>,
    /// None until built, and when the automaton would be too large: then they are tried in turn.
    automaton: Option<AhoCorasick>,
}

impl Parts {
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn push(&mut self, text: Box<[u8]>, target: Target) {
        self.texts.push((text, target));
    }

    /// Builds the automaton of what was pushed.
    pub fn finish(&mut self) {
        if self.texts.len() > 1 {
            self.automaton = AhoCorasick::new(self.texts.iter().map(|(text, _)| text)).ok();
        }
    }

    /// What the texts in `text` lead to, each once. One pass over it, and at most 32 finds a byte.
    pub fn holding(&self, text: &[u8], found: &mut impl FnMut(Target)) {
        let finds = self.automaton.as_ref().map(|all| all.try_find_overlapping_iter(text));
        let Some(Ok(finds)) = finds else {
            let in_text = |part: &[u8]| memchr::memmem::find(text, part).is_some();
            let holding = self.texts.iter().filter(|(part, _)| in_text(part));
            return holding.for_each(|(_, target)| found(*target));
        };
        let mut numbers: Vec<usize> = finds.map(|find| find.pattern().as_usize()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let targets = numbers.into_iter().filter_map(|number| self.texts.get(number));
        targets.for_each(|(_, target)| found(*target));
    }
}
