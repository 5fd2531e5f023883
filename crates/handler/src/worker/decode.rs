//! A message to its events, each to the handlers that take it.

use super::counts::add;
use super::{Back, Message, Worker};
use crate::{HandlerError, Journal, Publisher};
use eventyard_bus::ports::Work;
use eventyard_event::decode::{Decoded, Received, decode};
use eventyard_event::{DeliveryId, Event, Identity};
use std::sync::Arc;
use tokio::time::Instant;

/// The name under which messages are parked that no handler is known for.
pub(super) const NOBODY: &str = "(nobody)";

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// Does all that a message asks for; answers what its handlers answered, as JSON.
    ///
    /// What is parked or dropped is done. Handlers that are done already do not run again when another one
    /// failed and the message comes again.
    pub(super) async fn message(
        &self,
        message: &Message<'_>,
        deadline: Instant,
    ) -> Result<Vec<String>, Back> {
        let received = Received { body: message.body, message_id: message.id, hops: message.hops };
        let decoded = decode(&received, &self.service.of().limits);
        // The bus sends one event with each message; others may send several.
        let of_message = message.delivery.filter(|_| decoded.len() == 1);
        let mut answers = Vec::new();
        for decoded in decoded {
            match decoded {
                Ok(Decoded::Event(event)) => {
                    let delivery = of_message.unwrap_or_else(|| self.delivery(&event));
                    answers.extend(self.event(Arc::new(event), delivery, deadline).await?);
                }
                Ok(Decoded::Raw(_)) => {
                    let error = HandlerError::park(
                        "the message is JSON of a shape of its own; send it through the bus, whose `sources:` read it",
                    );
                    self.refuse(message, error.with_code("NotAnEvent"), deadline).await?;
                }
                Err(error) => {
                    let error = HandlerError::park(error.to_string()).with_code(error.code());
                    self.refuse(message, error, deadline).await?;
                }
            }
        }
        Ok(answers)
    }

    async fn event(
        &self,
        event: Arc<Event>,
        delivery: DeliveryId,
        deadline: Instant,
    ) -> Result<Vec<String>, Back> {
        let takers = self.service.takers(&event);
        if takers.is_empty() {
            self.unhandled(&event, delivery, deadline).await?;
        }
        let mut answers = Vec::with_capacity(takers.len());
        let mut back = None;
        for (name, handler) in takers {
            let work = self.work(name, delivery);
            match self.run(&event, work, handler, deadline).await {
                Ok(answer) => answers.push(answer),
                Err(again) => back = Some(again),
            }
        }
        back.map_or(Ok(answers), Err)
    }

    async fn unhandled(
        &self,
        event: &Event,
        delivery: DeliveryId,
        deadline: Instant,
    ) -> Result<(), Back> {
        add(&self.counters.unhandled, 1);
        let (service, event_type) = (self.service.name(), event.event_type());
        if !self.service.refuses_unhandled() {
            tracing::debug!(service, id = event.id(), r#type = event_type, "unhandled");
            return Ok(());
        }
        let error = HandlerError::park(format!("no handler takes events of type `{event_type}`"));
        let payload = event.document();
        self.park_unbegun(delivery, payload, error.with_code("Unhandled"), deadline).await
    }

    /// Parks a message that is no event.
    async fn refuse(
        &self,
        message: &Message<'_>,
        error: HandlerError,
        deadline: Instant,
    ) -> Result<(), Back> {
        let text = String::from_utf8_lossy(message.body);
        // The same bytes are the same message.
        let identity = Identity::new(message.id.unwrap_or_default(), &text);
        let delivery = DeliveryId::new(self.service.name(), &identity, NOBODY, NOBODY, None);
        self.park_unbegun(delivery, &text, error, deadline).await
    }

    pub(super) fn work(&self, handler: &str, delivery: DeliveryId) -> Work {
        let service = self.service.name().to_owned();
        Work { service, handler: handler.to_owned(), delivery }
    }

    /// The delivery that an event names, else one that follows from its identity.
    fn delivery(&self, event: &Event) -> DeliveryId {
        let root = event.root();
        let named = root.get("eventyarddelivery").and_then(|id| id.as_str());
        named.and_then(|id| id.parse().ok()).unwrap_or_else(|| {
            DeliveryId::new(self.service.name(), &event.identity(), "", "", None)
        })
    }
}
