//! The functions themselves: what Lambda hands over, given to the right handler within its deadline.

use crate::app::{App, AwsBus, Reach};
use crate::ingest::{self, Message, Verdict};
use crate::telemetry::{Gauge, Invocation, Level};
use crate::{deliver, replay, sweep};
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use eventyard_aws::WorkMessage;
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// The time that is left for the answer after the last piece of work: longer than one call of a service
/// takes, since a call that was begun is not cut off.
const MARGIN: Duration = Duration::from_secs(6);

/// One invocation: its payload, its bus, and until when work is begun.
struct Call<'a, E> {
    app: &'a App,
    bus: &'a AwsBus,
    payload: E,
    request_id: &'a str,
    deadline: Instant,
}

/// `ingest-sqs`: events from SQS queues, standard and FIFO.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn ingest_sqs() -> Result<(), Error> {
    serve("ingest-sqs", Reach::Inline, async |call: Call<'_, SqsEvent>| {
        let limits = call.app.limits();
        Ok::<_, Error>(ingest::batch(call.bus, &call.payload, &limits, call.deadline).await)
    })
    .await
}

/// `ingest-sns`: events that topics hand over at once.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn ingest_sns() -> Result<(), Error> {
    direct("ingest-sns", "sns").await
}

/// `ingest-eventbridge`: events that EventBridge rules hand over at once.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn ingest_eventbridge() -> Result<(), Error> {
    direct("ingest-eventbridge", "eventbridge").await
}

async fn direct(function: &'static str, via: &'static str) -> Result<(), Error> {
    serve(function, Reach::Inline, async |call: Call<'_, Box<RawValue>>| {
        let message = Message { id: call.request_id, body: call.payload.get().as_bytes(), hops: 0 };
        let limits = call.app.limits();
        ingest::invocation(call.bus, message, via, &limits, call.deadline).await?;
        Ok::<_, Error>(Value::Null)
    })
    .await
}

/// `ingest-http`: events posted to a function URL.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn ingest_http() -> Result<(), Error> {
    serve("ingest-http", Reach::Inline, async |call: Call<'_, ingest::http::Request>| {
        let limits = call.app.limits();
        let answer = ingest::http::answer(call.bus, call.payload, &limits, call.deadline).await;
        Ok::<_, Error>(answer)
    })
    .await
}

/// `ingest-stream`: events that services appended to streams in the table.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn ingest_stream() -> Result<(), Error> {
    serve("ingest-stream", Reach::Inline, async |call: Call<'_, Value>| {
        let streams = ingest::stream::streams(call.app.store(), &call.payload);
        for stream in streams {
            ingest::stream::route(call.bus, call.app.store(), &stream, call.deadline).await?;
        }
        Ok::<_, Error>(Value::Null)
    })
    .await
}

/// `deliver`: wake-ups of waiting deliveries.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn deliver() -> Result<(), Error> {
    serve("deliver", Reach::All, async |call: Call<'_, SqsEvent>| {
        let mut response = SqsBatchResponse::default();
        for record in &call.payload.records {
            let body = record.body.as_deref().unwrap_or_default();
            let verdict = match serde_json::from_str::<WorkMessage>(body) {
                Ok(message) => {
                    deliver::work(call.bus, call.app.wake(), &message, call.deadline).await
                }
                Err(error) => {
                    // Whoever's delivery it was about, the sweeper finds it.
                    tracing::error!(%error, "a message of a work queue is no wake-up");
                    Verdict::Done
                }
            };
            if let (Verdict::Back, Some(id)) = (verdict, &record.message_id) {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(id);
                response.batch_item_failures.push(failure);
            }
        }
        Ok::<_, Error>(response)
    })
    .await
}

/// `sweep`: every minute, what a crash or a lost message left behind.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn sweep() -> Result<(), Error> {
    serve("sweep", Reach::Inline, async |call: Call<'_, Value>| {
        let telemetry = call.app.telemetry();
        telemetry.gauge(Gauge::Sweeps, 1.0);
        let swept = sweep::sweep(call.bus, call.app.wake(), call.deadline).await?;
        telemetry.gauge(Gauge::OldestDueSeconds, swept.oldest_due.as_secs_f64());
        let (store, again) = (call.app.store(), call.app.replays());
        replay::abandoned(store, &again, jiff::Timestamp::now()).await?;
        let open = store.oldest_open_page().await?;
        let age = open.map(|at| Duration::try_from(jiff::Timestamp::now().duration_since(at)));
        let age = age.and_then(Result::ok).unwrap_or_default();
        telemetry.gauge(Gauge::OldestOpenPageSeconds, age.as_secs_f64());
        Ok::<_, Error>(serde_json::json!({
            "pages": swept.pages,
            "woken": swept.woken,
            "oldest_due_s": swept.oldest_due.as_secs_f64(),
            "oldest_open_page_s": age.as_secs_f64(),
            "is_partial": swept.is_partial,
        }))
    })
    .await
}

/// `replay`: events of the log again; started by a person, gone on with by itself.
///
/// # Errors
/// The function cannot start; the log says why.
pub async fn replay() -> Result<(), Error> {
    serve("replay", Reach::Inline, async |call: Call<'_, replay::Request>| {
        let (store, again) = (call.app.store(), call.app.replays());
        let through = (call.app.wake(), &again as &dyn replay::Again);
        replay::answer(call.bus, store, through, call.payload, call.deadline).await
    })
    .await
}

/// Starts the function and answers its invocations, one at a time, until Lambda ends the process.
async fn serve<E, A, R>(
    function: &'static str,
    reach: Reach,
    handle: impl AsyncFn(Call<'_, E>) -> Result<A, R>,
) -> Result<(), Error>
where
    E: DeserializeOwned,
    A: Serialize,
    R: Into<Error>,
{
    log_as_json();
    // The TLS of HTTP targets; the AWS clients have theirs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = Arc::new(App::start(function, reach).await?);
    let (app, handle) = (&app, &handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| async move {
        let (payload, context) = event.into_parts();
        app.enter(invocation(&context));
        let answer = answer(app, payload, &context, handle).await;
        app.leave();
        answer
    }))
    .await
}

async fn answer<E, A, R: Into<Error>>(
    app: &App,
    payload: E,
    context: &Context,
    handle: &impl AsyncFn(Call<'_, E>) -> Result<A, R>,
) -> Result<A, Error> {
    let bus = app.bus().await?;
    let request_id = &*context.request_id;
    let call = Call { app, bus, payload, request_id, deadline: deadline(context) };
    handle(call).await.map_err(Into::into)
}

fn invocation(context: &Context) -> Invocation {
    Invocation { request_id: context.request_id.clone(), xray: context.xray_trace_id.clone() }
}

/// When no more work is begun: a margin before Lambda ends the process, or a third of the time that is
/// left where there is little.
fn deadline(context: &Context) -> Instant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Duration::from_millis(context.deadline).saturating_sub(now);
    Instant::now() + left.saturating_sub(MARGIN.min(left / 3))
}

/// Errors of the function itself as JSON lines, beside the stages.
fn log_as_json() {
    let level = std::env::var("EVENTYARD_LOG_LEVEL")
        .or_else(|_| std::env::var("AWS_LAMBDA_LOG_LEVEL"))
        .map_or(Level::Info, |name| Level::from_name(&name));
    let level = match level {
        Level::Info | Level::Warn => tracing::Level::WARN,
        Level::Error => tracing::Level::ERROR,
    };
    let _ = tracing_subscriber::fmt().json().with_max_level(level).with_target(false).try_init();
}

#[cfg(test)]
mod tests {
    use super::{MARGIN, deadline};
    use lambda_runtime::Context;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    use tokio::time::Instant;

    fn left(given: Duration) -> Duration {
        let mut context = Context::default();
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + given;
        context.deadline = u64::try_from(at.as_millis()).unwrap();
        deadline(&context).saturating_duration_since(Instant::now())
    }

    #[test]
    fn work_ends_a_margin_before_the_function_does() {
        let minute = left(Duration::from_secs(60));
        assert!(minute <= Duration::from_secs(60) - MARGIN && minute > Duration::from_secs(50));
        let little = left(Duration::from_secs(3));
        assert!(little <= Duration::from_secs(2) && little > Duration::from_millis(1_500));
        assert!(left(Duration::ZERO) <= Duration::from_millis(1));
    }
}
