//! Rules that change without a deployment: objects in S3.
//!
//! `s3://bucket/rules.yaml` is one object, which changes in one step. `s3://bucket/rules/` is every `*.yaml`,
//! `*.yml` and `*.json` directly below the prefix; it is read only when the listing is the same before
//! and after, so that a half-finished upload is not mistaken for a rule set that somebody wrote.

use crate::failure::summary;
use aws_sdk_s3::Client;
use eventyard_rules::SourceText;
use std::sync::Mutex;

/// Where changing rules are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesLocation {
    bucket: String,
    key: String,
}

/// Why a location or what is there cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesSourceError {
    /// The text is no location.
    #[error("`{text}` is no place of rules: write s3://BUCKET/FILE.yaml or s3://BUCKET/FOLDER/")]
    Location {
        /// What was given.
        text: String,
    },
    /// S3 did not give it.
    #[error("rules at s3://{place} cannot be read: {reason}")]
    Unreadable {
        /// Bucket and key.
        place: String,
        /// What S3 said.
        reason: String,
    },
    /// It is no text.
    #[error("rules at s3://{place} are not UTF-8")]
    NotText {
        /// Bucket and key.
        place: String,
    },
}

impl std::str::FromStr for RulesLocation {
    type Err = RulesSourceError;

    fn from_str(text: &str) -> Result<Self, RulesSourceError> {
        let split = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        match split {
            Some((bucket, key))
                if !bucket.is_empty()
                    && (key.is_empty() || key.ends_with('/') || is_rules_key(key)) =>
            {
                Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
            }
            _ => Err(RulesSourceError::Location { text: text.to_owned() }),
        }
    }
}

/// An object, and the tag that changes with its bytes.
type Tagged = (String, String);

/// Reads the rules of a location when they changed.
#[derive(Debug)]
pub struct RulesSource {
    client: Client,
    location: RulesLocation,
    /// The listing that was read last.
    seen: Mutex<Vec<Tagged>>,
}

impl RulesSource {
    /// The rules at this location.
    #[must_use]
    pub fn new(client: Client, location: RulesLocation) -> Self {
        Self { client, location, seen: Mutex::default() }
    }

    /// The texts when they are others than those that were answered last; none when they are the same,
    /// or are being changed at this moment.
    ///
    /// # Errors
    /// S3 did not give them, or they are no texts; they are asked for again by the next call.
    pub async fn changed(&self) -> Result<Option<Vec<SourceText>>, RulesSourceError> {
        let before = self.list().await?;
        if before.is_empty() || before == *self.seen() {
            return Ok(None);
        }
        let mut texts = Vec::with_capacity(before.len());
        for (key, _) in &before {
            texts.push(self.text(key).await?);
        }
        if self.list().await? != before {
            return Ok(None);
        }
        *self.seen() = before;
        Ok(Some(texts))
    }

    /// Takes what was read last for not read, because it could not be put in force.
    pub fn forget(&self) {
        self.seen().clear();
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Tagged>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The objects of the location by key, with their tags; every page of the listing is read.
    async fn list(&self) -> Result<Vec<Tagged>, RulesSourceError> {
        let RulesLocation { bucket, key: prefix } = &self.location;
        let is_one = !prefix.is_empty() && !prefix.ends_with('/');
        let mut pages =
            self.client.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.unreadable(prefix, summary(&error)))?;
            for object in page.contents() {
                let (Some(key), Some(tag)) = (object.key(), object.e_tag()) else { continue };
                let below = key.strip_prefix(prefix.as_str()).unwrap_or_default();
                let wanted = if is_one {
                    key == prefix
                } else {
                    is_rules_key(below) && !below.contains('/')
                };
                if wanted {
                    found.push((key.to_owned(), tag.to_owned()));
                }
            }
        }
        Ok(found)
    }

    async fn text(&self, key: &str) -> Result<SourceText, RulesSourceError> {
        let bucket = &self.location.bucket;
        let object = self.client.get_object().bucket(bucket).key(key).send().await;
        let object = object.map_err(|error| self.unreadable(key, summary(&error)))?;
        let bytes = object.body.collect().await;
        let bytes = bytes.map_err(|error| self.unreadable(key, error.to_string()))?.into_bytes();
        let text = String::from_utf8(bytes.into());
        let text = text.map_err(|_| RulesSourceError::NotText { place: self.place(key) })?;
        Ok(SourceText::new(format!("s3://{}", self.place(key)), text))
    }

    fn unreadable(&self, key: &str, reason: String) -> RulesSourceError {
        RulesSourceError::Unreadable { place: self.place(key), reason }
    }

    fn place(&self, key: &str) -> String {
        format!("{}/{key}", self.location.bucket)
    }
}

fn is_rules_key(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    !name.starts_with('.') && matches!(ending, Some("yaml" | "yml" | "json"))
}

#[cfg(test)]
mod tests {
    use super::RulesLocation;

    #[test]
    fn a_location_is_a_rules_file_or_a_folder() {
        for good in ["s3://b/rules.yaml", "s3://b/live/rules.json", "s3://b/rules/", "s3://b/"] {
            assert!(good.parse::<RulesLocation>().is_ok(), "{good}");
        }
        for bad in
            ["b/rules.yaml", "s3://b", "s3:///rules.yaml", "s3://b/rules", "s3://b/rules.txt"]
        {
            assert!(bad.parse::<RulesLocation>().is_err(), "{bad}");
        }
    }
}
