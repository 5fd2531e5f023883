//! One process: a bus with several things going on at once, which can die at any moment.

use super::faults::Faults;
use super::ports::FaultyPorts;
use crate::world::target;
use eventyard_bus::{Accept, Bus, OpenPage, Unsealed};
use eventyard_event::Event;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What one activity left to do.
pub enum Left {
    Nothing,
    /// The batch was answered: its events are acknowledged, its page is to be delivered.
    Answered(Vec<Event>, Option<OpenPage>),
    /// The client was refused and comes again.
    Refused(Vec<Event>),
    /// The store failed; the worker goes on when it is back.
    Resume(Box<Unsealed>),
}

/// Something that goes on in a process.
pub enum Activity {
    Ingest(Vec<Event>),
    Deliver(OpenPage),
    Resume(Box<Unsealed>),
    Attempt(&'static str),
    Recover,
}

/// Runs activities side by side, in an order that the seed decides; none when the process died.
pub fn run(
    bus: &Bus<FaultyPorts>,
    activities: Vec<Activity>,
    faults: &Faults,
    dies_after: Option<u64>,
) -> Option<Vec<Left>> {
    let mut running: Vec<Pin<Box<dyn Future<Output = Left> + '_>>> = Vec::new();
    for activity in activities {
        running.push(Box::pin(go(bus, activity)));
    }
    let mut left = Vec::new();
    let mut steps = 0;
    while !running.is_empty() {
        if dies_after == Some(steps) {
            return None;
        }
        steps += 1;
        let next = faults.with(|state| state.dice.below(running.len() as u64)) as usize;
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(done) = running[next].as_mut().poll(&mut context) {
            left.push(done);
            drop(running.swap_remove(next));
        }
    }
    Some(left)
}

async fn go(bus: &Bus<FaultyPorts>, activity: Activity) -> Left {
    match activity {
        Activity::Ingest(batch) => {
            let accept: Vec<Accept> = bus.plan(batch.clone(), "simulation");
            match bus.accept(accept).await {
                Ok(accepted) => Left::Answered(batch, accepted.page),
                Err(_) => Left::Refused(batch),
            }
        }
        Activity::Deliver(page) => resume_later(bus.deliver(page).await),
        Activity::Resume(unsealed) => resume_later(bus.resume(*unsealed).await),
        Activity::Attempt(name) => {
            // An error means that the worker tries again; that is what the next round is.
            let _ = bus.attempt(&target(name)).await;
            Left::Nothing
        }
        Activity::Recover => match bus.recover().await {
            Err(eventyard_bus::RecoverError::Unsealed(unsealed)) => Left::Resume(unsealed),
            _ => Left::Nothing,
        },
    }
}

fn resume_later<T>(result: Result<T, Box<Unsealed>>) -> Left {
    match result {
        Ok(_) => Left::Nothing,
        Err(unsealed) => Left::Resume(unsealed),
    }
}
