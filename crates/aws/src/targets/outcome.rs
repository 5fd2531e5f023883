//! What came of one batch, entry by entry.

use super::codes::Kind;
use super::fault::Fault;
use eventyard_bus::Sent;

/// One answer for each entry of a call, in order: an entry that the service does not mention is not
/// delivered.
#[must_use = "an unread outcome is a lost delivery"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchOutcome {
    sents: Vec<Sent>,
}

impl BatchOutcome {
    /// The same answer for every entry.
    pub(super) fn whole(entries: usize, sent: &Sent) -> Self {
        Self { sents: vec![sent.clone(); entries] }
    }

    /// Every entry failed for one reason.
    pub(super) fn failed(entries: usize, fault: Fault) -> Self {
        Self::whole(entries, &fault.into_sent())
    }

    /// Answers by entry number, as texts; entries without one are to be sent again. Where an entry has
    /// several, the last counts: name what failed last.
    pub(super) fn by_id<'a>(
        entries: usize,
        answers: impl IntoIterator<Item = (&'a str, Sent)>,
    ) -> Self {
        let mut outcome = Self::failed(entries, no_answer());
        for (id, sent) in answers {
            let slot = id.parse().ok().and_then(|at: usize| outcome.sents.get_mut(at));
            if let Some(slot) = slot {
                *slot = sent;
            }
        }
        outcome
    }

    /// Answers in the entries' order; where they end early, the rest is to be sent again.
    pub(super) fn in_order(entries: usize, answers: impl IntoIterator<Item = Sent>) -> Self {
        let mut outcome = Self::failed(entries, no_answer());
        for (slot, sent) in outcome.sents.iter_mut().zip(answers) {
            *slot = sent;
        }
        outcome
    }

    /// This outcome, then another.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.sents.extend(other.sents);
        self
    }

    /// One answer for each entry, in order.
    pub(super) fn into_sents(self) -> Vec<Sent> {
        self.sents
    }
}

fn no_answer() -> Fault {
    Fault::new(Kind::Failing, "NoAnswer", "the service's answer does not mention the entry")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(sent: &Sent) -> &str {
        match sent {
            Sent::Delivered => "Delivered",
            Sent::Retry { cause, .. } | Sent::Denied { cause } | Sent::Park { cause } => {
                &cause.code
            }
        }
    }

    fn codes(outcome: BatchOutcome) -> Vec<String> {
        outcome.into_sents().iter().map(|sent| code(sent).to_owned()).collect()
    }

    #[test]
    fn every_entry_has_an_answer_also_where_the_service_gives_none() {
        let refused = Fault::of_entry("ValidationException", None, true).into_sent();
        let outcome = BatchOutcome::by_id(
            3,
            [
                ("2", Sent::Delivered),
                ("0", Sent::Delivered),
                ("7", Sent::Delivered),
                ("2", refused),
            ],
        );
        assert_eq!(codes(outcome), ["Delivered", "NoAnswer", "ValidationException"]);
        let outcome = BatchOutcome::in_order(2, [Sent::Delivered]);
        assert_eq!(codes(outcome), ["Delivered", "NoAnswer"]);
        let outcome = BatchOutcome::in_order(1, [Sent::Delivered, Sent::Delivered]);
        assert_eq!(codes(outcome), ["Delivered"]);
    }
}
