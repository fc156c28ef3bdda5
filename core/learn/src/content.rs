//! Content neighbours: which items of the catalogue resemble each other, without any visitor.

use crate::catalogue::{Catalogue, CatalogueItem};
use crate::lists::Lists;
use homebody_protocol::table::FacetKind;
use std::collections::BTreeMap;

/// A term in more items than this neither finds nor separates anything in a large catalogue, and walking its
/// postings is what would cost time.
const MAX_ITEMS_PER_TERM: usize = 2_000;
/// The cap never falls below this, so that small catalogues keep their few genres.
const MIN_TERM_CAP: usize = 500;
/// Of a long description only the first words count: bounds the work an item can cause.
const MAX_WORDS: usize = 200;
/// Shorter words are articles and units.
const MIN_WORD_CHARS: usize = 2;
/// Cosines below this are coincidence.
const MIN_COSINE: f32 = 0.05;

/// For each catalogue row the `length` most similar other items by cosine of TF-IDF vectors over words and
/// facets, most similar first, cosine in (0, 1].
///
/// A facet counts as a word of its kind's weight (brand 1.5, category 1, tag 1): it is chosen by the shop,
/// a word by chance. Works through an inverted index, term by term; memory is the index plus one row.
pub fn neighbours(catalogue: &Catalogue, length: usize) -> Lists {
    let keyed = |list: Vec<(u32, f32)>| {
        list.into_iter().map(|(other, cosine)| (catalogue.items[other as usize].key, cosine)).collect()
    };
    nearest(catalogue, length).into_iter().map(keyed).collect()
}

/// [`neighbours`] by catalogue row instead of key.
pub fn nearest(catalogue: &Catalogue, length: usize) -> Vec<Vec<(u32, f32)>> {
    let vectors = tfidf(catalogue);
    let index = postings(&vectors);
    let mut cosines = vec![0.0f32; vectors.len()];
    let mut touched: Vec<u32> = Vec::new();
    let row = |vector: (usize, &Vec<(u32, f32)>)| {
        let (row, vector) = vector;
        for &(term, weight) in vector {
            for &(other, other_weight) in &index[term as usize] {
                if cosines[other as usize] == 0.0 {
                    touched.push(other);
                }
                cosines[other as usize] += weight * other_weight;
            }
        }
        let list = closest(&cosines, &touched, row, length);
        for other in touched.drain(..) {
            cosines[other as usize] = 0.0;
        }
        list
    };
    vectors.iter().enumerate().map(row).collect()
}

/// Unit-length TF-IDF vectors, terms ascending; terms that are too common or stand alone are left out.
fn tfidf(catalogue: &Catalogue) -> Vec<Vec<(u32, f32)>> {
    let mut dictionary: BTreeMap<String, u32> = BTreeMap::new();
    let mut documents: Vec<u32> = Vec::new();
    let mut counted: Vec<Vec<(u32, f32)>> = Vec::with_capacity(catalogue.items.len());
    for item in &catalogue.items {
        let mut terms: BTreeMap<u32, f32> = BTreeMap::new();
        for (term, weight) in terms_of(item, &catalogue.facet_kinds) {
            let next = dictionary.len() as u32;
            let id = *dictionary.entry(term).or_insert(next);
            *terms.entry(id).or_insert(0.0) += weight;
        }
        documents.resize(dictionary.len(), 0);
        for id in terms.keys() {
            documents[*id as usize] += 1;
        }
        counted.push(terms.into_iter().collect());
    }
    let cap = (catalogue.items.len() / 2).clamp(MIN_TERM_CAP, MAX_ITEMS_PER_TERM);
    let items = catalogue.items.len() as f32;
    for vector in &mut counted {
        vector.retain(|(id, _)| (2..=cap).contains(&(documents[*id as usize] as usize)));
        for (id, weight) in vector.iter_mut() {
            let idf = libm::logf(1.0 + items / documents[*id as usize] as f32);
            *weight = libm::log1pf(*weight) * idf;
        }
        normalise(vector);
    }
    counted
}

fn terms_of<'a>(item: &'a CatalogueItem, kinds: &'a [FacetKind]) -> impl Iterator<Item = (String, f32)> + 'a {
    let words = item
        .text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= MIN_WORD_CHARS)
        .take(MAX_WORDS)
        .map(|word| (word.to_lowercase(), 1.0));
    let facets = item.facets.iter().filter_map(|&facet| {
        let kind = kinds.get(usize::from(facet))?;
        let weight = if *kind == FacetKind::Brand { 1.5 } else { 1.0 };
        Some((format!("\u{0}{facet}"), weight))
    });
    words.chain(facets)
}

fn normalise(vector: &mut [(u32, f32)]) {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    if length > 0.0 {
        for (_, weight) in vector {
            *weight /= length;
        }
    }
}

fn postings(vectors: &[Vec<(u32, f32)>]) -> Vec<Vec<(u32, f32)>> {
    let terms = vectors.iter().flatten().map(|(term, _)| *term as usize + 1).max().unwrap_or(0);
    let mut index = vec![Vec::new(); terms];
    for (row, vector) in (0u32..).zip(vectors) {
        for &(term, weight) in vector {
            index[term as usize].push((row, weight));
        }
    }
    index
}

fn closest(cosines: &[f32], touched: &[u32], own: usize, length: usize) -> Vec<(u32, f32)> {
    let order = |left: &(u32, f32), right: &(u32, f32)| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0));
    let mut found: Vec<(u32, f32)> = touched
        .iter()
        .map(|&other| (other, cosines[other as usize]))
        .filter(|&(other, cosine)| other as usize != own && cosine >= MIN_COSINE)
        .collect();
    if length < found.len() && length > 0 {
        found.select_nth_unstable_by(length - 1, order);
    }
    found.truncate(length);
    found.sort_unstable_by(order);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use homebody_protocol::ItemKey;
    use proptest::prelude::*;

    fn catalogue(texts: &[(&str, &[u16])]) -> Catalogue {
        let item = |(key, (text, facets)): (u32, &(&str, &[u16]))| CatalogueItem {
            key: ItemKey(key),
            text: (*text).to_owned(),
            facets: facets.to_vec(),
        };
        Catalogue {
            items: (1u32..).zip(texts).map(item).collect(),
            facet_kinds: vec![FacetKind::Category, FacetKind::Brand],
        }
    }

    #[test]
    fn neighbours_share_rare_words_and_facets() {
        let catalogue = catalogue(&[
            ("Red wool scarf", &[0]),
            ("blue WOOL scarf", &[0]),
            ("red garden hose", &[]),
            ("unrelated", &[]),
        ]);
        let lists = neighbours(&catalogue, 2);
        assert_eq!(lists[0][0].0, ItemKey(2));
        assert_eq!(lists[0][1].0, ItemKey(3));
        assert!(lists[0][0].1 > lists[0][1].1 && lists[0][0].1 <= 1.0 + 1e-5);
        assert!(lists[3].is_empty());
    }

    /// Term frequencies of a document, by the term.
    type Terms = BTreeMap<String, f32>;

    /// ln(1 + tf) · ln(1 + N / df) of each term that another document has too.
    fn weights(document: &Terms, all: &[Terms]) -> Terms {
        let shared = |term: &String| all.iter().filter(|other| other.contains_key(term)).count();
        let weight = |(term, frequency): (&String, &f32)| {
            let documents = shared(term);
            let idf = libm::logf(1.0 + all.len() as f32 / documents as f32);
            (documents > 1).then(|| (term.clone(), libm::log1pf(*frequency) * idf))
        };
        document.iter().filter_map(weight).collect()
    }

    fn cosine(left: &Terms, right: &Terms) -> f32 {
        let dot =
            |a: &Terms, b: &Terms| a.iter().map(|(term, x)| x * b.get(term).unwrap_or(&0.0)).sum::<f32>();
        let lengths = (dot(left, left) * dot(right, right)).sqrt();
        if lengths > 0.0 { dot(left, right) / lengths } else { 0.0 }
    }

    proptest! {
        #[test]
        fn cosines_are_those_of_the_definition(
            items in prop::collection::vec((prop::collection::vec(0usize..7, 0..6), 0u16..3), 2..9),
        ) {
            const WORDS: [&str; 7] = ["red", "blue", "wool", "silk", "scarf", "hat", "glove"];
            let text = |words: &[usize]| words.iter().map(|&word| WORDS[word]).collect::<Vec<_>>().join(" ");
            // Facet 2 is none.
            let facets = |facet: u16| if facet < 2 { vec![facet] } else { Vec::new() };
            let own: Vec<(String, Vec<u16>)> =
                items.iter().map(|(words, facet)| (text(words), facets(*facet))).collect();
            let borrowed: Vec<(&str, &[u16])> =
                own.iter().map(|(text, facets)| (text.as_str(), facets.as_slice())).collect();
            let found = nearest(&catalogue(&borrowed), items.len());
            let terms = |(words, facet): &(Vec<usize>, u16)| {
                let mut terms = Terms::new();
                words.iter().for_each(|&word| *terms.entry(WORDS[word].to_owned()).or_default() += 1.0);
                if *facet < 2 {
                    terms.insert(format!("facet {facet}"), [1.0, 1.5][usize::from(*facet)]);
                }
                terms
            };
            let all: Vec<Terms> = items.iter().map(terms).collect();
            for (row, list) in found.iter().enumerate() {
                for other in (0..items.len()).filter(|&other| other != row) {
                    let expected = cosine(&weights(&all[row], &all), &weights(&all[other], &all));
                    let listed = list.iter().find(|(listed, _)| *listed as usize == other);
                    match listed {
                        Some((_, cosine)) => prop_assert!((cosine - expected).abs() < 1e-4),
                        None => prop_assert!(expected < MIN_COSINE + 1e-4, "{row} {other} {expected}"),
                    }
                }
                prop_assert!(list.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            }
        }
    }

    #[test]
    fn a_facet_alone_makes_neighbours() {
        let lists = neighbours(&catalogue(&[("", &[1]), ("", &[1]), ("x", &[])]), 5);
        assert_eq!(lists[0].iter().map(|entry| entry.0).collect::<Vec<_>>(), [ItemKey(2)]);
        assert!(lists[2].is_empty());
        assert!(neighbours(&Catalogue::default(), 5).is_empty());
    }
}
