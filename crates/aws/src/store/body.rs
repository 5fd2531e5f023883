//! The bytes of an item that are too many, or may become too many, for one item.
//!
//! Up to 350 KB they stand in the item, deflated where that saves a unit of writing. Beyond that
//! they are chunks of their own, written before the item that names them, so that nobody sees an item
//! whose chunks are not there.
//!
//! Chunks are named by a hash of what they hold, so two writers of different bytes never mix them, and a
//! writer that comes again after a crash finds its own. What a crash leaves is taken up by the
//! same event when its source sends it again.

use std::io::Read as _;

use eventyard_bus::StoreError;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

use super::calls::Table;
use super::item::{Item, Key, units};
use super::query::Range;
use super::together;

/// The most bytes that stand in an item: DynamoDB takes 400 KB, names and all.
pub(super) const INLINE_MAX: usize = 350 * 1024;
/// The most bytes of a body, as it is read: a plan's bodies and its event.
const BODY_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The names of the attributes that hold a body, or say where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    plain: &'static str,
    deflated: &'static str,
    hash: &'static str,
    chunks: &'static str,
    squeezed: &'static str,
}

/// The body of an item.
pub(super) const BODY: Names =
    Names { plain: "b", deflated: "z", hash: "h", chunks: "c", squeezed: "f" };
/// The body that goes instead of a planned one.
pub(super) const EDIT: Names =
    Names { plain: "xb", deflated: "xz", hash: "xh", chunks: "xc", squeezed: "xf" };

/// An item with its body, and the chunks that are to be written before it.
#[derive(Debug)]
pub(super) struct Packed {
    pub item: Item,
    pub chunks: Vec<Item>,
}

impl Names {
    /// Puts a body into an item, or, where it has more than `inline_max` bytes, beside it.
    pub fn pack(self, item: Item, bytes: Vec<u8>, inline_max: usize) -> Result<Packed, StoreError> {
        let size = item.size() + self.plain.len();
        let (bytes, squeezed) = squeeze(bytes, size);
        if bytes.len() <= inline_max {
            let name = if squeezed { self.deflated } else { self.plain };
            return Ok(Packed { item: item.with_bytes(name, bytes), chunks: Vec::new() });
        }
        let hash = hash(&bytes);
        let (pk, ttl) = (item.key()?.pk, item.optional_number::<i64>("ttl")?);
        let chunks: Vec<_> = bytes
            .chunks(INLINE_MAX)
            .enumerate()
            .map(|(n, chunk)| {
                let key = Key::new(&*pk, format!("{}{n:04}", prefix(&hash)));
                Item::new(&key).with_bytes("b", chunk).with_optional("ttl", ttl)
            })
            .collect();
        let item = item
            .with_bytes(self.hash, hash)
            .with_number(self.chunks, chunks.len())
            .with_number(self.squeezed, u8::from(squeezed));
        Ok(Packed { item, chunks })
    }

    /// The body of an item, with its chunks if it has any.
    pub async fn unpack(self, table: &Table, item: &Item) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(bytes) = item.optional_bytes(self.plain)? {
            return Ok(Some(bytes.to_vec()));
        }
        if let Some(bytes) = item.optional_bytes(self.deflated)? {
            return inflate(bytes).map(Some).ok_or_else(|| item.corrupt(self.deflated));
        }
        if !item.has(self.hash) {
            return Ok(None);
        }
        let bytes = self.join(table, item).await?;
        match item.number::<u8>(self.squeezed)? {
            0 => Ok(Some(bytes)),
            _ => inflate(&bytes).map(Some).ok_or_else(|| item.corrupt(self.hash)),
        }
    }

    /// The chunks of an item in their order, checked against the hash that names them.
    async fn join(self, table: &Table, item: &Item) -> Result<Vec<u8>, StoreError> {
        let hash = item.hash(self.hash)?;
        let mut chunks = table.query(&item.key()?.pk, Range::Prefix(prefix(&hash))).walk();
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await? {
            bytes.extend_from_slice(chunk.bytes("b")?);
        }
        match self::hash(&bytes) == hash {
            true => Ok(bytes),
            false => Err(item.corrupt(self.hash)),
        }
    }

    /// Takes over where the body of `from` is, without reading it.
    pub fn carry(self, from: &Item, mut item: Item) -> Result<Item, StoreError> {
        for name in [self.plain, self.deflated, self.hash] {
            if let Some(bytes) = from.optional_bytes(name)? {
                item = item.with_bytes(name, bytes);
            }
        }
        for name in [self.chunks, self.squeezed] {
            item = item.with_optional(name, from.optional_number::<u32>(name)?);
        }
        Ok(item)
    }

    /// Whether two items name the same chunks; also when neither names any.
    pub fn same_chunks(self, one: &Item, other: &Item) -> Result<bool, StoreError> {
        Ok(one.optional_bytes(self.hash)? == other.optional_bytes(self.hash)?)
    }
}

/// Writes chunks, so that an item can name them.
pub(super) async fn write(table: &Table, chunks: Vec<Item>) -> Result<(), StoreError> {
    together::all(chunks.into_iter().map(|chunk| table.put(chunk))).await?;
    Ok(())
}

/// Deletes chunks that no item will name.
pub(super) async fn delete(table: &Table, keys: &[Key]) -> Result<(), StoreError> {
    together::all(keys.iter().map(|key| table.delete(key))).await?;
    Ok(())
}

/// Deflates bytes where that saves a unit in an item of `size` bytes beside them.
fn squeeze(bytes: Vec<u8>, size: usize) -> (Vec<u8>, bool) {
    let plain = units(size + bytes.len());
    if plain == 1 {
        return (bytes, false);
    }
    let mut deflated = Vec::with_capacity(bytes.len() / 2);
    let deflate = DeflateEncoder::new(&*bytes, Compression::default()).read_to_end(&mut deflated);
    match deflate.is_ok() && units(size + deflated.len()) < plain {
        true => (deflated, true),
        false => (bytes, false),
    }
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::with_capacity(bytes.len() * 3);
    let mut decoder = DeflateDecoder::new(bytes).take(BODY_BYTES_MAX + 1);
    decoder.read_to_end(&mut inflated).ok()?;
    (u64::try_from(inflated.len()).ok()? <= BODY_BYTES_MAX).then_some(inflated)
}

fn hash(bytes: &[u8]) -> [u8; 16] {
    blake3::hash(bytes).as_bytes().first_chunk().copied().unwrap_or_default()
}

/// The beginning of the sort keys of the chunks that hold the bytes of this hash.
fn prefix(hash: &[u8; 16]) -> String {
    format!("C#{:032x}#", u128::from_be_bytes(*hash))
}
