//! A request body cut into the documents it holds, in bounded memory.
//!
//! In: the chunks of a body as they arrive. Out: one frame per line of NDJSON or element of a JSON array, or
//! the whole body as one. A document over the limit is counted and skipped, never held; so the
//! limit is one per event, and a request may be as long as it likes.

use crate::array::ArrayCutter;
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};

/// How the documents of a body are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// One document per line (`application/x-ndjson`).
    Lines,
    /// The elements of one JSON array (a CloudEvents batch).
    Array,
    /// A document, or an array of documents when the first character is `[`.
    Json,
    /// The body is one document, whatever it holds.
    Whole,
}

/// One document of a body, or what stands in its place.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// The bytes of one document, without the white space around it.
    Document(Bytes),
    /// A document over the limit, which was skipped.
    TooLarge {
        /// Its length as far as it was read.
        bytes: usize,
    },
    /// The body is not what its type says; nothing after this place can be told apart.
    Broken {
        /// What is wrong.
        reason: &'static str,
    },
}

/// What a cutter found in the bytes it has not seen yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// No end yet: more bytes are needed.
    More,
    /// A document ends before `end`; the next one begins at `next`.
    Document { end: usize, next: usize },
    /// Everything before `next` belongs to no document.
    Nothing { next: usize },
    /// The body is broken.
    Broken(&'static str),
}

enum Cutter {
    Lines,
    Array(ArrayCutter),
    Sniff,
    Whole,
}

/// Cuts a body; yields frames until the body ends or breaks.
pub struct Frames<S> {
    body: S,
    buffer: BytesMut,
    /// How many bytes of the buffer the cutter has seen.
    seen: usize,
    /// Bytes of an oversized document that were dropped already.
    skipped: usize,
    limit: usize,
    cutter: Cutter,
    ended: bool,
}

impl<S, E> Frames<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// `limit` is the longest document in bytes.
    pub fn new(body: S, framing: Framing, limit: usize) -> Self {
        let cutter = match framing {
            Framing::Lines => Cutter::Lines,
            Framing::Array => Cutter::Array(ArrayCutter::default()),
            Framing::Json => Cutter::Sniff,
            Framing::Whole => Cutter::Whole,
        };
        Self { body, buffer: BytesMut::new(), seen: 0, skipped: 0, limit, cutter, ended: false }
    }

    /// The next frame; none at the end of the body.
    ///
    /// # Errors
    /// The error of the connection; the frames so far stand.
    pub async fn next(&mut self) -> Result<Option<Frame>, E> {
        while !self.ended {
            if let Some(frame) = self.cut() {
                return Ok(Some(frame));
            }
            match self.body.next().await {
                Some(chunk) => self.buffer.extend_from_slice(&chunk?),
                None => return Ok(self.end()),
            }
        }
        Ok(None)
    }

    /// The next frame that the buffer already holds.
    fn cut(&mut self) -> Option<Frame> {
        loop {
            let cut = self.look();
            match cut {
                Cut::More => {
                    self.seen = self.buffer.len();
                    self.drop_oversized();
                    return None;
                }
                Cut::Nothing { next } => {
                    self.buffer.advance(next);
                    self.seen = 0;
                }
                Cut::Document { end, next } => {
                    if let Some(frame) = self.take(end, next) {
                        return Some(frame);
                    }
                }
                Cut::Broken(reason) => {
                    self.ended = true;
                    return Some(Frame::Broken { reason });
                }
            }
        }
    }

    fn look(&mut self) -> Cut {
        if matches!(self.cutter, Cutter::Sniff) {
            match self.buffer.iter().find(|byte| !byte.is_ascii_whitespace()) {
                None => return Cut::More,
                Some(b'[') => self.cutter = Cutter::Array(ArrayCutter::default()),
                Some(_) => self.cutter = Cutter::Whole,
            }
            self.seen = 0;
        }
        let unseen = self.buffer.get(self.seen..).unwrap_or_default();
        match &mut self.cutter {
            Cutter::Sniff | Cutter::Whole => Cut::More,
            Cutter::Array(array) => array.cut(unseen, self.seen),
            Cutter::Lines => match unseen.iter().position(|&byte| byte == b'\n') {
                Some(at) => Cut::Document { end: self.seen + at, next: self.seen + at + 1 },
                None => Cut::More,
            },
        }
    }

    fn take(&mut self, end: usize, next: usize) -> Option<Frame> {
        self.seen = 0;
        let skipped = std::mem::take(&mut self.skipped);
        let mut bytes = self.buffer.split_to(next).freeze();
        bytes.truncate(end);
        let document = trimmed(bytes);
        let total = skipped.saturating_add(document.len());
        if total > self.limit {
            return Some(Frame::TooLarge { bytes: total });
        }
        // An empty line is no document; an empty element is one that decoding refuses.
        let blank = document.is_empty() && !matches!(self.cutter, Cutter::Array(_));
        (!blank).then_some(Frame::Document(document))
    }

    /// Lets go of a document that is over the limit already. White space around a document does
    /// not count, unless there is more of it than a document may have.
    fn drop_oversized(&mut self) {
        if self.skipped == 0 {
            let blank = self.buffer.len() - self.buffer.trim_ascii_start().len();
            self.buffer.advance(blank);
            self.seen = self.buffer.len();
        }
        let length = self.buffer.trim_ascii_end().len();
        if self.skipped > 0 || length > self.limit || self.buffer.len() > 2 * self.limit {
            self.skipped = self.skipped.saturating_add(self.buffer.len());
            self.buffer.clear();
            self.seen = 0;
        }
    }

    fn end(&mut self) -> Option<Frame> {
        self.ended = true;
        match &self.cutter {
            Cutter::Array(array) => array.end().map(|reason| Frame::Broken { reason }),
            Cutter::Lines | Cutter::Sniff | Cutter::Whole => {
                let end = self.buffer.len();
                self.take(end, end)
            }
        }
    }
}

fn trimmed(mut bytes: Bytes) -> Bytes {
    let start = bytes.len() - bytes.trim_ascii_start().len();
    bytes.advance(start);
    bytes.truncate(bytes.trim_ascii_end().len());
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Frame, Frames, Framing};
    use bytes::Bytes;
    use futures::executor::block_on;
    use futures::stream;
    use std::convert::Infallible;

    /// The frames of a text that arrives in pieces of `size` bytes.
    fn frames(text: &str, framing: Framing, size: usize) -> Vec<Frame> {
        let pieces: Vec<Result<Bytes, Infallible>> =
            text.as_bytes().chunks(size).map(|p| Ok(Bytes::copy_from_slice(p))).collect();
        let mut frames = Frames::new(stream::iter(pieces), framing, 12);
        block_on(async {
            let mut all = Vec::new();
            while let Some(frame) = frames.next().await.unwrap() {
                all.push(frame);
            }
            all
        })
    }

    /// Checks that a text is cut the same way however it arrives.
    #[track_caller]
    fn check(text: &str, framing: Framing, expected: &[Frame]) {
        for size in [1, 2, 3, 7, 1000] {
            assert_eq!(frames(text, framing, size), expected, "pieces of {size}");
        }
    }

    fn document(text: &'static str) -> Frame {
        Frame::Document(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn lines_are_cut_wherever_the_pieces_end_and_blank_ones_are_no_documents() {
        check(
            "{\"a\":1}\r\n\n  \n {} \n[1]",
            Framing::Lines,
            &[document("{\"a\":1}"), document("{}"), document("[1]")],
        );
        check("\n\n", Framing::Lines, &[]);
    }

    #[test]
    fn a_document_over_the_limit_is_counted_and_its_neighbours_are_kept() {
        check(
            "{\"a\":12345}x\n{\"a\":123456789}\n{}\n",
            Framing::Lines,
            &[document("{\"a\":12345}x"), Frame::TooLarge { bytes: 15 }, document("{}")],
        );
        check(
            "[\"0123456789\" , \"0123456789a\",1]",
            Framing::Array,
            &[document("\"0123456789\""), Frame::TooLarge { bytes: 13 }, document("1")],
        );
        check("0123456789abc", Framing::Whole, &[Frame::TooLarge { bytes: 13 }]);
        check("  0123456789ab  ", Framing::Whole, &[document("0123456789ab")]);
    }

    #[test]
    fn a_json_body_is_an_array_when_it_begins_like_one() {
        check(" [1,{}]", Framing::Json, &[document("1"), document("{}")]);
        check(" {\"a\":[1]}\n", Framing::Json, &[document("{\"a\":[1]}")]);
        check("  ", Framing::Json, &[]);
    }

    #[test]
    fn an_array_that_breaks_off_keeps_what_came_before() {
        let cut_off = Frame::Broken { reason: "the array is not closed" };
        check("[1,{\"a\":", Framing::Array, &[document("1"), cut_off]);
        let trailing = Frame::Broken { reason: "there is text after the array" };
        check("[1] 2", Framing::Array, &[document("1"), trailing]);
        let no_array = Frame::Broken { reason: "the body is not an array" };
        check("{}", Framing::Array, &[no_array]);
    }
}
