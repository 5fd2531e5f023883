//! What a store does with checkpoints: see [`Checkpoints`].

use crate::{Checkpoint, CheckpointName, Checkpoints};

fn name(text: &str) -> CheckpointName {
    text.parse().expect("a name")
}

fn kept(text: Option<&str>, revision: u64) -> Checkpoint {
    Checkpoint { text: text.map(str::to_owned), revision }
}

/// What was never written is nothing.
pub async fn an_unknown_checkpoint_is_nothing_at_revision_0(store: &impl Checkpoints) {
    assert_eq!(store.checkpoint(&name("a")).await, Ok(kept(None, 0)));
    assert_eq!(store.checkpoints("").await, Ok(Vec::new()));
}

/// A text comes back as it was written, beside those of other names.
pub async fn a_checkpoint_is_read_as_it_was_written(store: &impl Checkpoints) {
    let long = "räder ".repeat(1_000);
    assert_eq!(store.put_checkpoint(&name("a"), Some("x"), 0).await, Ok(true));
    assert_eq!(store.put_checkpoint(&name("a"), Some(&long), 1).await, Ok(true));
    assert_eq!(store.put_checkpoint(&name("b"), Some("y"), 0).await, Ok(true));
    assert_eq!(store.checkpoint(&name("a")).await, Ok(kept(Some(&long), 2)));
    assert_eq!(store.checkpoint(&name("b")).await, Ok(kept(Some("y"), 1)));
}

/// Of two readers of one name the one that was overtaken learns it.
pub async fn a_checkpoint_is_written_once_at_each_revision(store: &impl Checkpoints) {
    assert_eq!(store.put_checkpoint(&name("a"), Some("x"), 1).await, Ok(false), "never written");
    assert_eq!(store.put_checkpoint(&name("a"), Some("x"), 0).await, Ok(true));
    assert_eq!(store.put_checkpoint(&name("a"), Some("y"), 0).await, Ok(false));
    assert_eq!(store.checkpoint(&name("a")).await, Ok(kept(Some("x"), 1)));
}

/// A name that is used again after it was removed does not fall to who knew it before.
pub async fn a_removed_checkpoint_goes_on_counting(store: &impl Checkpoints) {
    assert_eq!(store.put_checkpoint(&name("a"), Some("x"), 0).await, Ok(true));
    assert_eq!(store.put_checkpoint(&name("a"), None, 1).await, Ok(true));
    assert_eq!(store.checkpoint(&name("a")).await, Ok(kept(None, 2)));
    assert_eq!(store.put_checkpoint(&name("a"), Some("late"), 1).await, Ok(false));
    assert_eq!(store.put_checkpoint(&name("a"), Some("new"), 2).await, Ok(true));
    assert_eq!(store.checkpoint(&name("a")).await, Ok(kept(Some("new"), 3)));
}

/// Names are found by what they begin with, in their order, those that are removed not.
pub async fn checkpoints_are_listed_by_what_their_names_begin_with(store: &impl Checkpoints) {
    for text in ["s/b", "s/a", "t/a", "s", "s/gone"] {
        assert_eq!(store.put_checkpoint(&name(text), Some("x"), 0).await, Ok(true));
    }
    assert_eq!(store.put_checkpoint(&name("s/gone"), None, 1).await, Ok(true));
    assert_eq!(store.checkpoints("s/").await, Ok(vec![name("s/a"), name("s/b")]));
    assert_eq!(store.checkpoints("u").await, Ok(Vec::new()));
    assert_eq!(store.checkpoints("").await.map(|names| names.len()), Ok(4));
}
