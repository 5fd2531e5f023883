//! What every adapter of a store port must do, as tests that run on each of them alike.
//!
//! Every case is an async function over a fresh store, and its name is the sentence it proves. A crate with
//! an adapter runs a whole suite with one line, in a module of its own:
//!
//! ```
//! mod ledger {
//!     use eventyard_bus::memory::MemoryStore;
//!     eventyard_bus::ledger_contract!(futures::executor::block_on, Box::new(MemoryStore::default()));
//! }
//! ```
//! The first argument runs a future to its end; the second is evaluated for each case, may `.await`,
//! and gives what dereferences to the store: a `Box`, an `Arc`, or a guard that keeps a folder.
//!
//! Times are values here, so no case waits for anything.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a case fails by panicking, like every test"
)]

pub mod breakers;
pub mod checkpoints;
pub mod deliveries;
pub mod fixture;
pub mod groups;
pub mod history;
pub mod journal;
pub mod ledger;
pub mod operations;
pub mod pages;
pub mod retention;
pub mod rule_sets;
pub mod snapshots;
pub mod streams;

/// Makes a test of every case that is named.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_cases {
    ($suite:ident, $block_on:path, $fresh:expr, $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $block_on(async {
                    let store = $fresh;
                    $crate::contract::$suite::$case(&*store).await;
                });
            }
        )*
    };
}

/// The suite of [`Ledger`](crate::Ledger): see [`contract`](crate::contract).
#[macro_export]
macro_rules! ledger_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { ledger, $block_on, $fresh,
            an_event_is_accepted_once_and_then_is_a_duplicate
            another_event_of_the_same_identity_is_a_conflict
            the_same_id_of_another_source_is_another_event
            repetitions_within_a_batch_are_found
            a_batch_without_a_new_event_makes_no_page
            an_accepted_event_is_read_as_it_was_given
            an_unknown_event_is_not_there
            an_event_of_one_megabyte_comes_back_byte_for_byte
            a_full_page_is_accepted_and_a_longer_batch_is_refused_whole
        }
        $crate::__contract_cases! { pages, $block_on, $fresh,
            later_pages_have_greater_numbers
            an_open_page_is_taken_over_with_its_stored_plan_when_its_lease_is_over
            a_page_that_was_taken_over_is_not_taken_over_again_before_its_new_lease_is_over
            open_pages_are_taken_over_oldest_first
            a_sealed_page_is_not_taken_over
            the_seal_of_a_worker_that_lost_its_page_is_fenced
            the_seal_of_an_unknown_page_is_fenced
            sealing_again_is_no_error
            a_duplicate_of_an_event_in_an_open_page_is_a_duplicate
        }
    };
}

/// More cases for a [`Ledger`](crate::Ledger) whose pages several processes deliver, with a
/// [`renew`](crate::Ledger::renew) and an [`is_open`](crate::Ledger::is_open) of its own: see
/// [`contract`](crate::contract).
#[macro_export]
macro_rules! ledger_renew_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { pages, $block_on, $fresh,
            an_event_is_open_until_its_page_is_sealed
            a_renewed_page_is_taken_over_when_its_new_lease_is_over_and_not_before
            a_page_that_was_lost_or_sealed_is_not_renewed
        }
    };
}

/// The suite of [`Deliveries`](crate::Deliveries): see [`contract`](crate::contract).
#[macro_export]
macro_rules! deliveries_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { deliveries, $block_on, $fresh,
            a_recorded_item_is_read_as_it_was_given
            recording_again_changes_nothing
            nothing_recorded_is_nothing_due
            due_items_are_found_by_their_keys_and_no_others
            due_items_come_longest_due_first_and_only_those_of_the_target
            equally_due_items_come_in_log_order
            no_more_items_come_than_asked_for
            the_next_due_time_is_that_of_the_first_unfinished_item
            targets_are_those_with_unfinished_items
            an_attempt_is_claimed_once
            an_attempt_out_of_turn_is_not_claimed
            an_attempt_whose_lease_is_over_is_due_again_and_its_late_end_changes_nothing
            a_delivered_item_is_finished
            a_failed_attempt_waits_and_is_remembered
            the_history_keeps_the_first_and_the_last_ten_attempts
            a_deferred_item_is_due_later_without_an_attempt
            an_item_in_flight_is_not_deferred
        }
        $crate::__contract_cases! { groups, $block_on, $fresh,
            of_a_group_only_the_first_is_due
            of_a_group_only_the_first_is_found_by_its_key
            a_finished_head_makes_way_for_the_next
            a_head_that_waits_holds_its_group_and_no_other
            a_parked_head_lets_its_group_go_on
        }
        $crate::__contract_cases! { operations, $block_on, $fresh,
            a_due_item_is_parked_without_an_attempt_and_one_that_is_not_due_is_not
            parked_items_are_listed_longest_parked_first_page_by_page
            parked_items_are_listed_by_target_and_rule
            a_redriven_item_is_due_with_a_new_budget_and_the_same_id
            an_edit_of_one_megabyte_stays_with_the_item
            only_parked_items_are_redriven
            a_dropped_item_keeps_its_reason_and_is_not_redriven
            a_message_that_is_no_event_is_kept_once_with_its_bytes
            kept_messages_are_listed_page_by_page
        }
    };
}

/// The suite of [`Breakers`](crate::Breakers): see [`contract`](crate::contract).
#[macro_export]
macro_rules! breakers_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { breakers, $block_on, $fresh,
            an_unknown_breaker_is_closed_at_revision_0
            a_breaker_is_read_as_it_was_written
            a_breaker_is_written_once_at_each_revision
        }
    };
}

/// The suite of [`History`](crate::History), for a store that is a [`Ledger`](crate::Ledger) as well: see
/// [`contract`](crate::contract).
#[macro_export]
macro_rules! history_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { history, $block_on, $fresh,
            an_empty_log_has_no_pages
            pages_are_read_in_order_with_their_events_and_outcomes
            an_open_page_is_read_as_open_until_it_is_sealed
            reading_goes_on_from_any_page
            a_time_is_the_first_page_accepted_then_or_later
            hints_leave_out_no_event_that_fits
        }
    };
}

/// The suite of [`Checkpoints`](crate::Checkpoints): see [`contract`](crate::contract).
#[macro_export]
macro_rules! checkpoints_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { checkpoints, $block_on, $fresh,
            an_unknown_checkpoint_is_nothing_at_revision_0
            a_checkpoint_is_read_as_it_was_written
            a_checkpoint_is_written_once_at_each_revision
            a_removed_checkpoint_goes_on_counting
            checkpoints_are_listed_by_what_their_names_begin_with
        }
    };
}

/// The suite of a [`Ledger`](crate::Ledger) and [`History`](crate::History) that keeps events for an hour: see
/// [`contract`](crate::contract).
#[macro_export]
macro_rules! retention_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { retention, $block_on, $fresh,
            what_was_kept_long_enough_is_not_read_and_the_rest_is
            an_event_that_was_kept_long_enough_is_accepted_again
            an_event_that_is_kept_still_is_a_duplicate
        }
    };
}

/// The suite of [`RuleSets`](crate::RuleSets): see [`contract`](crate::contract).
#[macro_export]
macro_rules! rule_sets_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { rule_sets, $block_on, $fresh,
            a_rule_set_is_read_as_it_was_stored
            storing_a_version_again_changes_nothing
            an_unknown_version_is_not_there
            the_active_version_is_the_last_one_noted_for_its_deployment
        }
    };
}

/// The suite of [`Journal`](crate::Journal): see [`contract`](crate::contract).
#[macro_export]
macro_rules! journal_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { journal, $block_on, $fresh,
            work_is_claimed_once_and_then_is_busy
            each_handler_and_service_has_work_of_its_own
            done_work_answers_its_result
            work_whose_lease_is_over_is_taken_over_and_its_late_commit_is_fenced
            a_second_commit_of_one_claim_is_fenced
            released_work_is_begun_again_when_it_was_said_and_not_before
            another_payload_under_the_same_work_is_a_mismatch
            an_expired_record_counts_as_absent
            rows_are_written_with_the_record_and_count_their_revisions
            a_row_that_changed_refuses_the_whole_commit
            emitted_events_are_in_the_outbox_until_they_are_published
            outboxes_come_no_more_than_asked_for
            parked_work_keeps_its_payload_and_cause_and_is_not_begun_again
            parked_work_is_reopened_once_and_completed
            a_redrive_that_fails_leaves_the_work_parked
        }
    };
}

/// The suite of [`Streams`](crate::Streams): see [`contract`](crate::contract).
#[macro_export]
macro_rules! streams_contract {
    ($block_on:path, $fresh:expr) => {
        $crate::__contract_cases! { streams, $block_on, $fresh,
            events_are_read_under_their_versions_as_they_were_appended
            a_stream_that_is_not_there_is_empty
            a_stream_is_read_from_a_version_in_both_directions
            an_append_that_expects_another_version_is_a_conflict_with_both_numbers
            the_same_append_again_is_answered_as_the_first
            another_event_of_an_identity_at_the_end_of_the_stream_is_refused
            an_append_of_one_identity_twice_is_refused
            an_append_takes_as_many_events_as_a_transaction_does
            a_stream_of_more_than_one_megabyte_is_read_to_its_end
            events_around_400_kilobytes_and_of_one_megabyte_come_back_byte_for_byte
            of_64_writers_that_expect_anything_each_gets_a_version_of_its_own
            of_writers_that_expect_the_same_version_one_appends
            streams_do_not_mix
            what_was_routed_moves_forward_by_one_reader_at_a_time
        }
        $crate::__contract_cases! { snapshots, $block_on, $fresh,
            the_newest_snapshot_is_read_as_it_was_put
            a_snapshot_of_a_version_that_is_not_there_is_refused
            a_load_has_the_newest_snapshot_and_every_event_behind_it
            a_snapshot_of_megabytes_comes_back_and_one_byte_too_many_is_refused
        }
    };
}
