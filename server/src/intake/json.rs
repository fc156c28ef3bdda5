//! What is wrong with a line of JSON.

use super::problem::ProblemCode;

/// Code and words for a parser's complaint about `text`, one line.
///
/// JSON has no NaN and no infinity, yet exporters write them: they get the code of their kind, because
/// "expected value" sends nobody to the right place.
pub fn json_fault(error: &serde_json::Error, text: &str) -> (ProblemCode, String) {
    let message = error.to_string();
    let at = error.column().saturating_sub(1);
    if message.starts_with("number out of range") || writes_no_number(text, at) {
        return (ProblemCode::NotFinite, format!("a number at column {} is NaN or infinite", at + 1));
    }
    let words = message.split(" at line").next().unwrap_or_default();
    (ProblemCode::BadJson, format!("not a JSON object: {words} at column {}", error.column()))
}

/// Whether a value at or right before `at` is a bare NaN or infinity.
fn writes_no_number(text: &str, at: usize) -> bool {
    // The parser may stop at the first or the second letter, or at the one after a minus.
    (at.saturating_sub(2)..=at).any(|start| {
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.strip_prefix('-').unwrap_or(rest);
        let alone = text
            .get(..start)
            .is_none_or(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '"'));
        alone && ["NaN", "nan", "NAN", "Inf", "inf", "INF"].iter().any(|name| word.starts_with(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> ProblemCode {
        json_fault(&serde_json::from_str::<serde_json::Value>(text).unwrap_err(), text).0
    }

    #[test]
    fn tells_no_numbers_from_no_json() {
        for text in
            [r#"{"price": NaN}"#, r#"{"price":-Infinity}"#, r#"{"price":Infinity,"x":1}"#, r#"{"p":1e999}"#]
        {
            assert_eq!(code(text), ProblemCode::NotFinite, "{text}");
        }
        for text in
            ["{", "[1", r#"{"a":1,}"#, r#"{"a":infant}"#.replace("infant", "yes").as_str(), "id,title"]
        {
            assert_eq!(code(text), ProblemCode::BadJson, "{text}");
        }
    }
}
