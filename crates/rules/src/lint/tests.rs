//! What is called certain is what the evaluator answers.

use eventyard_event::json::parse;
use eventyard_filter::outline::Outline;
use eventyard_filter::{Condition, Query};
use proptest::prelude::*;

use super::constant::constants;
use super::proven::Proven;
use crate::any_condition::{PATHS, condition, document, members};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_condition_called_constant_is_so_for_every_document(
        text in condition(),
        documents in prop::collection::vec(members(), 6),
    ) {
        let when = Condition::parse(&text).unwrap();
        let found = constants(&when.outline(), when.text());
        let whole = found.iter().find(|clause| clause.message.starts_with("this condition"));
        for members in documents {
            let document = document(&members);
            let document = parse(document.as_bytes(), &Default::default()).unwrap();
            if let Some(clause) = whole {
                let always = clause.code == "L0105";
                prop_assert_eq!(when.matches(&document.root), always, "{}", text);
            }
        }
    }

    #[test]
    fn a_clause_called_constant_is_so_for_every_document(
        text in condition(),
        documents in prop::collection::vec(members(), 6),
    ) {
        let when = Condition::parse(&text).unwrap();
        let found = constants(&when.outline(), when.text());
        for clause in found.iter().filter(|clause| clause.code == "L0105") {
            let part = Condition::parse(&text[clause.span.clone()]).unwrap();
            for members in &documents {
                let document = document(members);
                let document = parse(document.as_bytes(), &Default::default()).unwrap();
                prop_assert!(part.matches(&document.root), "{} in {}", part.text(), text);
            }
        }
    }

    #[test]
    fn a_path_called_proven_exists_wherever_the_condition_holds(
        text in condition(),
        documents in prop::collection::vec(members(), 6),
    ) {
        let when = Condition::parse(&text).unwrap();
        let proven = Proven::default().with_all(&[when.outline()], true);
        let refuted = Proven::default().with_all(&[when.outline()], false);
        for path in PATHS {
            let Outline::Atom(atom) = Condition::parse(path).unwrap().outline() else { panic!() };
            let query = Query::parse(path).unwrap();
            for members in &documents {
                let document = document(members);
                let document = parse(document.as_bytes(), &Default::default()).unwrap();
                let known = if when.matches(&document.root) { &proven } else { &refuted };
                if known.has(&atom.paths[0]) {
                    prop_assert!(query.exists(&document.root), "{} in {}", path, text);
                }
            }
        }
    }
}
