//! A template that parts are added to.

use super::ExportError;
use serde_json::{Map, Value, json};

/// The sections of a template.
pub(super) struct Sections(Map<String, Value>);

impl Sections {
    pub(super) fn new(template: Value) -> Result<Self, ExportError> {
        match template {
            Value::Object(sections) => Ok(Self(sections)),
            _ => Err(ExportError::Lacks("Resources".into())),
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Adds a resource.
    pub(super) fn resource(&mut self, id: &str, resource: Value) -> Result<(), ExportError> {
        self.put("Resources", id, resource)
    }

    /// Adds a parameter; the same one again changes nothing.
    pub(super) fn parameter(&mut self, id: &str, parameter: Value) -> Result<(), ExportError> {
        match self.section("Parameters")?.get(id) {
            Some(known) if *known == parameter => Ok(()),
            _ => self.put("Parameters", id, parameter),
        }
    }

    fn put(&mut self, section: &str, id: &str, value: Value) -> Result<(), ExportError> {
        let taken = ["Resources", "Parameters"]
            .into_iter()
            .any(|section| self.0.get(section).is_some_and(|section| section.get(id).is_some()));
        if taken {
            return Err(ExportError::Taken(id.to_owned()));
        }
        self.section(section)?.insert(id.to_owned(), value);
        Ok(())
    }

    /// Gives a parameter another default.
    pub(super) fn set_default(&mut self, id: &str, default: &str) -> Result<(), ExportError> {
        let parameter = self.at(&format!("/Parameters/{id}"))?;
        parameter.insert("Default".into(), json!(default));
        Ok(())
    }

    /// The default of a parameter; empty where it has none.
    pub(super) fn default_of(&self, id: &str) -> &str {
        let default = self.0.get("Parameters").and_then(|all| all.get(id)?.get("Default"));
        default.and_then(Value::as_str).unwrap_or_default()
    }

    /// The properties of a resource.
    pub(super) fn properties(&mut self, id: &str) -> Result<&mut Map<String, Value>, ExportError> {
        self.at(&format!("/Resources/{id}/Properties"))
    }

    /// The environment of every function.
    pub(super) fn environment(&mut self) -> Result<&mut Map<String, Value>, ExportError> {
        self.at("/Globals/Function/Environment/Variables")
    }

    /// Takes away how a function is built: it is built already.
    pub(super) fn is_built(&mut self, id: &str) -> Result<(), ExportError> {
        self.at(&format!("/Resources/{id}"))?.remove("Metadata");
        Ok(())
    }

    /// Lets a resource go with its stack.
    pub(super) fn dispose_of(&mut self, id: &str) -> Result<(), ExportError> {
        let resource = self.at(&format!("/Resources/{id}"))?;
        resource.insert("DeletionPolicy".into(), json!("Delete"));
        resource.insert("UpdateReplacePolicy".into(), json!("Delete"));
        self.set_default("DeletionProtection", "false")?;
        self.set_default("PointInTimeRecovery", "false")
    }

    fn section(&mut self, name: &str) -> Result<&mut Map<String, Value>, ExportError> {
        self.at(&format!("/{name}"))
    }

    /// The mapping at a path.
    fn at(&mut self, path: &str) -> Result<&mut Map<String, Value>, ExportError> {
        let lacks = || ExportError::Lacks(path.trim_start_matches('/').replace('/', "."));
        let mut steps = path.split('/').skip(1);
        let first = steps.next().and_then(|name| self.0.get_mut(name)).ok_or_else(lacks)?;
        let found = steps.try_fold(first, |value, name| value.get_mut(name)).ok_or_else(lacks)?;
        found.as_object_mut().ok_or_else(lacks)
    }
}
