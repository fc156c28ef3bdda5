//! Items as bags of words: the LDA-C format of topic models (Blei et al. 2003), with the words in a file beside it.

use super::Numbers;
use crate::items::Item;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The words, one a line, beside the counts.
const VOCABULARY: &str = "vocabulary.dat";

/// Reads `n word:count …` a line; the number of the line, from 0, is the item's id. Words come as often as they are
/// counted, because only a text says how often.
pub(super) fn read(path: &Path, numbers: &mut Numbers) -> Result<Vec<Item>> {
    let words = lines(&path.with_file_name(VOCABULARY))?;
    let mut items = Vec::new();
    for (number, line) in lines(path)?.iter().enumerate() {
        let text = text(line, &words).with_context(|| format!("line {}", number + 1));
        let text = text.with_context(|| format!("in `{}`", path.display()))?;
        let id = number.to_string();
        numbers.of(&id);
        items.push(Item { id, text, ..Item::default() });
    }
    Ok(items)
}

/// The lines of a file that need not be UTF-8: old vocabularies are not.
fn lines(path: &Path) -> Result<Vec<String>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect())
}

fn text(line: &str, words: &[String]) -> Result<String> {
    let mut text = String::new();
    let mut cells = line.split_whitespace();
    let said: usize = cells.next().unwrap_or("0").parse().context("expected the number of words first")?;
    let mut found = 0;
    for cell in cells {
        let pair =
            cell.split_once(':').and_then(|(word, count)| Some((word.parse().ok()?, count.parse().ok()?)));
        let Some((word, count)): Option<(usize, usize)> = pair else { bail!("`{cell}` is not `word:count`") };
        let Some(word) = words.get(word) else { bail!("there is no word {word} in `{VOCABULARY}`") };
        for _ in 0..count {
            text.push_str(word.trim());
            text.push(' ');
        }
        found += 1;
    }
    if found != said {
        bail!("{said} words are announced and {found} follow");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(counts: &str) -> Result<Vec<Item>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(VOCABULARY), b"graph\nna\xefve\nbayes").unwrap();
        let path = folder.path().join("mult.dat");
        std::fs::write(&path, counts).unwrap();
        read(&path, &mut Numbers::default())
    }

    #[test]
    fn a_line_is_an_item_and_words_come_as_often_as_they_are_counted() {
        let items = items("2 2:1 0:2\n0\n").unwrap();
        assert_eq!((items[0].id.as_str(), items[0].text.as_str()), ("0", "bayes graph graph "));
        assert_eq!((items.len(), items[1].text.as_str()), (2, ""));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let says = |counts: &str| format!("{:#}", items(counts).unwrap_err());
        assert!(says("0\n1 3:1\n").contains("line 2: there is no word 3"));
        assert!(says("1 0=1\n").contains("line 1: `0=1` is not `word:count`"));
        assert!(says("2 0:1\n").contains("2 words are announced and 1 follow"));
    }
}
