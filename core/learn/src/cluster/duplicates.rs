//! Near duplicates: the same thing listed twice, a colour or a size apart, of which a list should show one.

use super::dbscan::{Cluster, dbscan};
use crate::catalogue::Catalogue;

/// Cosine of the content from which two items may be the same thing.
pub const DUPLICATE_COSINE: f32 = 0.9;
/// Items share a title when this share of all their words is common.
const SAME_WORDS: f32 = 0.8;
/// Of a long text only the first words are compared.
const MAX_WORDS: usize = 40;

/// Group of each catalogue row, 0 for an item that resembles no other; groups are numbered from 1 in row order.
///
/// Two items are near duplicates when one's content neighbours name the other with at least `cosine`, and their texts
/// share four words of five (Jaccard 1901). What resembles something of a group joins it: DBSCAN where one neighbour makes
/// a dense region. Empty when nothing resembles anything.
pub fn groups(catalogue: &Catalogue, neighbours: &[Vec<(u32, f32)>], cosine: f32) -> Vec<u32> {
    let words: Vec<Vec<String>> = catalogue.items.iter().map(|item| words(&item.text)).collect();
    let same = |row: usize| {
        let near = neighbours.get(row).into_iter().flatten().copied();
        let alike = near.filter(|&(other, found)| {
            found >= cosine && words.get(other as usize).is_some_and(|other| same_words(&words[row], other))
        });
        alike.collect()
    };
    let alike: Vec<Vec<(u32, f32)>> = (0..words.len()).map(same).collect();
    let found = dbscan(&alike, cosine, 1);
    let number = |cluster: &Cluster| cluster.map_or(0, |cluster| cluster + 1);
    if found.iter().all(Option::is_none) { Vec::new() } else { found.iter().map(number).collect() }
}

/// Distinct words, ascending.
fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = split.take(MAX_WORDS).map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn same_words(left: &[String], right: &[String]) -> bool {
    let common = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    let all = left.len() + right.len() - common;
    common > 0 && common as f32 >= SAME_WORDS * all as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CatalogueItem;
    use crate::content;
    use homebody_protocol::ItemKey;

    fn catalogue(texts: &[&str]) -> Catalogue {
        let item = |(text, key): (&&str, u32)| CatalogueItem {
            key: ItemKey(key),
            text: (*text).to_owned(),
            facets: Vec::new(),
        };
        Catalogue { items: texts.iter().zip(1..).map(item).collect(), facet_kinds: Vec::new() }
    }

    #[test]
    fn the_same_thing_twice_is_one_group() {
        let catalogue = catalogue(&[
            "Oak table with four drawers and brass handles",
            "garden hose 20 m",
            "OAK TABLE, with four drawers and brass handles!",
            "oak chair",
            "Oak table with four drawers and brass handles new",
            "garden hose 50 m",
        ]);
        let near = content::nearest(&catalogue, 5);
        assert_eq!(groups(&catalogue, &near, 0.5), [1, 0, 1, 0, 1, 0]);
    }

    #[test]
    fn close_content_with_other_words_is_no_duplicate() {
        let catalogue = catalogue(&["red wool scarf", "blue silk shawl"]);
        assert!(groups(&catalogue, &[vec![(1, 1.0)], vec![]], 0.9).is_empty());
        assert!(groups(&Catalogue::default(), &[vec![(7, 1.0)]], 0.9).is_empty());
        assert!(groups(&catalogue, &[vec![(7, 1.0)]], 0.9).is_empty(), "a neighbour past the end");
    }
}
