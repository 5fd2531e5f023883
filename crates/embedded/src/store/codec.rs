//! The bytes of records: little-endian numbers, texts with their length in front.
//!
//! Records that are written for every event are binary, since their bytes are paid for each time;
//! rare ones are JSON.

/// A record whose bytes do not say what they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored record is damaged")]
pub(crate) struct Damaged;

/// Appends fields to a record.
pub(crate) trait Encode {
    /// Appends the bytes as they are; their length is known from elsewhere.
    fn put(&mut self, bytes: &[u8]);

    /// Appends four bytes.
    fn put_u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    /// Appends eight bytes.
    fn put_u64(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    /// Appends eight bytes.
    fn put_i64(&mut self, value: i64) {
        self.put(&value.to_le_bytes());
    }

    /// Appends a length and the text. Texts of 4 GiB do not occur: every input has a bound.
    fn put_text(&mut self, text: &str) {
        self.put_u32(length(text.len()));
        self.put(text.as_bytes());
    }

    /// Appends whether there is a text, then the text.
    fn put_option(&mut self, text: Option<&str>) {
        self.put(&[u8::from(text.is_some())]);
        if let Some(text) = text {
            self.put_text(text);
        }
    }
}

impl Encode for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A length as it is stored.
pub(crate) fn length(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Reads the fields of a record in the order they were appended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decode<'a>(&'a [u8]);

impl<'a> Decode<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(Damaged)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.bytes(N)?.try_into().map_err(|_| Damaged)
    }

    pub fn u32(&mut self) -> Result<u32, Damaged> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Result<u64, Damaged> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub fn i64(&mut self) -> Result<i64, Damaged> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// A length, for the bytes that follow.
    pub fn len(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.u32()?).map_err(|_| Damaged)
    }

    pub fn text(&mut self) -> Result<&'a str, Damaged> {
        let len = self.len()?;
        std::str::from_utf8(self.bytes(len)?).map_err(|_| Damaged)
    }

    pub fn option(&mut self) -> Result<Option<&'a str>, Damaged> {
        match self.array()? {
            [0] => Ok(None),
            [1] => self.text().map(Some),
            _ => Err(Damaged),
        }
    }

    /// What has not been read yet.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
