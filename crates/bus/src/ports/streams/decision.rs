//! What becomes of an append, decided from a stream's end alone: the same in every adapter.

use super::{AppendError, Appended, Expected};
use eventyard_event::{Digest, Event, Identity};
use std::collections::BTreeMap;

/// What tells an event of a stream from another: who it is, and what it holds.
pub type Mark = (Identity, Digest);

/// What becomes of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is written behind this version.
    Behind(u64),
    /// It was done before, and is answered as then.
    Done(Appended),
    /// Nothing is written.
    Refused(AppendError),
}

/// Decides about an append to a stream whose last version is `last`, if at most `max` events may come at
/// once. `mark` says what stands under a version, from 1 to `last`; it is asked for as many versions as
/// there are events, the last ones where nothing is expected.
///
/// # Errors
/// Those of `mark`.
pub fn decide<E>(
    expected: Expected,
    last: u64,
    events: &[Event],
    max: usize,
    mut mark: impl FnMut(u64) -> Result<Mark, E>,
) -> Result<Decision, E> {
    let (given, count) = (events.len(), u64::try_from(events.len()).unwrap_or(u64::MAX));
    if !(1..=max).contains(&given) {
        return Ok(Decision::Refused(AppendError::Length { given, max }));
    }
    let mut places = BTreeMap::new();
    for (event, place) in events.iter().zip(1_u64..) {
        if places.insert(event.identity(), place).is_some() {
            let id = event.id().to_owned();
            return Ok(Decision::Refused(AppendError::Repeated { id }));
        }
    }
    let after = match expected {
        Expected::Any => last.saturating_sub(count),
        Expected::None => 0,
        Expected::Exact(version) => version,
    };
    let there = after.saturating_add(1)..=after.saturating_add(count).min(last);
    let (mut same, mut known) = (0, None);
    for (version, event) in there.zip(events) {
        let (identity, digest) = mark(version)?;
        same += u64::from(identity == event.identity() && digest == event.digest());
        known = known.or(places.contains_key(&identity).then_some(version));
    }
    Ok(match (expected, known) {
        _ if same == count => Decision::Done(Appended::behind(after, given)),
        (Expected::Any, Some(version)) => Decision::Refused(AppendError::Known { version }),
        (Expected::Any, None) => Decision::Behind(last),
        _ if after == last => Decision::Behind(last),
        _ => Decision::Refused(AppendError::Conflict { expected, actual: last }),
    })
}

#[cfg(test)]
mod tests {
    use super::{AppendError, Appended, Decision, Expected, decide};
    use crate::contract::fixture::event;
    use eventyard_event::Event;
    use std::convert::Infallible;

    fn events(ids: &[&str]) -> Vec<Event> {
        ids.iter().map(|id| event(id, "a")).collect()
    }

    #[track_caller]
    fn check(there: &[&str], expected: Expected, given: &[&str], decision: Decision) {
        let (there, given) = (events(there), events(given));
        let last = u64::try_from(there.len()).unwrap();
        let mark = |version: u64| {
            let event = &there[usize::try_from(version - 1).unwrap()];
            Ok::<_, Infallible>((event.identity(), event.digest()))
        };
        assert_eq!(decide(expected, last, &given, 3, mark), Ok(decision));
    }

    #[test]
    fn an_append_is_decided_from_the_end_of_its_stream() {
        use Decision::{Behind, Done, Refused};
        use Expected::{Any, Exact, None};
        let conflict = |expected, actual| Refused(AppendError::Conflict { expected, actual });
        let known = |version| Refused(AppendError::Known { version });
        let done = |first, last| Done(Appended { first, last });
        check(&[], Any, &["1"], Behind(0));
        check(&[], None, &["1"], Behind(0));
        check(&[], Exact(0), &["1"], Behind(0));
        check(&[], Exact(1), &["1"], conflict(Exact(1), 0));
        check(&["1", "2"], Any, &["3"], Behind(2));
        check(&["1", "2"], Exact(2), &["3"], Behind(2));
        check(&["1", "2"], None, &["3"], conflict(None, 2));
        check(&["1", "2"], Any, &["1", "2"], done(1, 2));
        check(&["1", "2"], Any, &["2"], done(2, 2));
        check(&["1", "2", "3"], None, &["1", "2"], done(1, 2));
        check(&["1", "2", "3"], Exact(1), &["2"], done(2, 2));
        check(&["1", "2"], Any, &["2", "3"], known(2));
        check(&["1", "2"], Any, &["2", "1"], known(1));
        check(&["1"], Any, &["1", "2"], known(1));
        check(&["1", "2"], None, &["1", "2", "3"], conflict(None, 2));
    }

    #[test]
    fn an_append_without_an_event_or_with_too_many_or_one_twice_is_none() {
        let refused = |given, max| Decision::Refused(AppendError::Length { given, max });
        check(&[], Expected::Any, &[], refused(0, 3));
        check(&[], Expected::Any, &["1", "2", "3"], Decision::Behind(0));
        check(&[], Expected::Any, &["1", "2", "3", "4"], refused(4, 3));
        let twice = AppendError::Repeated { id: "1".to_owned() };
        check(&[], Expected::Any, &["1", "2", "1"], Decision::Refused(twice));
    }
}
