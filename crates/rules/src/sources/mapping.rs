//! The map under `event:` of a source, compiled: how each attribute is found in raw JSON.

use eventyard_event::json::Value;
use eventyard_filter::Query;
use eventyard_filter::pattern::{Member, PatternNode, Spanned};

use crate::Transform;
use crate::part_error::PartError;
use crate::template::Template;
use crate::transform::{Shape, text_shape};

/// How raw JSON becomes the attributes and the data of an event.
///
/// `source` and `type` are always there; without `data` the whole document is the data.
#[derive(Debug, Clone)]
pub struct EventMapping {
    pub(crate) id: Option<Attribute>,
    pub(crate) source: Attribute,
    pub(crate) event_type: Attribute,
    pub(crate) time: Option<Attribute>,
    pub(crate) subject: Option<Attribute>,
    pub(crate) dataschema: Option<Attribute>,
    pub(crate) extensions: Vec<(String, Attribute)>,
    pub(crate) data: Option<Transform>,
}

/// Where one attribute comes from.
#[derive(Debug, Clone)]
pub(crate) enum Attribute {
    /// A path of the raw document.
    Query(Query),
    /// A text, with paths in it or without.
    Text(Template),
}

/// The attributes that a source may map.
const NAMES: &[&str] =
    &["id", "source", "type", "time", "subject", "dataschema", "data", "extensions"];

impl EventMapping {
    /// Compiles the map under `event:`; every error carries the mark of its node.
    ///
    /// # Errors
    /// All that is wrong in it: an unknown attribute (E0003), `source` or `type` missing (E0212),
    /// an attribute that is neither text nor path (E0213), an extension's name that CloudEvents
    /// does not allow (E0214), a malformed path (its own `E01xx`).
    pub fn compile(tree: &Spanned) -> Result<Self, Vec<PartError>> {
        let PatternNode::Map(members) = &tree.node else {
            return Err(vec![not_a_map(tree, "event")]);
        };
        let mut errors: Vec<PartError> = members.iter().filter_map(unknown).collect();
        let mapping = Self {
            id: attribute(members, "id", &mut errors),
            source: required(tree, members, "source", &mut errors),
            event_type: required(tree, members, "type", &mut errors),
            time: attribute(members, "time", &mut errors),
            subject: attribute(members, "subject", &mut errors),
            dataschema: attribute(members, "dataschema", &mut errors),
            extensions: extensions(members, &mut errors),
            data: data(members, &mut errors),
        };
        if errors.is_empty() { Ok(mapping) } else { Err(errors) }
    }
}

impl Attribute {
    /// The path, or the text, as the rules file has it in effect.
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Query(query) => Some(query.text()),
            Self::Text(_) => None,
        }
    }

    /// The text of every event, if it is the same for all.
    pub(crate) fn fixed(&self) -> Option<&str> {
        match self {
            Self::Query(_) => None,
            Self::Text(template) => template.as_text(),
        }
    }

    fn empty() -> Self {
        Self::Text(Template::default())
    }
}

fn find<'m>(members: &'m [Member], name: &str) -> Option<&'m Spanned> {
    members.iter().find(|member| member.name == name).map(|member| &member.value)
}

fn unknown(member: &Member) -> Option<PartError> {
    if NAMES.contains(&member.name.as_str()) {
        return None;
    }
    let message = format!("unknown attribute `{}`", member.name);
    let error = PartError::new("E0003", 0..member.name.len(), message).at(member.name_at);
    Some(error.with_help(format!(
        "known are {}; anything else goes under `extensions`",
        NAMES.join(", ")
    )))
}

fn required(
    tree: &Spanned,
    members: &[Member],
    name: &str,
    errors: &mut Vec<PartError>,
) -> Attribute {
    if find(members, name).is_none() {
        let message = format!("an event needs `{name}`");
        let help = format!("map it (`{name}: $.…`), or write a fixed text");
        errors.push(PartError::new("E0212", 0..0, message).at(tree.at).with_help(help));
    }
    attribute(members, name, errors).unwrap_or_else(Attribute::empty)
}

fn attribute(members: &[Member], name: &str, errors: &mut Vec<PartError>) -> Option<Attribute> {
    find(members, name).and_then(|value| compile_attribute(name, value, errors))
}

fn compile_attribute(
    name: &str,
    value: &Spanned,
    errors: &mut Vec<PartError>,
) -> Option<Attribute> {
    let PatternNode::String(text) = &value.node else {
        let message = format!("`{name}` is a text: a path, or what stands for it in every event");
        errors.push(PartError::new("E0213", 0..0, message).at(value.at));
        return None;
    };
    match text_shape(text) {
        Ok(Shape::Query(query)) => return Some(Attribute::Query(query)),
        Ok(Shape::Text(template)) => return Some(Attribute::Text(template)),
        Ok(shape) => {
            if let Shape::Literal(Value::String(text)) = shape {
                return Some(Attribute::Text(Template::plain(&text)));
            }
        }
        Err(error) => errors.push(error.at(value.at)),
    }
    None
}

fn extensions(members: &[Member], errors: &mut Vec<PartError>) -> Vec<(String, Attribute)> {
    let Some(tree) = find(members, "extensions") else {
        return Vec::new();
    };
    let PatternNode::Map(members) = &tree.node else {
        errors.push(not_a_map(tree, "extensions"));
        return Vec::new();
    };
    errors.extend(members.iter().filter_map(bad_extension));
    let attributes = members.iter().map(|member| {
        let attribute = compile_attribute(&member.name, &member.value, errors);
        attribute.map(|attribute| (member.name.clone(), attribute))
    });
    attributes.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// CloudEvents 1.0 "Attribute Naming Convention": lower-case letters and digits; names of the
/// envelope itself and of the bus are taken.
fn bad_extension(member: &Member) -> Option<PartError> {
    let name = member.name.as_str();
    let taken = NAMES.contains(&name)
        || ["specversion", "datacontenttype", "eventyardhops"].contains(&name);
    let spelled = !name.is_empty()
        && name.len() <= 20
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if spelled && !taken {
        return None;
    }
    let message = format!("`{name}` cannot be the name of an extension");
    let error = PartError::new("E0214", 0..name.len(), message).at(member.name_at);
    Some(error.with_help("1 to 20 lower-case letters and digits that no attribute has for a name"))
}

fn data(members: &[Member], errors: &mut Vec<PartError>) -> Option<Transform> {
    let tree = find(members, "data")?;
    Transform::compile(tree).map_err(|found| errors.extend(found)).ok()
}

fn not_a_map(tree: &Spanned, name: &str) -> PartError {
    let message = format!("`{name}` is a map of attributes");
    PartError::new("E0213", 0..0, message).at(tree.at)
}
