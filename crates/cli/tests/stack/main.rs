//! The command on a bus on AWS, against LocalStack: `cargo test -p eventyard-cli --features aws`.
#![cfg(test)]

mod aws;
mod broken;
mod command;
mod doctor;
mod reading;
mod replays;
mod yard;
