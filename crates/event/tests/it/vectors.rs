//! Reads the golden vectors under `vectors/`: a list of cases with name, input and expectation.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

pub struct Case {
    pub name: String,
    pub input: Value,
    pub expect: Value,
}

impl Case {
    fn of(case: &Value) -> Self {
        let name = case["name"].as_str().unwrap().to_owned();
        Self { name, input: case["input"].clone(), expect: case["expect"].clone() }
    }

    /// The expected error's code, if the case must be refused.
    pub fn error(&self) -> Option<&str> {
        self.expect.get("error").and_then(Value::as_str)
    }

    /// Asserts that every expectation but `error` is met by a refusal.
    #[track_caller]
    pub fn check_refusal(&self, code: &str, offset: Option<usize>, text: &str) {
        assert_eq!(Some(code), self.error(), "{}: {text}", self.name);
        if let Some(expected) = self.expect.get("offset") {
            assert_eq!(&Value::from(offset), expected, "offset of {}", self.name);
        }
        if let Some(expected) = self.expect.get("text") {
            assert_eq!(text, expected, "text of {}", self.name);
        }
    }
}

/// The cases of `vectors/<name>.json`; names are unique.
pub fn cases(name: &str) -> Vec<Case> {
    read(name).iter().map(Case::of).collect()
}

fn read(name: &str) -> Vec<Value> {
    let path = Path::new("vectors").join(format!("{name}.json"));
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut names = BTreeSet::new();
    for case in &cases {
        assert!(names.insert(case["name"].to_string()), "two cases are named {}", case["name"]);
    }
    cases
}

/// The cases of a file, each with what the transport knows.
pub fn cases_with_transport(name: &str) -> Vec<(Case, Value)> {
    read(name).into_iter().map(|case| (Case::of(&case), case["transport"].clone())).collect()
}

/// The bytes that an input describes: a text, `{hex}`, `{repeat, times}`, or a list of those.
pub fn bytes(input: &Value) -> Vec<u8> {
    match input {
        Value::String(text) => text.clone().into_bytes(),
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        Value::Object(input) if input.contains_key("hex") => unhex(input["hex"].as_str().unwrap()),
        Value::Object(input) => {
            let times = usize::try_from(input["times"].as_u64().unwrap()).unwrap();
            input["repeat"].as_str().unwrap().repeat(times).into_bytes()
        }
        other => panic!("no input: {other}"),
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
