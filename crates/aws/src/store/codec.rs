//! The bytes of records: numbers of 7 bits a byte (LEB128), texts with their length in front.
//!
//! What is written for every event is binary, since its bytes are paid for each time; what is rare is
//! JSON.

use std::str;

/// A record whose bytes do not say what they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored record is damaged")]
pub(super) struct Damaged;

/// Appends fields to a record.
pub(super) trait Encode {
    /// Appends the bytes as they are; their length is known from elsewhere.
    fn put(&mut self, bytes: &[u8]);

    /// Appends a number, in as few bytes as it needs.
    fn put_number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.put(&[value.to_le_bytes()[0] | 0x80]);
            value >>= 7;
        }
        self.put(&[value.to_le_bytes()[0]]);
    }

    /// Appends a number that may be negative.
    fn put_signed(&mut self, value: i64) {
        self.put_number(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// Appends a length and the bytes.
    fn put_bytes(&mut self, bytes: &[u8]) {
        self.put_number(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.put(bytes);
    }

    /// Appends a length and the text.
    fn put_text(&mut self, text: &str) {
        self.put_bytes(text.as_bytes());
    }
}

impl Encode for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Reads the fields of a record in the order they were appended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decode<'a>(&'a [u8]);

impl<'a> Decode<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(Damaged)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| Damaged)
    }

    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    pub fn number(&mut self) -> Result<u64, Damaged> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damaged)
    }

    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    pub fn len(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.number()?).map_err(|_| Damaged)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let len = self.len()?;
        self.take(len)
    }

    pub fn text(&mut self) -> Result<&'a str, Damaged> {
        str::from_utf8(self.bytes()?).map_err(|_| Damaged)
    }

    /// What has not been read yet.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_as_they_were_written() {
        let mut out = Vec::new();
        let numbers = [0, 1, 127, 128, 300, u64::MAX];
        let signed = [0, -1, 1, i64::MIN, i64::MAX];
        numbers.iter().for_each(|number| out.put_number(*number));
        signed.iter().for_each(|number| out.put_signed(*number));
        out.put_text("räder");
        let mut decode = Decode::new(&out);
        assert_eq!(numbers.map(|_| decode.number()), numbers.map(Ok));
        assert_eq!(signed.map(|_| decode.signed()), signed.map(Ok));
        assert_eq!(decode.text(), Ok("räder"));
        assert!(decode.is_empty());
    }

    #[test]
    fn a_record_that_was_cut_off_is_damaged() {
        assert_eq!(Decode::new(&[0x80]).number(), Err(Damaged));
        assert_eq!(Decode::new(&[0xff; 10]).number(), Err(Damaged));
        assert_eq!(Decode::new(&[3, b'a']).text(), Err(Damaged));
    }
}
