//! What is ruled out by what is known never happens.

use eventyard_event::json::parse;
use eventyard_filter::Condition;
use proptest::prelude::*;

use super::maybe::{Partial, may_hold};
use crate::any_condition::{condition, document, members};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_condition_that_holds_is_never_ruled_out(
        text in condition(),
        members in members(),
        hidden in prop::collection::vec(any::<bool>(), 3),
        closed in any::<bool>(),
    ) {
        let when = Condition::parse(&text).unwrap();
        let document = document(&members);
        let document = parse(document.as_bytes(), &Default::default()).unwrap();
        let known = members.iter().zip(&hidden).map(|((name, _), hidden)| {
            let value = document.root.get(name).filter(|_| !hidden).cloned();
            ((*name).to_owned(), value.map(|value| value.into_owned()))
        });
        let partial = Partial { members: known.collect(), closed };
        prop_assert!(!when.matches(&document.root) || may_hold(&when, &partial), "{}", text);
    }
}
