//! The door of a function URL: every shape, every status with its neighbour.

mod door;
mod failures;
mod routes;
mod shapes;
