//! What goes wrong, decided by the seed.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use eventyard_bus::StoreError;

/// Numbers that look random and are the same for the same seed (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// How often what went wrong.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub crashes: u64,
    pub refused_calls: u64,
    pub ambiguous_calls: u64,
    pub lost_answers: u64,
    pub redriven: u64,
    pub taken_over: u64,
}

impl Seen {
    pub fn add(&mut self, other: &Self) {
        self.crashes += other.crashes;
        self.refused_calls += other.refused_calls;
        self.ambiguous_calls += other.ambiguous_calls;
        self.lost_answers += other.lost_answers;
        self.redriven += other.redriven;
        self.taken_over += other.taken_over;
    }
}

#[derive(Debug)]
pub struct State {
    pub dice: Dice,
    pub seen: Seen,
    healed: bool,
}

/// The faults of a story; clones are the same.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Mutex<State>>);

impl Faults {
    pub fn new(seed: u64) -> Self {
        let (dice, seen) = (Dice::new(seed), Seen::default());
        Self(Arc::new(Mutex::new(State { dice, seen, healed: false })))
    }

    pub fn heal(&self) {
        self.0.lock().unwrap().healed = true;
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }

    /// A fault of that chance, unless all is healed.
    pub fn happens(&self, percent: u64) -> bool {
        self.with(|state| !state.healed && state.dice.chance(percent))
    }

    /// One call of a store: refused, or done, or done and its answer lost. The process may die before
    /// and after it.
    pub async fn call<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        pause().await;
        if self.happens(6) {
            self.with(|state| state.seen.refused_calls += 1);
            return Err(StoreError::unavailable("refused"));
        }
        let result = work.await;
        pause().await;
        if self.happens(6) {
            self.with(|state| state.seen.ambiguous_calls += 1);
            return Err(StoreError::unavailable("the answer was lost"));
        }
        result
    }
}

/// Lets everything else go on once: a place where the process can die.
pub async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|context: &mut Context<'_>| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
