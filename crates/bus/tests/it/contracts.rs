//! The contract suites on the memory adapters.

mod ledger {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::ledger_contract!(futures::executor::block_on, Box::new(MemoryStore::default()));
    eventyard_bus::ledger_renew_contract!(
        futures::executor::block_on,
        Box::new(MemoryStore::default())
    );
}

mod deliveries {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::deliveries_contract!(
        futures::executor::block_on,
        Box::new(MemoryStore::default())
    );
}

mod rule_sets {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::rule_sets_contract!(
        futures::executor::block_on,
        Box::new(MemoryStore::default())
    );
}

mod history {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::history_contract!(futures::executor::block_on, Box::new(MemoryStore::default()));
}

mod retention {
    use eventyard_bus::memory::MemoryStore;
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);
    eventyard_bus::retention_contract!(
        futures::executor::block_on,
        Box::new(MemoryStore::keeping(HOUR))
    );
}

mod checkpoints {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::checkpoints_contract!(
        futures::executor::block_on,
        Box::new(MemoryStore::default())
    );
}

mod breakers {
    use eventyard_bus::memory::MemoryBreakers;
    eventyard_bus::breakers_contract!(
        futures::executor::block_on,
        Box::new(MemoryBreakers::default())
    );
}

mod journal {
    use eventyard_bus::memory::MemoryJournal;
    eventyard_bus::journal_contract!(
        futures::executor::block_on,
        Box::new(MemoryJournal::default())
    );
}

mod streams {
    use eventyard_bus::memory::MemoryStore;
    eventyard_bus::streams_contract!(futures::executor::block_on, Box::new(MemoryStore::default()));
}
