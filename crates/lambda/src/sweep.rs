//! The sweeper: what a crash or a lost message left behind is found and finished.
//!
//! Open pages whose lease is over are delivered by their stored plans; targets with deliveries that are
//! overdue are woken. When nothing was lost it only reads.

use eventyard_aws::Wake;
use eventyard_bus::{Bus, Clock, Deliveries, Ports, StoreError};
use eventyard_rules::TargetName;
use std::time::Duration;
use tokio::time::Instant;

/// What a sweep found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// Pages that were taken over and sealed.
    pub pages: usize,
    /// Targets whose workers were woken.
    pub woken: Vec<TargetName>,
    /// How long the longest overdue delivery is overdue.
    pub oldest_due: Duration,
    /// Whether there was no time to finish.
    pub is_partial: bool,
}

/// Sweeps until everything is found, or the deadline.
///
/// # Errors
/// The store failed; what was finished is finished, and the next sweep goes on.
pub async fn sweep<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    deadline: Instant,
) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    overdue(bus, wake, &mut swept).await?;
    loop {
        if Instant::now() >= deadline {
            swept.is_partial = true;
            return Ok(swept);
        }
        match bus.recover_page().await {
            Ok(Some(_)) => swept.pages += 1,
            Ok(None) => return Ok(swept),
            Err(error) => return Err(SweepError::Pages(error)),
        }
    }
}

/// Why a sweep stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// Due deliveries cannot be found.
    #[error("due deliveries cannot be found: {0}")]
    Due(#[from] StoreError),
    /// A page cannot be taken over or sealed.
    #[error("open pages cannot be finished: {0}")]
    Pages(#[source] eventyard_bus::RecoverError),
}

/// Wakes the targets with deliveries that are due.
async fn overdue<P: Ports>(
    bus: &Bus<P>,
    wake: &dyn Wake,
    swept: &mut Swept,
) -> Result<(), StoreError> {
    let deliveries = bus.ports().deliveries();
    let now = bus.ports().clock().now();
    for target in deliveries.targets().await? {
        let Some(due) = deliveries.next_due(&target).await? else { continue };
        if due <= now {
            let age = Duration::try_from(now.duration_since(due)).unwrap_or_default();
            swept.oldest_due = swept.oldest_due.max(age);
            swept.woken.push(target);
        }
    }
    if !swept.woken.is_empty() {
        wake.wake_targets(swept.woken.clone()).await;
    }
    Ok(())
}
