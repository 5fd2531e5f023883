//! Random filters, queries and documents from a seed, rich in the cases that implementations get wrong.
use serde_json::{Map, Value, json};

/// A xorshift generator: the same seed gives the same tests everywhere.
pub struct Generator(u64);

/// Stands for `$` until it is known what the document is wrapped in.
pub const ROOT: char = '\u{1}';

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound
    }

    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    pub fn document(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 12 } else { 22 }) {
            0..=11 => self.scalar(),
            12..=16 => Value::Array((0..self.below(4)).map(|_| self.document(depth - 1)).collect()),
            _ => {
                let mut members = Map::new();
                for _ in 0..self.below(4) {
                    let name = self.pick(&["a", "b", "c", "a", "b", "c", "", "é", "a.b", "'", "0"]);
                    members.insert(name.to_owned(), self.document(depth - 1));
                }
                Value::Object(members)
            }
        }
    }

    fn scalar(&mut self) -> Value {
        match self.below(22) {
            0 => json!(0),
            1 | 2 => json!(1),
            3 => json!(1.0),
            4 => json!(2),
            5 => json!(-1),
            6 => json!(0.5),
            7 => json!(-0.0),
            8 => json!(1e-17),
            9 => json!(9_007_199_254_740_992_u64),
            10 => json!(9_007_199_254_740_993_u64),
            11 => json!(u64::MAX),
            12 => json!(1e300),
            13 | 14 => json!("a"),
            15 => json!("ab"),
            16 => json!("b"),
            17 => json!(""),
            18 => json!("a\n😀"),
            19 => json!(true),
            20 => json!(false),
            _ => Value::Null,
        }
    }

    fn segment(&mut self, singular: bool, depth: usize) -> String {
        let shorthand = [
            ".a",
            ".b",
            ".a",
            ".b",
            "['c']",
            "[0]",
            "[-1]",
            "[1]",
            ".é",
            "['']",
            "['a.b']",
            "['\\'']",
            "[\"\\u0061\"]",
        ];
        let several = [
            ".*",
            "[*]",
            "[1:]",
            "[::-1]",
            "[-2:]",
            "[:1:2]",
            "['a','b']",
            "[0,-1]",
            "[0,0]",
            "['a',0]",
            "..a",
            "..[*]",
            "..[0]",
            "..*",
            "..['a','b']",
            "[*,0]",
            "[2:0:-1,*]",
        ];
        match self.below(if singular { 1 } else { 6 }) {
            0..=2 => self.pick(&shorthand).to_owned(),
            3 | 4 => self.pick(&several).to_owned(),
            _ if depth == 0 => self.pick(&several).to_owned(),
            _ => {
                let dots = self.pick(&["", "", "", ".."]);
                let also = self.pick(&["", "", "", ", 0", ", 'a'", ", ?@.a"]);
                format!("{dots}[?{}{also}]", self.filter(depth - 1))
            }
        }
    }

    fn query(&mut self, singular: bool, depth: usize) -> String {
        let start = if self.below(3) == 0 { ROOT } else { '@' };
        (0..self.below(4))
            .fold(start.to_string(), |query, _| query + &self.segment(singular, depth))
    }

    /// A whole query, `$` written as [`ROOT`].
    pub fn whole_query(&mut self, depth: usize) -> String {
        (0..=self.below(3)).fold(ROOT.to_string(), |query, _| query + &self.segment(false, depth))
    }

    fn literal(&mut self) -> String {
        let all = [
            "0",
            "1",
            "1.0",
            "2",
            "-1",
            "-0",
            "0.5",
            "1e0",
            "10e-1",
            "9007199254740993",
            "18446744073709551615",
            "1E300",
            "'a'",
            "'ab'",
            "'b'",
            "''",
            "\"a\"",
            "'\\u0061'",
            "true",
            "false",
            "null",
        ];
        self.pick(&all).to_owned()
    }

    fn comparable(&mut self, depth: usize) -> String {
        match self.below(10) {
            0..=2 => self.literal(),
            3..=6 => self.query(true, 0),
            7 => format!("length({})", self.value_argument(depth)),
            8 => format!("count({})", self.query(false, depth)),
            _ => format!("value({})", self.query(false, depth)),
        }
    }

    fn value_argument(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => self.literal(),
            1 => format!("value({})", self.query(false, depth)),
            _ => self.query(true, 0),
        }
    }

    /// A logical expression, `$` written as [`ROOT`].
    pub fn filter(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 6 } else { 10 }) {
            0..=2 => {
                let operator = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {operator} {}", self.comparable(depth), self.comparable(depth))
            }
            3 => format!("{}{}", self.pick(&["", "!"]), self.query(false, depth)),
            4 => self.regex_test(depth),
            5 => self.query(false, depth),
            6 => format!("{} && {}", self.conjunct(depth - 1), self.conjunct(depth - 1)),
            7 => format!("{} || {}", self.filter(depth - 1), self.filter(depth - 1)),
            _ => format!("{}({})", self.pick(&["", "!"]), self.filter(depth - 1)),
        }
    }

    fn conjunct(&mut self, depth: usize) -> String {
        let filter = self.filter(depth);
        if filter.contains("||") { format!("({filter})") } else { filter }
    }

    fn regex_test(&mut self, depth: usize) -> String {
        let patterns = [
            "'a'",
            "'a|b'",
            "'a.*'",
            "'[ab]'",
            "'b?'",
            "'ab*'",
            "''",
            "'[^a]'",
            "'(ab|a)b?'",
            "'a{1,2}'",
            "'\\\\p{Ll}+'",
            "'.*\\\\n.'",
            "'[^<]'",
            "'<|a'",
            "'[!-~]+'",
            "1",
            "@.a",
            "@.b",
        ];
        let function = self.pick(&["match", "search", "!match", "!search"]);
        format!("{function}({}, {})", self.value_argument(depth), self.pick(&patterns))
    }
}
