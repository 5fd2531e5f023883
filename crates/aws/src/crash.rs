//! Points at which a test kills the process, to prove what a crash there comes to.
//!
//! Without the feature `crash-points` a point is nothing. With it the process aborts at the point that
//! `EVENTYARD_CRASH_AT=<point>:<flag file>` names, once: while the flag file is there, which it removes.

/// Aborts the process if a test asked for it here.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub fn point(_name: &str) {}

/// Aborts the process if a test asked for it here.
#[cfg(feature = "crash-points")]
pub fn point(name: &str) {
    let Ok(asked) = std::env::var("EVENTYARD_CRASH_AT") else { return };
    let Some((point, flag)) = asked.split_once(':') else { return };
    // Who removes the flag crashes; of several at the same point it is one.
    if point == name && std::fs::remove_file(flag).is_ok() {
        std::process::abort();
    }
}
