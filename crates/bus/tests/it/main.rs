//! The pipeline from outside: its ports' contracts on memory, and what it promises.

mod contracts;
