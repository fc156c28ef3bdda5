//! Where things stand in a text of JSON: serde forgets it, and a lint without lines is no help.

use std::collections::BTreeMap;

/// Line and column of every value, by path (`regions[0].modes.*`), and the keys that stand twice.
#[derive(Debug, Default)]
pub(super) struct Places {
    offsets: BTreeMap<String, usize>,
    /// Paths of keys that their object already had.
    pub(super) duplicates: Vec<String>,
}

impl Places {
    /// Reads a text that a parser has accepted; in any other it ends early and knows less.
    pub(super) fn of(text: &str) -> Self {
        let mut scanner = Scanner { text, at: 0, places: Self::default() };
        scanner.value("", None);
        scanner.places
    }

    /// Line and column of the key at a path, or of the value where there is no key; both count from 1, columns in
    /// characters. What is not there stands where the nearest thing around it does.
    pub(super) fn find(&self, text: &str, path: &str) -> (u32, u32) {
        let mut path = path;
        let offset = loop {
            match self.offsets.get(path) {
                Some(offset) => break *offset,
                None if path.is_empty() => break 0,
                None => path = path.rfind(['.', '[']).map_or("", |end| &path[..end]),
            }
        };
        position(text, offset)
    }
}

fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    (count(lines + 1), count(before[line_start..].chars().count() + 1))
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    places: Places,
}

impl Scanner<'_> {
    fn value(&mut self, path: &str, key: Option<usize>) {
        let first = self.peek();
        self.places.offsets.entry(path.to_owned()).or_insert(key.unwrap_or(self.at));
        match first {
            Some(b'{') => self.object(path),
            Some(b'[') => self.list(path),
            Some(b'"') => self.string(),
            _ => self.scalar(),
        }
    }

    fn object(&mut self, path: &str) {
        let mut keys = Vec::new();
        self.at += 1;
        while self.peek() == Some(b'"') {
            let start = self.at;
            self.string();
            let key: String = serde_json::from_str(&self.text[start..self.at]).unwrap_or_default();
            let path = join(path, &key);
            if keys.contains(&key) {
                self.places.duplicates.push(path.clone());
            }
            keys.push(key);
            self.skip(b':');
            self.value(&path, Some(start));
            self.skip(b',');
        }
        self.skip(b'}');
    }

    fn list(&mut self, path: &str) {
        self.at += 1;
        let mut index = 0;
        while !matches!(self.peek(), Some(b']') | None) {
            let before = self.at;
            self.value(&format!("{path}[{index}]"), None);
            self.skip(b',');
            index += 1;
            if self.at == before {
                return;
            }
        }
        self.skip(b']');
    }

    /// To behind the closing quote.
    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
    }

    fn scalar(&mut self) {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| is_part(byte)).count();
    }

    /// The next byte that is not space; the scanner stands on it.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: u8) {
        if self.peek() == Some(wanted) {
            self.at += 1;
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_has_its_line_and_column() {
        let text = "{\n  \"a\": [1, {\"b\\\"c\": -1.5e+3}],\n\t\"ä\": \"}\\\\\", \"z\" : null\n}\n";
        let places = Places::of(text);
        let find = |path: &str| places.find(text, path);
        assert_eq!(find(""), (1, 1));
        assert_eq!(find("a"), (2, 3));
        assert_eq!(find("a[0]"), (2, 9));
        assert_eq!(find("a[1].b\"c"), (2, 13));
        assert_eq!(find("ä"), (3, 2));
        assert_eq!(find("z"), (3, 14));
        assert_eq!(find("a[1].missing.deeper"), (2, 12), "the nearest thing around it");
    }

    #[test]
    fn keys_that_stand_twice_are_noticed() {
        let text = r#"{"a": {"x": 1, "\u0078": 2}, "b": {"x": 1}, "a": 3}"#;
        assert_eq!(Places::of(text).duplicates, ["a.x", "a"]);
    }
}
