//! Messages that could not become events: a list of their names, and the body of each beside it.

use eventyard_bus::{StoreError, Undecodable};

use super::body::{self, BODY, INLINE_MAX, Packed};
use super::expression::Condition;
use super::item::{Item, Key};
use super::query::Range;
use super::{DynamoStore, together};

/// The longest name of a message that is a sort key as it is: DynamoDB takes 1,024 bytes.
const PLACE_BYTES_MAX: usize = 900;

impl DynamoStore {
    pub(super) async fn keep_undecodable(&self, message: Undecodable) -> Result<(), StoreError> {
        let place = place(&message.via, &message.message_id);
        let key = self.keys().undecodable(&place);
        let item = Item::new(&key);
        let json = serde_json::to_vec(&message).map_err(|_| item.corrupt("b"))?;
        let Packed { item, chunks } = BODY.pack(item, json, INLINE_MAX)?;
        body::write(self.table(), chunks).await?;
        self.table().put_if(item, &Condition::absent()).await?;
        self.table().put(Item::new(&Key::new(self.keys().undecodables(), place))).await
    }

    pub(super) async fn list_undecodable(
        &self,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Undecodable>, StoreError> {
        let range = after.map_or(Range::All, |(via, id)| Range::After(place(via, id)));
        let query = self.table().query(&self.keys().undecodables(), range);
        let names = query.by(limit.min(1_000)).walk().take(limit).await?;
        together::all(names.iter().map(|name| self.read_undecodable(name))).await
    }

    /// The message that stands in the list.
    async fn read_undecodable(&self, name: &Item) -> Result<Undecodable, StoreError> {
        let key = self.keys().undecodable(name.text("sk")?);
        let item = self.table().get(&key).await?.ok_or_else(|| name.corrupt("sk"))?;
        let json = BODY.unpack(self.table(), &item).await?.ok_or_else(|| item.corrupt("b"))?;
        serde_json::from_slice(&json).map_err(|_| item.corrupt("b"))
    }
}

/// Where a message stands in the list: by its input, then its id. One that is too long stands by its
/// beginning and a hash.
fn place(via: &str, message_id: &str) -> String {
    let place = format!("{via}\0{message_id}");
    if place.len() <= PLACE_BYTES_MAX {
        return place;
    }
    let end = place.floor_char_boundary(PLACE_BYTES_MAX);
    format!("{}~{}", place.get(..end).unwrap_or_default(), blake3::hash(place.as_bytes()).to_hex())
}
