//! SNS's PublishBatch: entries are numbered fields of a form, and the answer is XML.
//!
//! `PublishBatchRequestEntries.member.1.Id=0&PublishBatchRequestEntries.member.1.Message=…`

use crate::answer::MESSAGE;
use crate::rule::Partial;
use std::collections::BTreeMap;
use url::form_urlencoded::{Serializer, parse};

const MEMBER: &str = "PublishBatchRequestEntries.member.";

/// The fields of one entry: what comes after its number, and the value.
type Entry = Vec<(String, String)>;

/// The form without the entries that fail, and what the answer says of those.
pub fn cut(body: &[u8], partial: &Partial) -> Option<(Option<Vec<u8>>, Vec<String>)> {
    let (fields, entries) = read(body);
    let (mut rest, mut failed) = (Vec::new(), Vec::new());
    for (place, entry) in entries.into_values().enumerate() {
        let text: String = entry.iter().map(|(_, value)| value.as_str()).collect();
        if partial.hits(place, &text) {
            failed.push(member(&entry, partial));
        } else {
            rest.push(entry);
        }
    }
    if failed.is_empty() {
        return None;
    }
    Some(((!rest.is_empty()).then(|| write(&fields, &rest)), failed))
}

/// The fields that are of no entry, and the entries by their numbers.
fn read(body: &[u8]) -> (Entry, BTreeMap<usize, Entry>) {
    let (mut fields, mut entries) = (Entry::new(), BTreeMap::<usize, Entry>::new());
    for (name, value) in parse(body) {
        let of_entry = name.strip_prefix(MEMBER).and_then(|rest| {
            let (number, field) = rest.split_once('.')?;
            Some((number.parse().ok()?, field.to_owned()))
        });
        match of_entry {
            Some((number, field)) => {
                entries.entry(number).or_default().push((field, value.into_owned()));
            }
            None => fields.push((name.into_owned(), value.into_owned())),
        }
    }
    (fields, entries)
}

fn write(fields: &Entry, entries: &[Entry]) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(fields);
    for (at, entry) in entries.iter().enumerate() {
        for (field, value) in entry {
            form.append_pair(&format!("{MEMBER}{}.{field}", at + 1), value);
        }
    }
    form.finish().into_bytes()
}

fn member(entry: &Entry, partial: &Partial) -> String {
    let id = entry.iter().find(|(field, _)| field == "Id").map_or("", |(_, id)| id.as_str());
    let Partial { code, sender_fault, .. } = partial;
    format!(
        "<member><Id>{id}</Id><Code>{code}</Code><Message>{MESSAGE}</Message>\
         <SenderFault>{sender_fault}</SenderFault></member>"
    )
}

/// The answer about all entries.
pub fn answer(of_rest: Option<&[u8]>, failed: &[String]) -> String {
    let none = "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
        <PublishBatchResult><Successful></Successful></PublishBatchResult>\
        </PublishBatchResponse>";
    let text = of_rest.map_or_else(|| none.into(), String::from_utf8_lossy);
    let failed = failed.concat();
    let list = format!("<Failed>{failed}</Failed>");
    for empty in ["<Failed/>", "<Failed />"] {
        if text.contains(empty) {
            return text.replacen(empty, &list, 1);
        }
    }
    match text.contains("</Failed>") {
        true => text.replacen("</Failed>", &format!("{failed}</Failed>"), 1),
        false => text.replacen("</PublishBatchResult>", &format!("{list}</PublishBatchResult>"), 1),
    }
}
