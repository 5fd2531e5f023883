//! The proxy itself: one task that takes connections, and one for each of them.

use crate::answer;
use crate::calls::Call;
use crate::forward::{Forward, Incoming, Upstream};
use crate::operation::Operation;
use crate::partial::Cut;
use crate::rule::{ErrorAnswer, Rule};
use crate::rule_book::RuleBook;
use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// A running proxy; it ends when this is dropped.
#[derive(Debug)]
pub struct Busfault {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    forward: Forward,
    rules: Mutex<RuleBook>,
    calls: Mutex<Vec<Call>>,
}

impl Busfault {
    /// Starts one on a free port of this machine, without rules: it hands everything on.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(upstream: impl Into<Upstream>) -> Result<Self> {
        Self::listen("127.0.0.1:0", upstream).await
    }

    /// As [`start`](Self::start), on an address.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn listen(address: &str, upstream: impl Into<Upstream>) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            forward: Forward::new(upstream.into()),
            rules: Mutex::default(),
            calls: Mutex::default(),
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Its URL, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Replaces the rules; none heals everything.
    pub fn set_rules(&self, rules: Vec<Rule>) {
        *lock(&self.shared.rules) = RuleBook::new(rules);
    }

    /// [`set_rules`](Self::set_rules) from their JSON, a list.
    ///
    /// # Errors
    /// It is no list of rules; those before stay.
    pub fn set_rules_json(&self, rules: &str) -> Result<()> {
        self.set_rules(serde_json::from_str(rules)?);
        Ok(())
    }

    /// How often the rule at a place has applied since rules were set.
    #[must_use]
    pub fn applied(&self, rule: usize) -> u64 {
        lock(&self.shared.rules).applied(rule)
    }

    /// The calls so far, in the order of their ends.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// How many calls of an operation there were.
    #[must_use]
    pub fn count(&self, service: &str, operation: &str) -> usize {
        let calls = lock(&self.shared.calls);
        calls.iter().filter(|call| call.service == service && call.operation == operation).count()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        lock(&self.shared.calls).clear();
    }
}

impl Drop for Busfault {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connections end with the proxy, since their tasks are of this one.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { shared.handle(request).await }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if Pin::new(&mut connection).await.is_err() {
        // Closed with a reset, not with an end that could be taken for one of an answer.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

impl Shared {
    /// The answer; an error resets the connection.
    async fn handle(&self, request: Request<body::Incoming>) -> Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let operation = Operation::of(&head.method, &head.uri, &head.headers, &body);
        let chosen = lock(&self.rules).choose(&operation, &body);
        let (rule, chosen) = chosen.unzip();
        let request_bytes = body.len();
        let incoming = Incoming { method: head.method, uri: head.uri, headers: head.headers, body };
        let answer = self.answer(&operation, incoming, chosen).await;
        lock(&self.calls).push(Call {
            service: operation.service,
            operation: operation.name,
            request_bytes,
            status: answer.as_ref().ok().map(|answer| answer.status().as_u16()),
            rule,
        });
        answer.map(|answer| answer.map(Full::new))
    }

    async fn answer(
        &self,
        operation: &Operation,
        incoming: Incoming,
        rule: Option<Rule>,
    ) -> Result<Response<Bytes>> {
        let Some(rule) = rule else { return Ok(self.call(operation, &incoming).await) };
        sleep(Duration::from_millis(rule.delay.unwrap_or_default())).await;
        if let Some(error) = rule.answers() {
            return Ok(answer::error(operation, &error));
        }
        let cut = rule.partial.as_ref().and_then(|it| Cut::of(operation, &incoming.body, it));
        let answer = match cut {
            Some(cut) => self.call_rest(operation, &incoming, &cut).await,
            None => self.call(operation, &incoming).await,
        };
        anyhow::ensure!(!rule.drop_after, "the answer is dropped");
        Ok(answer)
    }

    async fn call(&self, operation: &Operation, incoming: &Incoming) -> Response<Bytes> {
        let body = incoming.body.clone();
        let answer = self.forward.call(&operation.service, incoming, body).await;
        answer.unwrap_or_else(|_| bad_gateway(operation))
    }

    /// Sends the entries that do not fail, if there are any, and answers for all.
    async fn call_rest(
        &self,
        operation: &Operation,
        incoming: &Incoming,
        cut: &Cut,
    ) -> Response<Bytes> {
        let Some(rest) = &cut.request else {
            return Response::new(cut.answer(None).into());
        };
        let rest = Bytes::copy_from_slice(rest);
        match self.forward.call(&operation.service, incoming, rest).await {
            Ok(answer) if answer.status().is_success() => {
                answer.map(|of_rest| cut.answer(Some(&of_rest)).into())
            }
            Ok(answer) => answer,
            Err(_) => bad_gateway(operation),
        }
    }
}

fn bad_gateway(operation: &Operation) -> Response<Bytes> {
    let error = ErrorAnswer { status_code: 502, code: "NoUpstream".to_owned() };
    answer::error(operation, &error)
}
