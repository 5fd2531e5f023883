//! An item of the table, and its key.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use eventyard_bus::StoreError;

use super::codec::Damaged;

/// The bytes of one unit of writing.
const UNIT_BYTES: usize = 1024;

/// What finds an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// An item: its attributes by their names, which are short because they are paid for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Item(HashMap<String, AttributeValue>);

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(attributes: HashMap<String, AttributeValue>) -> Self {
        Self(attributes)
    }
}

impl Item {
    pub fn new(key: &Key) -> Self {
        Self(key.attributes())
    }

    pub fn into_attributes(self) -> HashMap<String, AttributeValue> {
        self.0
    }

    #[must_use]
    pub fn with_text(self, name: &str, text: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(text.into()))
    }

    #[must_use]
    pub fn with_number(self, name: &str, number: impl Display) -> Self {
        self.with(name, AttributeValue::N(number.to_string()))
    }

    #[must_use]
    pub fn with_bytes(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.with(name, AttributeValue::B(Blob::new(bytes)))
    }

    /// The same item, with the number if there is one.
    #[must_use]
    pub fn with_optional(self, name: &str, number: Option<impl Display>) -> Self {
        match number {
            Some(number) => self.with_number(name, number),
            None => self,
        }
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn key(&self) -> Result<Key, StoreError> {
        Ok(Key::new(self.text("pk")?, self.text("sk")?))
    }

    pub fn text(&self, name: &str) -> Result<&str, StoreError> {
        self.optional_text(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        self.optional_number(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub fn optional_number<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => {
                digits.parse().map(Some).map_err(|_| self.corrupt(name))
            }
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub fn bytes(&self, name: &str) -> Result<&[u8], StoreError> {
        self.optional_bytes(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub fn optional_bytes(&self, name: &str) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::B(bytes)) => Ok(Some(bytes.as_ref())),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub fn hash(&self, name: &str) -> Result<[u8; 16], StoreError> {
        self.bytes(name)?.try_into().map_err(|_| self.corrupt(name))
    }

    /// What to say when an attribute is not what it should be: the item's key, and never its contents.
    pub fn corrupt(&self, name: &str) -> StoreError {
        let part = |name| match self.0.get(name) {
            Some(AttributeValue::S(text)) => text.as_str(),
            _ => "?",
        };
        StoreError::Corrupt {
            reason: format!("attribute `{name}` of `{}` / `{}`", part("pk"), part("sk")),
        }
    }

    /// The same, for an attribute whose bytes are damaged.
    pub fn damaged(&self, name: &str) -> impl FnOnce(Damaged) -> StoreError {
        let error = self.corrupt(name);
        move |_| error
    }

    /// About how many bytes DynamoDB counts: names and values; two digits of a number are one byte.
    pub fn size(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value_size(value)).sum()
    }
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        _ => 1,
    }
}

/// The units that writing so many bytes takes.
pub(super) fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES).max(1)
}
