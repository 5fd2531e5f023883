//! `POST /redrive`: parked deliveries are tried again, or discarded for a reason.
//!
//! In: which ones, as JSON: `{"delivery":ID}`, `{"target":NAME}`, `{"rule":NAME}`, `{"event":ID}` with
//! `source` if wanted, or `{"all":true}`; several of them must all hold. With `edit` the body of one
//! delivery is replaced, with `drop` they are discarded. Out: how many it were.

use super::App;
use super::answer::Refusal;
use crate::reader::{ParkedDelivery, ParkedFilter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use eventyard_bus::{DeliveryKey, ParkedCursor, DeliveryState, StoreError};
use eventyard_event::DeliveryId;
use eventyard_rules::{RuleName, TargetName};
use serde::Deserialize;
use serde_json::{Value, json};

/// Deliveries that are looked up together.
const ROUND: usize = 500;

/// Which parked deliveries, and what happens to them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Redrive {
    delivery: Option<DeliveryId>,
    target: Option<TargetName>,
    rule: Option<RuleName>,
    event: Option<String>,
    source: Option<String>,
    all: bool,
    /// The new body of the one delivery.
    edit: Option<String>,
    /// The reason to discard instead.
    drop: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn redrive(
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let request: Redrive = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad("RedriveNotValid", error.to_string()))?;
    request.check()?;
    let word = if request.drop.is_some() { "dropped" } else { "redriven" };
    let mut done = 0;
    let limit = request.limit.unwrap_or(usize::MAX);
    let mut after = None;
    while done < limit {
        let (some, next) = find(&app, &request, after, limit - done).await?;
        for key in &some {
            done += usize::from(one(&app, &request, key).await?);
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    if done == 0 {
        let text = "no parked delivery fits";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NothingParked", text)
            .help("GET /parked lists what is parked"));
    }
    Ok(Json(json!({ word: done })))
}

impl Redrive {
    fn check(&self) -> Result<(), Refusal> {
        let bad = |text: &str| Err(Refusal::bad("RedriveNotValid", text));
        let named = self.delivery.is_some()
            || self.target.is_some()
            || self.rule.is_some()
            || self.event.is_some();
        match self {
            _ if !named && !self.all => {
                bad("name a `delivery`, `target`, `rule` or `event`, or say `\"all\":true`")
            }
            Self { edit: Some(_), delivery: None, .. } => bad("`edit` needs a `delivery`"),
            Self { edit: Some(_), drop: Some(_), .. } => bad("`edit` and `drop` exclude each other"),
            Self { edit: Some(edit), .. } if edit.is_empty() => bad("`edit` must not be empty"),
            Self { drop: Some(reason), .. } if reason.trim().is_empty() => {
                bad("`drop` needs a reason")
            }
            _ => Ok(()),
        }
    }

    fn takes(&self, parked: &ParkedDelivery) -> bool {
        self.delivery.is_none_or(|id| id == parked.delivery.key.id)
            && self.event.as_deref().is_none_or(|id| id == parked.event.id())
            && self.source.as_deref().is_none_or(|source| source == parked.event.source())
    }
}

/// The next deliveries that fit, and where to go on; they leave the list when they are redriven.
async fn find(
    app: &App,
    request: &Redrive,
    after: Option<ParkedCursor>,
    limit: usize,
) -> Result<(Vec<DeliveryKey>, Option<ParkedCursor>), Refusal> {
    let reader = app.store.reader();
    let request = request.clone();
    let filter = ParkedFilter {
        target: request.target.clone(),
        rule: request.rule.clone(),
        after,
        limit: None,
    };
    let read = move || -> Result<_, StoreError> {
        let (mut keys, mut next) = (Vec::new(), None);
        for (index, parked) in reader.parked(filter).enumerate() {
            let parked = parked?;
            if index >= ROUND || keys.len() >= limit {
                return Ok((keys, next));
            }
            next = cursor(&parked);
            if request.takes(&parked) {
                keys.push(parked.delivery.key);
            }
        }
        Ok((keys, None))
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(found) => found.map_err(|error| Refusal::unavailable(error.to_string())),
        Err(lost) => Err(Refusal::unavailable(lost.to_string())),
    }
}

fn cursor(parked: &ParkedDelivery) -> Option<ParkedCursor> {
    match parked.delivery.state {
        DeliveryState::Parked { at } => Some(ParkedCursor { at, key: parked.delivery.key }),
        _ => None,
    }
}

/// Redrives or discards one; false when somebody else has done so meanwhile.
async fn one(app: &App, request: &Redrive, key: &DeliveryKey) -> Result<bool, Refusal> {
    let done = match &request.drop {
        Some(reason) => app.bus.drop_parked(key, reason).await,
        None => app.bus.redrive(key, request.edit.clone()).await,
    };
    match done {
        Ok(_) => Ok(true),
        Err(StoreError::NotParked { .. }) => Ok(false),
        Err(error) => Err(Refusal::unavailable(error.to_string())),
    }
}
