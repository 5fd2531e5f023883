//! Walking over the items of a query, page after page to its end.

use std::collections::VecDeque;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use eventyard_bus::StoreError;

use super::calls::unavailable;
use super::item::Item;

/// The items of a query in their order; a page is asked for when the one before is used up.
pub(super) struct Walk {
    ready: VecDeque<Item>,
    /// The query of the page after; none behind the last.
    next_page: Option<QueryFluentBuilder>,
}

impl Walk {
    pub fn new(query: QueryFluentBuilder) -> Self {
        Self { ready: VecDeque::new(), next_page: Some(query) }
    }

    /// The next item; none behind the last.
    pub async fn next(&mut self) -> Result<Option<Item>, StoreError> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            let Some(query) = self.next_page.clone() else { return Ok(None) };
            let answer = query.clone().send().await.map_err(unavailable("Query"))?;
            // A page may be empty and not be the last.
            self.ready = answer.items.unwrap_or_default().into_iter().map(Item::from).collect();
            let key = answer.last_evaluated_key.filter(|key| !key.is_empty());
            self.next_page = key.map(|key| query.set_exclusive_start_key(Some(key)));
        }
    }

    /// The next items, at most so many; there are none behind them when there are fewer.
    pub async fn take(&mut self, count: usize) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        while items.len() < count {
            let Some(item) = self.next().await? else { break };
            items.push(item);
        }
        Ok(items)
    }
}
