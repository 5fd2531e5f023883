//! The contracts of the ports that the store is.

mod ledger {
    eventyard_bus::ledger_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod ledger_renew {
    eventyard_bus::ledger_renew_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod deliveries {
    eventyard_bus::deliveries_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod rule_sets {
    eventyard_bus::rule_sets_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod history {
    eventyard_bus::history_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod retention {
    eventyard_bus::retention_contract!(
        crate::table::block_on,
        crate::table::keeping_an_hour().await
    );
}

mod checkpoints {
    eventyard_bus::checkpoints_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod breakers {
    eventyard_bus::breakers_contract!(crate::table::block_on, crate::table::fresh().await);
}

mod journal {
    eventyard_bus::journal_contract!(crate::table::block_on, crate::table::fresh_journal().await);
}

mod streams {
    eventyard_bus::streams_contract!(crate::table::block_on, crate::table::fresh().await);
}
