//! Where input comes from: a file, or standard input as `-`, with progress on stderr while it is long.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Read};

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// Bytes read at once from a file.
const BUFFER_BYTES: usize = 256 * 1024;

/// Opens `path`, or standard input for `-` and for nothing.
///
/// The bar counts bytes, shows itself only on a terminal, and only where `shown` says that stdout is not the
/// terminal too.
///
/// # Errors
/// When the file cannot be opened, naming it.
pub fn open(path: Option<&str>, bar: Bar) -> Result<(Box<dyn BufRead + Send>, ProgressBar)> {
    match path {
        None | Some("-") => {
            let progress = bar.make(None);
            let reader = progress.wrap_read(std::io::stdin());
            Ok((Box::new(BufReader::with_capacity(BUFFER_BYTES, reader)), progress))
        }
        Some(path) => {
            let file = File::open(path).with_context(|| format!("cannot read `{path}`"))?;
            let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len());
            let progress = bar.make(length);
            let reader = progress.wrap_read(file);
            Ok((Box::new(BufReader::with_capacity(BUFFER_BYTES, reader)), progress))
        }
    }
}

/// The whole of a file or of standard input, at most `bytes_max`.
///
/// # Errors
/// When it cannot be read, or is longer.
pub fn whole(path: Option<&str>, bytes_max: u64) -> Result<Vec<u8>> {
    let (reader, _) = open(path, Bar::Hidden)?;
    let mut bytes = Vec::new();
    reader.take(bytes_max + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= bytes_max,
        "`{}` is longer than {bytes_max} bytes",
        path.unwrap_or("-")
    );
    Ok(bytes)
}

/// Whether a progress bar is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// On stderr, where stderr is a terminal and stdout is not: they would overwrite each other.
    Shown,
    /// Never.
    Hidden,
}

impl Bar {
    /// A bar that counts bytes of output: shown where they go to a file, or elsewhere than to the terminal.
    pub fn of_output(to_file: bool) -> ProgressBar {
        match to_file && std::io::stderr().is_terminal() {
            true => Self::styled(None),
            false => Self::Shown.make(None),
        }
    }

    fn make(self, length: Option<u64>) -> ProgressBar {
        if self == Self::Hidden
            || std::io::stdout().is_terminal()
            || !std::io::stderr().is_terminal()
        {
            return ProgressBar::hidden();
        }
        Self::styled(length)
    }

    fn styled(length: Option<u64>) -> ProgressBar {
        let (bar, template) = match length {
            Some(length) => (ProgressBar::new(length), "{wide_bar} {bytes}/{total_bytes} {eta}"),
            None => (ProgressBar::new_spinner(), "{spinner} {bytes} {bytes_per_sec}"),
        };
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}

/// The next line without its end, or `None` at the end of input. A line longer than `bytes_max` is cut there and the
/// rest of it skipped, so that memory stays bounded; the returned length is the whole line's.
///
/// # Errors
/// When reading fails.
pub fn next_line(
    reader: &mut dyn BufRead,
    line: &mut Vec<u8>,
    bytes_max: usize,
) -> Result<Option<usize>> {
    line.clear();
    let mut length = 0;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok((length > 0).then_some(length));
        }
        let (part, ended) = match chunk.iter().position(|&b| b == b'\n') {
            Some(end) => (&chunk[..end], true),
            None => (chunk, false),
        };
        let room = bytes_max.saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        length += part.len();
        let consumed = part.len() + usize::from(ended);
        reader.consume(consumed);
        if ended {
            if line.last() == Some(&b'\r') {
                line.pop();
                length -= 1;
            }
            return Ok(Some(length));
        }
    }
}
