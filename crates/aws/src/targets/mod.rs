//! Sending to every kind of target.
