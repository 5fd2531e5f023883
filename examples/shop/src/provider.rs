//! The payment provider: somebody else's service, which has bad days.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Takes money, once for each key.
pub trait Provider: Clone + Send + Sync + 'static {
    /// Charges a customer; the same key again answers the same receipt and takes no money.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn charge(
        &self,
        key: &str,
        customer: &str,
        cents: u64,
    ) -> impl Future<Output = Result<String, ProviderError>> + Send;
}

/// Why nothing was charged, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderError {
    /// It does not answer.
    Down,
    /// It wants to be left alone for a while.
    Throttled {
        /// The while.
        after: Duration,
    },
}

/// What a sandbox does with every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It charges.
    #[default]
    Up,
    /// It fails; every other time after it has charged.
    Failing,
    /// It throttles.
    Throttling,
}

/// A provider in memory that honours idempotency keys, and is as moody as it is told to be.
#[derive(Debug, Clone, Default)]
pub struct Sandbox(Arc<Mutex<Books>>);

#[derive(Debug, Default)]
struct Books {
    mood: Mood,
    calls: u64,
    /// Cents by key.
    charges: BTreeMap<String, u64>,
}

impl Sandbox {
    /// From now on it is in this mood.
    pub fn set(&self, mood: Mood) {
        self.books().mood = mood;
    }

    /// How often it was asked.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.books().calls
    }

    /// How many charges it made, and of how many cents in all.
    #[must_use]
    pub fn charged(&self) -> (usize, u64) {
        let books = self.books();
        (books.charges.len(), books.charges.values().sum())
    }

    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for Sandbox {
    async fn charge(&self, key: &str, _: &str, cents: u64) -> Result<String, ProviderError> {
        let mut books = self.books();
        books.calls += 1;
        let is_charged = match books.mood {
            Mood::Up => true,
            // The worst kind of failure: it did what it was asked and does not say so.
            Mood::Failing => books.calls.is_multiple_of(2),
            Mood::Throttling => false,
        };
        if is_charged {
            books.charges.insert(key.to_owned(), cents);
        }
        match books.mood {
            Mood::Up => Ok(format!("r-{key}")),
            Mood::Failing => Err(ProviderError::Down),
            Mood::Throttling => Err(ProviderError::Throttled { after: Duration::from_millis(50) }),
        }
    }
}
