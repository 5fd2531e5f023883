//! What the proxy does to calls, and what the bus does then.

mod crashes;
mod faults;
mod proxy;
mod receiver;
