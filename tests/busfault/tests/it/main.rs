//! What the proxy does to calls.

mod proxy;
