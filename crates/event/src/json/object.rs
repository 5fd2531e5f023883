//! An object with unique names, in the order of the text.

use std::borrow::Cow;

use super::Value;

/// Objects up to this size are searched from front to back; larger ones have an index.
const SEARCHED: usize = 16;

type Member<'a> = (Cow<'a, str>, Value<'a>);

/// A JSON object whose names are unique: of a duplicate, the last value counts, at the place of
/// the first.
///
/// ```
/// use eventyard_event::{Limits, json};
/// let read = json::parse(br#"{"a":1,"b":2,"a":3}"#, &Limits::default()).unwrap();
/// assert_eq!(read.root.to_string(), r#"{"a":3,"b":2}"#);
/// assert_eq!(read.duplicates, 1);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Object<'a> {
    members: Vec<Member<'a>>,
    index: Option<Box<Index>>,
}

/// Positions of the members, sorted by name.
#[derive(Debug, Clone)]
struct Index(Vec<usize>);

impl<'a> Object<'a> {
    /// The value of the member `name`. Linear up to 16 members, else logarithmic.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let Some(index) = &self.index else {
            return self.members.iter().find(|(own, _)| own == name).map(|(_, value)| value);
        };
        let found = index.0.binary_search_by(|at| self.name(*at).cmp(name)).ok()?;
        index.0.get(found).and_then(|at| self.members.get(*at)).map(|(_, value)| value)
    }

    /// The members in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> + Clone {
        self.members.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// The values in the order of the text.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value<'a>> + Clone {
        self.members.iter().map(|(_, value)| value)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Sets a member, and returns the value it had. Linear.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) -> Option<Value<'a>> {
        let name = name.into();
        if let Some((_, old)) = self.members.iter_mut().find(|(own, _)| *own == name) {
            return Some(std::mem::replace(old, value));
        }
        let at = self.members.len();
        let place = self
            .index
            .as_ref()
            .map(|index| index.0.partition_point(|other| self.name(*other) < name.as_ref()));
        self.members.push((name, value));
        match (self.index.as_mut(), place) {
            (Some(index), Some(place)) => index.0.insert(place, at),
            _ => self.index = (self.members.len() > SEARCHED).then(|| self.sorted()),
        }
        None
    }

    /// The same object, owning all its text.
    pub fn into_owned(self) -> Object<'static> {
        let own = |(name, value): Member<'a>| (Cow::Owned(name.into_owned()), value.into_owned());
        Object { members: self.members.into_iter().map(own).collect(), index: self.index }
    }

    /// Settles duplicates, and counts the values that lost.
    pub(super) fn settle(members: Vec<Member<'a>>) -> (Self, u32) {
        let mut object = Self { members, index: None };
        if object.members.len() <= SEARCHED {
            if !object.has_duplicates_small() {
                return (object, 0);
            }
        } else {
            let index = object.sorted();
            let mut pairs = index.0.windows(2);
            let clash = pairs.any(|pair| match pair {
                [left, right] => object.name(*left) == object.name(*right),
                _ => false,
            });
            if !clash {
                object.index = Some(index);
                return (object, 0);
            }
        }
        object.settled()
    }

    fn has_duplicates_small(&self) -> bool {
        let mut rest = self.members.as_slice();
        while let Some(((name, _), later)) = rest.split_first() {
            if later.iter().any(|(other, _)| other == name) {
                return true;
            }
            rest = later;
        }
        false
    }

    /// The slow way, taken only when there is a duplicate: runs of equal names in the sorted
    /// index give each first member the value of its last.
    fn settled(self) -> (Self, u32) {
        let order = self.sorted().0;
        let mut duplicates = 0_u32;
        let mut members: Vec<Option<Member<'a>>> = self.members.into_iter().map(Some).collect();
        let mut first = None;
        for at in order {
            let same = first.is_some_and(|first| name_of(&members, first) == name_of(&members, at));
            if !same {
                first = Some(at);
                continue;
            }
            duplicates = duplicates.saturating_add(1);
            let later = members.get_mut(at).and_then(Option::take).map(|(_, value)| value);
            let kept = first.and_then(|first| members.get_mut(first)).and_then(Option::as_mut);
            if let (Some((_, value)), Some(later)) = (kept, later) {
                *value = later;
            }
        }
        let mut object = Self { members: members.into_iter().flatten().collect(), index: None };
        object.index = (object.members.len() > SEARCHED).then(|| object.sorted());
        (object, duplicates)
    }

    /// Sorted by name, then by place.
    fn sorted(&self) -> Box<Index> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by(|left, right| self.name(*left).cmp(self.name(*right)));
        Box::new(Index(order))
    }

    fn name(&self, at: usize) -> &str {
        self.members.get(at).map_or("", |(name, _)| name.as_ref())
    }
}

fn name_of<'m>(members: &'m [Option<Member<'_>>], at: usize) -> Option<&'m str> {
    members.get(at).and_then(Option::as_ref).map(|(name, _)| name.as_ref())
}

/// Equal when both have the same names with equal values; order does not matter.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(name, value)| other.get(name).is_some_and(|its| its == value))
    }
}

impl Eq for Object<'_> {}

impl<'a> FromIterator<Member<'a>> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = Member<'a>>>(members: I) -> Self {
        Self::settle(members.into_iter().collect()).0
    }
}
