//! Work on independent things by several threads; the answers come in the order of the things.
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// As many threads as this machine runs at once.
pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// `work` of each of `items`, by at most `threads` threads, of which the caller is one.
///
/// A thread takes the next item when it is done with one, so that a large item delays no other. Where
/// the system gives no thread, those there are do the work.
///
/// # Panics
/// When `work` does.
pub(super) fn map<I: Sync, O: Send>(
    items: &[I],
    threads: usize,
    work: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let helpers = threads.min(items.len()).saturating_sub(1);
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, share).ok();
        let helpers: Vec<_> = (0..helpers).map_while(spawn).collect();
        let mut done = share();
        for helper in helpers {
            match helper.join() {
                Ok(others) => done.extend(others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn answers_come_in_order_whatever_the_number_of_threads() {
        let items: Vec<usize> = (0..100).collect();
        let expected: Vec<usize> = items.iter().map(|item| item * 2).collect();
        for threads in [0, 1, 2, 3, 8, 1_000] {
            assert_eq!(map(&items, threads, |item| item * 2), expected, "{threads} threads");
        }
        assert!(map(&[(); 0], 4, |()| ()).is_empty());
    }
}
