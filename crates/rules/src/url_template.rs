//! The URL of an HTTP target: fixed where it says whom to talk to, filled in where it says about what.
//!
//! Comes in: the text under `url:`. Goes out: a [`UrlTemplate`] whose scheme, host and port are
//! fixed text, and per event one URL. Only path and query may hold paths (`<$.data.id>`); every
//! value is percent-encoded down to RFC 3986's unreserved characters, so nothing that an event
//! says can add a segment, a parameter or a fragment, or reach another host.

use std::fmt::Write as _;

use eventyard_event::json::Value;
use url::Url;

use crate::part_error::PartError;
use crate::template::{Part, Template, selected_text};

/// The URL of an HTTP target.
///
/// ```
/// # use eventyard_rules::UrlTemplate;
/// let url = UrlTemplate::parse("https://partner.example/orders/<$.subject>?by=<$.source>")?;
/// let event = eventyard_event::json::parse(
///     br#"{"subject":"a/b","source":"shop"}"#, &Default::default()).unwrap();
/// assert_eq!(url.render(&event.root).unwrap(), "https://partner.example/orders/a%2Fb?by=shop");
/// # Ok::<(), eventyard_rules::PartError>(())
/// ```
#[derive(Debug, Clone)]
pub struct UrlTemplate {
    text: String,
    origin: Url,
    template: Template,
}

/// Why a URL cannot be made for one event: the delivery is parked with this reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// A path in the URL's path selects nothing, or a value that has no text.
    #[error("the URL needs `{path}`, and the event has no text or number there")]
    Missing {
        /// The path as the rules file has it.
        path: String,
    },
    /// The filled-in segment would climb out of the URL's own path.
    #[error("the event makes a path segment of the URL `.` or `..`")]
    DotSegment,
}

impl UrlTemplate {
    /// Parses the text under `url:`.
    ///
    /// # Errors
    /// E0303 when a path stands before the URL's own path (host, port, scheme, user), E0305 when
    /// it is no absolute http(s) URL or has a fragment, E0302 when it carries credentials; the
    /// text of the credentials is never in the message.
    pub fn parse(text: &str) -> Result<Self, PartError> {
        let authority_end = authority_end(text).ok_or_else(|| not_absolute(text))?;
        let (authority, path) = text.split_at(authority_end);
        if authority.contains('<') {
            return Err(PartError::new(
                "E0303",
                0..authority_end,
                "the host of a URL must not come from the event",
            )
            .with_help("write scheme, host and port as fixed text; paths may stand after them"));
        }
        let template = Template::parse(text)?;
        let fixed = skeleton(&template);
        check_text(&fixed, authority, path)?;
        let origin = Url::parse(&fixed).map_err(|error| {
            PartError::new("E0305", 0..text.len(), format!("`url` is not a URL: {error}"))
        })?;
        check_parts(&origin, text)?;
        Ok(Self { text: text.to_owned(), origin, template })
    }

    /// The URL as the rules file has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The URL with every path left empty: what checks of scheme, host and port look at.
    pub fn origin(&self) -> &Url {
        &self.origin
    }

    /// Whether the URL is the same for every event.
    pub fn is_fixed(&self) -> bool {
        self.template.as_text().is_some()
    }

    /// The URL for one event, as the client will send it.
    ///
    /// In the URL's path a value must be a non-empty string, a number or a boolean; in its query a
    /// path that selects nothing is empty text.
    ///
    /// # Errors
    /// [`UrlError`]; nothing was sent.
    pub fn render(&self, root: &Value<'_>) -> Result<String, UrlError> {
        let mut out = String::new();
        let mut in_query = false;
        for part in self.template.parts() {
            match part {
                Part::Text(text) => {
                    in_query |= text.contains('?');
                    out.push_str(text);
                }
                Part::Query(query) if in_query => encode(&mut out, &selected_text(query, root)),
                Part::Query(query) => {
                    let value = query.first(root).and_then(path_text);
                    let missing = || UrlError::Missing { path: query.text().to_owned() };
                    encode(&mut out, &value.ok_or_else(missing)?);
                }
            }
        }
        refuse_dots(&out)?;
        Ok(out)
    }
}

/// The byte after scheme and authority: the first of `/`, `?`, `#` after `://`.
fn authority_end(text: &str) -> Option<usize> {
    let start = text.find("://")? + 3;
    let (_, rest) = text.split_at(start);
    Some(start + rest.find(['/', '?', '#']).unwrap_or(rest.len()))
}

/// The text of a template with its paths left out.
fn skeleton(template: &Template) -> String {
    template.parts().iter().fold(String::new(), |mut out, part| {
        if let Part::Text(text) = part {
            out.push_str(text);
        }
        out
    })
}

/// Refuses what a WHATWG parser would read in another way than the eye: it takes `\\` for `/`, drops
/// tabs and line ends, skips slashes before a host, and resolves dot segments.
///
/// INVARIANT (host): with these gone, the authority of the text is the authority of every URL made
/// from it.
fn check_text(fixed: &str, authority: &str, path: &str) -> Result<(), PartError> {
    let refuse =
        |message: &str| Err(PartError::new("E0305", 0..authority.len() + path.len(), message));
    if authority.ends_with("://") {
        return refuse("a target's URL names its host right after `://`");
    }
    if fixed.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
        return refuse("a target's URL holds no blank, control character or backslash");
    }
    if dot_segments(path) {
        return refuse("a target's URL has no `.` or `..` segment");
    }
    Ok(())
}

fn check_parts(origin: &Url, text: &str) -> Result<(), PartError> {
    let whole = 0..text.len();
    if !matches!(origin.scheme(), "https" | "http") {
        return Err(not_absolute(text));
    }
    if !origin.username().is_empty() || origin.password().is_some() {
        return Err(PartError::new("E0302", whole, "credentials in a URL")
            .with_help("name the secret instead: `secret: arn:…`"));
    }
    if origin.fragment().is_some() {
        return Err(PartError::new("E0305", whole, "a target's URL has no fragment")
            .with_help("leave out the `#` and what follows"));
    }
    Ok(())
}

fn not_absolute(text: &str) -> PartError {
    PartError::new("E0305", 0..text.len(), "a target's URL starts with `https://`")
}

/// The text of a value that may stand in the path of a URL.
fn path_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.to_string()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Appends `text` with all but RFC 3986's unreserved characters percent-encoded.
fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// WHATWG parsers resolve `.` and `..` segments, so one from an event would choose another path.
fn refuse_dots(url: &str) -> Result<(), UrlError> {
    let (_, after) = url.split_at(authority_end(url).unwrap_or(url.len()));
    if dot_segments(after) { Err(UrlError::DotSegment) } else { Ok(()) }
}

/// Whether the part of a URL after its authority has a `.` or `..` segment, however encoded.
fn dot_segments(after: &str) -> bool {
    let path = after.split(['?', '#']).next().unwrap_or_default();
    path.split('/').any(|segment| {
        matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
    })
}
