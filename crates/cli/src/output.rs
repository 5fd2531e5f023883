//! How answers are written: text for people, JSON for programs, colours only where they are wanted.

use std::io::{BufWriter, StdoutLock, Write};

use anyhow::Result;
use clap::ValueEnum;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people, in lines and columns; wording may change.
    #[default]
    #[value(alias = "table")]
    Text,
    /// For programs: one JSON object per line, or one document where the verb says so.
    Json,
}

impl Format {
    /// Whether a program reads the answer.
    pub fn is_json(self) -> bool {
        self == Self::Json
    }
}

/// Obeys `--no-color`; `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are `anstream`'s to read.
pub fn choose_colour(no_color: bool) {
    if no_color {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Whether standard error takes colours.
pub fn stderr_has_colour() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// Buffered standard output, colours stripped where it is no terminal.
pub fn stdout() -> BufWriter<anstream::AutoStream<StdoutLock<'static>>> {
    BufWriter::with_capacity(64 * 1024, anstream::AutoStream::auto(std::io::stdout().lock()))
}

/// Writes one JSON value as one line.
///
/// # Errors
/// When standard output is closed.
pub fn json_line(out: &mut impl Write, value: &impl serde::Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Whether the reader of our output went away, as `| head` does: no failure of ours.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = match cause.downcast_ref::<std::io::Error>() {
            Some(io) => Some(io.kind()),
            None => {
                cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind)
            }
        };
        kind == Some(std::io::ErrorKind::BrokenPipe)
    })
}

/// A time to the millisecond, as RFC 3339 has it.
pub fn time(time: jiff::Timestamp) -> String {
    format!("{time:.3}")
}

const fn bold(colour: anstyle::AnsiColor) -> anstyle::Style {
    anstyle::Style::new().bold().fg_color(Some(anstyle::Color::Ansi(colour)))
}

/// Good news.
pub const GOOD: anstyle::Style = bold(anstyle::AnsiColor::Green);
/// Bad news.
pub const BAD: anstyle::Style = bold(anstyle::AnsiColor::Red);
/// A name, or what matters in a line.
pub const NAME: anstyle::Style = anstyle::Style::new().bold();
/// What may be overlooked.
pub const FAINT: anstyle::Style = anstyle::Style::new().dimmed();

/// `text` in `style`; the stream strips it where colours are not wanted.
pub fn styled(style: anstyle::Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The word before an error, in red.
pub fn error_word() -> String {
    styled(BAD, "error")
}

/// `text` without terminal escapes and other control characters: names and ids come from outside.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
