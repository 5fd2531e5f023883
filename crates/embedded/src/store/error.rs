//! What can go wrong with the database: on opening it, and while it is in use.

use std::path::PathBuf;

use eventyard_bus::StoreError;

use super::codec::Damaged;
use super::format::FORMAT;

/// Why a data folder cannot be used. Nothing in the folder was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder cannot be made or its files cannot be read.
    #[error("data folder `{}` cannot be used: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no store in the folder, and reading does not make one.
    #[error("there is no store in `{}`", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process writes to it, or this one does already.
    #[error(
        "`{}` is in use by another process{}",
        folder.display(),
        url.as_deref().map(|url| format!(", which listens at {url}")).unwrap_or_default()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Where the writer listens, as it left it in the folder.
        url: Option<String>,
    },
    /// Another version of Eventyard wrote it.
    #[error(
        "the store in `{}` has format {found}, this version reads format {FORMAT}",
        folder.display()
    )]
    Format {
        /// The folder.
        folder: PathBuf,
        /// The format found.
        found: u64,
    },
    /// The file is no store, or is damaged beyond what recovery mends.
    #[error("the store in `{}` cannot be read: {message}", folder.display())]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

/// A failure of the database under a transaction, which is lost as a whole.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(std::sync::Arc<Reason>);

/// What failed; shared, since every caller of a lost transaction is told.
#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error("the disk failed the store: {0}")]
    Database(#[from] redb::Error),
    #[error(transparent)]
    Damaged(#[from] Damaged),
    #[error("a stored record is damaged: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the store is closed")]
    Closed,
    #[error("the store was closed by an earlier failure: {0}")]
    NotReopened(OpenError),
}

impl Fault {
    /// The store has been closed.
    pub fn closed() -> Self {
        Self(Reason::Closed.into())
    }

    /// The store could not be opened again after a failure.
    pub fn not_reopened(error: OpenError) -> Self {
        Self(Reason::NotReopened(error).into())
    }
}

macro_rules! fault_from {
    ($($cause:ty => $through:expr),* $(,)?) => {
        $(impl From<$cause> for Fault {
            fn from(cause: $cause) -> Self {
                Self(std::sync::Arc::new($through(cause)))
            }
        })*
    };
}

fault_from! {
    Damaged => Reason::Damaged,
    serde_json::Error => Reason::Json,
    redb::TransactionError => |cause| Reason::Database(redb::Error::from(cause)),
    redb::TableError => |cause| Reason::Database(redb::Error::from(cause)),
    redb::StorageError => |cause| Reason::Database(redb::Error::from(cause)),
    redb::CommitError => |cause| Reason::Database(redb::Error::from(cause)),
    redb::SetDurabilityError => |cause| Reason::Database(redb::Error::from(cause)),
}

/// What a caller of a port is told; the transaction is undone, the store is whole.
impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let reason = fault.to_string();
        match *fault.0 {
            Reason::Damaged(_) | Reason::Json(_) => Self::Corrupt { reason },
            _ => Self::Unavailable { reason },
        }
    }
}
