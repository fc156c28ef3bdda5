//! Short texts with a number and a time: search terms and survey answers.

use super::clock::{is_late, newer};

/// Most notes of one sort; the oldest gives way.
pub const MAX_NOTES: usize = 32;
/// Longest text, in bytes; search terms are cut there, survey questions with longer names are not kept.
pub const MAX_NOTE_BYTES: usize = 64;

/// A search term with how often it was searched for, or a survey question with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The term, trimmed and in lower case, or the site's name of the question.
    pub text: String,
    /// How often, or the answer.
    pub value: f32,
    /// The last time.
    pub at_ms: u64,
}

/// Notes, most recent first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes(pub(crate) Vec<Note>);

impl Notes {
    /// All, most recent first.
    pub fn as_slice(&self) -> &[Note] {
        &self.0
    }

    /// Counts a search. Empty terms are not kept.
    pub(super) fn count(&mut self, term: &str, now_ms: u64) {
        let text = folded(term);
        if !text.is_empty() {
            self.put(text, now_ms, |value, _| value + 1.0);
        }
    }

    /// Keeps an answer; the newest one stands.
    pub(super) fn answer(&mut self, question: &str, answer: f32, now_ms: u64) {
        if !question.is_empty() && question.len() <= MAX_NOTE_BYTES {
            self.put(question.to_owned(), now_ms, |value, late| if late { value } else { answer });
        }
    }

    fn put(&mut self, text: String, now_ms: u64, value: impl Fn(f32, bool) -> f32) {
        let known = self.0.iter().position(|note| note.text == text).map(|index| self.0.remove(index));
        let mut note = known.unwrap_or(Note { text, value: 0.0, at_ms: 0 });
        note.value = value(note.value, is_late(note.at_ms, now_ms));
        note.at_ms = newer(note.at_ms, now_ms);
        let place = self.0.iter().position(|other| !is_late(other.at_ms, note.at_ms));
        self.0.insert(place.unwrap_or(self.0.len()), note);
        self.0.truncate(MAX_NOTES);
    }
}

/// A search term trimmed, cut, and in lower case: Latin, Greek and Cyrillic letters. The standard library's tables of
/// all scripts would be a tenth of the hot browser module.
fn folded(term: &str) -> String {
    let mut text = String::new();
    let mut end = 0;
    for letter in term.chars().map(lower).skip_while(|letter| letter.is_whitespace()) {
        if text.len() + letter.len_utf8() > MAX_NOTE_BYTES {
            break;
        }
        text.push(letter);
        end = if letter.is_whitespace() { end } else { text.len() };
    }
    text.truncate(end);
    text
}

fn lower(letter: char) -> char {
    let code = letter as u32;
    let further = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        // From Ā to ķ, and from Ŋ to ŷ, capitals are even and their small letters follow; İ and ı are a pair apart.
        'Ā'..='ķ' if code != 0x130 => (code + 1) % 2,
        'Ŋ'..='ŷ' => (code + 1) % 2,
        'Ĺ'..='ň' | 'Ź'..='ž' => code % 2,
        _ => 0,
    };
    char::from_u32(code + further).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_lowered_as_the_standard_library_does() {
        for letter in ('\0'..='\u{17f}').chain('Α'..='ω').chain('Ѐ'..='џ') {
            let full: Vec<char> = letter.to_lowercase().collect();
            if full.len() == 1 && letter != 'Ÿ' {
                assert_eq!(lower(letter), full[0], "{letter}");
            }
        }
    }

    #[test]
    fn the_oldest_note_gives_way_and_a_late_answer_changes_nothing() {
        let mut notes = Notes::default();
        for step in 0..40u64 {
            notes.count(&format!("  Term {step} "), 1_000 + step);
        }
        assert_eq!(notes.as_slice().len(), MAX_NOTES);
        assert_eq!(notes.as_slice()[0].text, "term 39");
        notes.count("TERM 20", 5_000);
        assert_eq!((notes.as_slice()[0].value, notes.as_slice()[0].text.as_str()), (2.0, "term 20"));
        notes.count(&"ü".repeat(100), 6_000);
        assert_eq!(notes.as_slice()[0].text.len(), MAX_NOTE_BYTES);
        let mut answers = Notes::default();
        answers.answer("nps", 9.0, 5_000);
        answers.answer("nps", 2.0, 4_000);
        answers.answer("", 2.0, 4_000);
        assert_eq!(answers.as_slice(), [Note { text: "nps".to_owned(), value: 9.0, at_ms: 5_000 }]);
    }
}
