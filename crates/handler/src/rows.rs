//! Rows of the service, as a handler reads and writes them.

use crate::HandlerError;
use eventyard_bus::ports::{RowExpected, RowKey, Write};
use serde::Serialize;

/// Rows that are written together: all of them with the record of the delivery, or none.
///
/// ```
/// use eventyard_handler::Rows;
/// let rows = Rows::default().insert("payments", "order-1", &12.5)?.delete("carts", "ada");
/// # Ok::<(), eventyard_handler::HandlerError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Rows(Vec<Write>);

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    /// Its value.
    pub value: T,
    /// Its revision, for [`Rows::update`].
    pub revision: u64,
}

impl Rows {
    /// Writes a row whatever is there.
    ///
    /// # Errors
    /// Parks the delivery when the value cannot be written as JSON.
    pub fn put<T: Serialize>(
        self,
        table: &str,
        key: impl Into<String>,
        value: &T,
    ) -> Result<Self, HandlerError> {
        self.write(table, key.into(), value, RowExpected::Any)
    }

    /// Writes a row that is not there yet; the handler runs again when it is.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn insert<T: Serialize>(
        self,
        table: &str,
        key: impl Into<String>,
        value: &T,
    ) -> Result<Self, HandlerError> {
        self.write(table, key.into(), value, RowExpected::Absent)
    }

    /// Writes a row that is still of the revision it was read at, or absent where it was; the handler runs
    /// again when another was quicker.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn update<T: Serialize>(
        self,
        table: &str,
        key: impl Into<String>,
        read: Option<u64>,
        value: &T,
    ) -> Result<Self, HandlerError> {
        let expected = read.map_or(RowExpected::Absent, RowExpected::Revision);
        self.write(table, key.into(), value, expected)
    }

    /// Deletes a row, whether or not it is there.
    #[must_use]
    pub fn delete(self, table: &str, key: impl Into<String>) -> Self {
        let row = RowKey { table: table.to_owned(), key: key.into() };
        self.add(Write { row, value: None, expected: RowExpected::Any })
    }

    fn write<T: Serialize>(
        self,
        table: &str,
        key: String,
        value: &T,
        expected: RowExpected,
    ) -> Result<Self, HandlerError> {
        let row = RowKey { table: table.to_owned(), key };
        let not_json = |_| HandlerError::park(format!("the value of row `{row}` is not JSON"));
        let value = serde_json::to_string(value).map_err(not_json)?;
        Ok(self.add(Write { row, value: Some(value), expected }))
    }

    /// A row that is written twice has the later value, under the expectation of the first.
    fn add(mut self, write: Write) -> Self {
        match self.0.iter_mut().find(|earlier| earlier.row == write.row) {
            Some(earlier) => earlier.value = write.value,
            None => self.0.push(write),
        }
        self
    }

    pub(crate) fn and(self, more: Self) -> Self {
        more.0.into_iter().fold(self, Self::add)
    }

    pub(crate) fn into_writes(self) -> Vec<Write> {
        self.0
    }
}
