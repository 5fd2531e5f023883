//! What a store does with rule sets: see [`RuleSets`].

use super::fixture::version;
use crate::{RuleSets, RulesFile, StoredRules};

fn stored(text: &str) -> StoredRules {
    let file = |name: &str| RulesFile { name: name.to_owned(), text: text.to_owned() };
    StoredRules {
        version: version(),
        files: vec![file("rules/a.yaml"), file("rules/b.yaml")],
        overlay: Some(file("overlay.yaml")),
    }
}

/// Texts, names, order and overlay come back as they were given.
pub async fn a_rule_set_is_read_as_it_was_stored(sets: &impl RuleSets) {
    let large = stored(&"# räder\n".repeat(100_000));
    sets.put(&large).await.expect("stored");
    assert!(sets.get(&version()).await == Ok(Some(large)), "the rule set changed");
}

/// A version is written once and never changes.
pub async fn storing_a_version_again_changes_nothing(sets: &impl RuleSets) {
    sets.put(&stored("version: 1")).await.expect("stored");
    sets.put(&stored("version: 1 # other")).await.expect("stored");
    assert_eq!(sets.get(&version()).await, Ok(Some(stored("version: 1"))));
}

/// Which rules are in force is noted for each deployment by itself.
pub async fn the_active_version_is_the_last_one_noted_for_its_deployment(sets: &impl RuleSets) {
    let (a, b) = (version(), "f".repeat(32).parse().expect("a version"));
    assert_eq!(sets.active(&a).await, Ok(None));
    sets.set_active(&a, &a).await.expect("noted");
    sets.set_active(&a, &b).await.expect("noted");
    assert_eq!(sets.active(&a).await, Ok(Some(b.clone())));
    assert_eq!(sets.active(&b).await, Ok(None), "of another deployment nothing is known");
}

/// What was never stored is not found.
pub async fn an_unknown_version_is_not_there(sets: &impl RuleSets) {
    assert_eq!(sets.get(&version()).await, Ok(None));
}
