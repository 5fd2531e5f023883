//! Reading rows, whatever the journal is.

use eventyard_bus::StoreError;
use eventyard_bus::ports::{Journal, Row, RowKey};
use futures::FutureExt;
use futures::future::BoxFuture;

/// A journal as a context sees it.
pub(crate) trait Reading: Send + Sync {
    fn row<'a>(
        &'a self,
        service: &'a str,
        row: &'a RowKey,
    ) -> BoxFuture<'a, Result<Option<Row>, StoreError>>;
}

impl<J: Journal> Reading for J {
    fn row<'a>(
        &'a self,
        service: &'a str,
        row: &'a RowKey,
    ) -> BoxFuture<'a, Result<Option<Row>, StoreError>> {
        Journal::row(self, service, row).boxed()
    }
}
