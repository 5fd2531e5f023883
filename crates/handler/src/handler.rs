//! A handler whose argument's type is forgotten, so that a service can hold many.

use crate::{Context, HandlerError};
use eventyard_event::{Data, Event};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::borrow::Cow;
use std::sync::Arc;

/// Runs on an event; answers the handler's result as JSON.
pub(crate) type Handler =
    Arc<dyn Fn(Context) -> BoxFuture<'static, Result<String, HandlerError>> + Send + Sync>;

/// Forgets the type of a handler's argument: the event's data is read as it.
pub(crate) fn erased<T, R, F, Fut>(handler: F) -> Handler
where
    T: DeserializeOwned,
    R: Serialize,
    F: Fn(T, Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<R, HandlerError>> + Send + 'static,
{
    Arc::new(move |cx| match argument(cx.event()) {
        Ok(argument) => {
            let answer = handler(argument, cx);
            async move { written(&answer.await?) }.boxed()
        }
        Err(error) => futures::future::ready(Err(error)).boxed(),
    })
}

fn written<R: Serialize>(answer: &R) -> Result<String, HandlerError> {
    serde_json::to_string(answer)
        .map_err(|_| HandlerError::park("the handler's answer cannot be written as JSON"))
}

/// The data of an event as the argument of a handler; an event without data is `null`.
fn argument<T: DeserializeOwned>(event: &Event) -> Result<T, HandlerError> {
    let json: Cow<'_, str> = match event.data() {
        Data::None => Cow::Borrowed("null"),
        Data::Json(text) => Cow::Borrowed(text),
        Data::Text(text) => Cow::Owned(serde_json::Value::from(&*text).to_string()),
        Data::Binary(_) => {
            return Err(unfit("it is binary; take `serde_json::Value` and `cx.event()`"));
        }
    };
    serde_json::from_str(&json).map_err(|error| unfit(&reason(&error)))
}

fn unfit(reason: &str) -> HandlerError {
    HandlerError::park(format!("the data does not fit the handler's argument: {reason}"))
        .with_code("DataUnfit")
}

/// What is wrong and where, without the values that serde would quote.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!("line {} column {}", error.line(), error.column());
    let is_about_names = ["missing field", "duplicate field"].iter().any(|it| text.starts_with(it));
    match error.classify() {
        Category::Data if is_about_names => text,
        Category::Data => format!("a value of another type at {place}"),
        _ => format!("no JSON at {place}"),
    }
}
