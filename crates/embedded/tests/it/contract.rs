//! The bus's own suites, on the store.

use crate::support::{TempStore, block_on};

mod ledger {
    use super::*;
    eventyard_bus::ledger_contract!(block_on, TempStore::new());
}

mod deliveries {
    use super::*;
    eventyard_bus::deliveries_contract!(block_on, TempStore::new());
}

mod history {
    use super::*;
    eventyard_bus::history_contract!(block_on, TempStore::new());
}

mod retention {
    use super::*;
    eventyard_bus::retention_contract!(block_on, TempStore::keeping_an_hour().await);
}

mod checkpoints {
    use super::*;
    eventyard_bus::checkpoints_contract!(block_on, TempStore::new());
}

mod rule_sets {
    use super::*;
    eventyard_bus::rule_sets_contract!(block_on, TempStore::new());
}

mod streams {
    use super::*;
    eventyard_bus::streams_contract!(block_on, TempStore::new());
}
