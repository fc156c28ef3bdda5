//! Tables within a bound of bytes, and what they give up for it.

use homebody_protocol::history::Decay;
use homebody_protocol::models::Duplicates;
use homebody_protocol::table::{
    Blend, ListSetDraft, ListSource, Row, RowFlags, Table, TableDraft, TableKind,
};
use homebody_protocol::{Extras, ItemKey};
use proptest::prelude::*;

/// Items that are spoken for by the next `entries` ones, with falling weight; the first are the most popular.
fn draft(items: usize, entries: usize) -> TableDraft {
    let row = |index: usize| Row {
        id: format!("item-{index}"),
        popularity: (items - index) as f32,
        trend: 0.0,
        added_at: 0,
        price: None,
        flags: RowFlags::default(),
        facets: Vec::new(),
        display: String::new(),
    };
    let list = |index: usize| {
        let entry = |step: usize| {
            (ItemKey::derive(3, &format!("item-{}", (index + step) % items)), 1.0 / step as f32)
        };
        (1..=entries).map(entry).collect()
    };
    let set = ListSetDraft {
        source: ListSource::Collaborative,
        decay: Decay::Positions { rate: 0.8 },
        weight: 1.0,
        mean: 0.0,
        sd: 1.0,
        lists: (0..items).map(list).collect(),
    };
    TableDraft {
        kind: TableKind::Catalogue,
        id_seed: 3,
        created_at: 0,
        open: false,
        rows: (0..items).map(row).collect(),
        facets: Vec::new(),
        list_sets: vec![set.clone(), ListSetDraft { source: ListSource::Content, ..set }],
        blend: Blend::default(),
        extras: Extras { duplicates: Duplicates(vec![1; items]), ..Extras::default() },
    }
}

fn longest(draft: &TableDraft) -> usize {
    draft.list_sets.iter().flat_map(|set| &set.lists).map(Vec::len).max().unwrap_or(0)
}

#[test]
fn what_fits_stays_as_it_is() {
    let draft = draft(40, 30);
    let bytes = draft.encode().unwrap();
    assert!(draft.within(bytes.len()).unwrap().encode().unwrap() == bytes);
}

#[test]
fn lists_are_shortened_to_what_fits_before_a_row_goes() {
    let whole = draft(100, 60);
    let most = whole.encode().unwrap().len() / 2;
    let cut = whole.clone().within(most).unwrap();
    assert_eq!(cut.rows.len(), 100);
    let length = longest(&cut);
    assert!((10..60).contains(&length));
    assert!(cut.encode().unwrap().len() <= most);
    // The strongest stay, and one more would have been too many.
    assert_eq!(cut.list_sets[1].lists[7], whole.list_sets[1].lists[7][..length]);
    let mut longer = whole;
    longer.list_sets.iter_mut().flat_map(|set| &mut set.lists).for_each(|list| list.truncate(length + 1));
    assert!(longer.encode().unwrap().len() > most);
}

#[test]
fn rows_go_from_the_end_where_short_lists_are_too_many() {
    let whole = draft(200, 60);
    let cut = whole.clone().within(12_000).unwrap();
    let bytes = cut.encode().unwrap();
    assert!(bytes.len() <= 12_000 && cut.rows.len() > 60, "{} bytes, {} rows", bytes.len(), cut.rows.len());
    assert_eq!(cut.rows.last().unwrap().id, whole.rows[cut.rows.len() - 1].id);
    assert_eq!(cut.extras.duplicates.0.len(), cut.rows.len());
    assert!(longest(&cut) >= 10);
    assert!(Table::read(bytes).is_ok());
}

#[test]
fn beyond_two_bytes_only_the_most_popular_speak() {
    let whole = draft(70_000, 2);
    let most = whole.encode().unwrap().len() - 1;
    let cut = whole.within(most).unwrap();
    let bytes = cut.encode().unwrap();
    let table = Table::read(&bytes).unwrap();
    assert_eq!((table.rows(), table.vocabulary_len()), (70_000, 1 << 16));
    assert!(table.vocabulary_index(ItemKey::derive(3, "item-0")).is_some());
    assert!(table.vocabulary_index(ItemKey::derive(3, "item-69999")).is_none());
}

proptest! {
    #[test]
    fn every_bound_is_kept(items in 1usize..60, entries in 0usize..40, most in 0usize..20_000) {
        let cut = draft(items, entries.min(items)).within(most).unwrap();
        let bytes = cut.encode().unwrap();
        prop_assert!(bytes.len() <= most || cut.rows.is_empty());
        prop_assert!(Table::read(bytes).is_ok());
    }
}
