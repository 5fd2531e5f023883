//! End-to-end tests: everything from outside, through the door its user uses.

mod aws_clients;
mod command_line;
mod crash;
mod demo;
mod flood;
mod language;
mod tidy;
