//! Delivering a page in the time there is.

use eventyard_bus::{Bus, OpenPage, Ports};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// The wait before a store that failed is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// Delivers a page and seals it; false when there was no time for it, or the store failed: the page is
/// open then, and the sweeper finishes it by its stored plan.
pub(crate) async fn deliver_until<P: Ports>(
    bus: &Bus<P>,
    page: OpenPage,
    deadline: Instant,
) -> bool {
    let number = page.claim.page;
    // A future is polled once even when its time is over: nothing may be sent then.
    let is_time = Instant::now() < deadline;
    if is_time && timeout_at(deadline, deliver(bus, page)).await.is_ok() {
        return true;
    }
    tracing::warn!(page = %number, "no time left for a page; the sweeper finishes it");
    false
}

/// Delivers until the page is sealed; what was sent is not sent again when the store fails.
async fn deliver<P: Ports>(bus: &Bus<P>, page: OpenPage) {
    let mut result = bus.deliver(page).await;
    while let Err(unsealed) = result {
        tracing::warn!(error = %unsealed, "a page is not sealed yet");
        sleep(PAUSE).await;
        result = bus.resume(*unsealed).await;
    }
}
