//! One file for each table.

pub mod adversarial;
pub mod cl2;
pub mod floors;
pub mod loops;
pub mod scaling;
pub mod variants;
