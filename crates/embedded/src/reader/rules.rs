//! The rule sets that were in force.

use eventyard_bus::StoredRules;
use eventyard_rules::Version;
use redb::ReadTransaction;

use crate::store::{Fault, format};

/// The rule set of a version.
pub(super) fn rules(
    read: &ReadTransaction,
    version: &Version,
) -> Result<Option<StoredRules>, Fault> {
    let table = read.open_table(format::RULE_SETS)?;
    let json = table.get(version.as_str())?;
    Ok(json.map(|json| serde_json::from_slice(json.value())).transpose()?)
}
