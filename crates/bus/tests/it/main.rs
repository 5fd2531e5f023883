//! The pipeline from outside: its ports' contracts on memory, and what it promises.

mod attempts;
mod audit;
mod breaker;
mod contracts;
mod groups;
mod loops;
mod pages;
mod parking;
mod replays;
mod rules;
mod simulation;
mod stages;
mod world;
