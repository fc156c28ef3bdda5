//! The table format through its public door: round trips, golden files and damaged bytes.

use homebody_protocol::history::Decay;
use homebody_protocol::score::spread_history;
use homebody_protocol::table::{
    Blend, EncodeError, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags,
    Table, TableDraft, TableError, TableKind,
};
use homebody_protocol::{ItemKey, score_row};
use proptest::prelude::*;

fn row(id: &str) -> Row {
    Row {
        id: id.to_owned(),
        popularity: 1.5,
        trend: 0.25,
        added_at: 1_700_000_000,
        price: Some(9.5),
        flags: RowFlags::default(),
        facets: vec![],
        display: String::new(),
    }
}

/// Three items with every section filled; the committed golden file is this draft.
fn draft() -> TableDraft {
    let item = |id: &str| ItemKey::derive(7, id);
    let lists = vec![
        vec![(item("b"), 0.5), (item("ausverkauft-ü"), -0.25)],
        vec![(item("a"), 1.0), (item("gone"), 0.001)],
        vec![],
    ];
    TableDraft {
        kind: TableKind::Pool,
        id_seed: 7,
        created_at: 1_763_900_000,
        open: true,
        rows: vec![
            Row { facets: vec![0, 2], display: r#"{"title":"Alpha"}"#.to_owned(), ..row("a") },
            Row { facets: vec![1], price: None, display: r#"{"title":"Béta"}"#.to_owned(), ..row("b") },
            Row { flags: RowFlags(RowFlags::OUT_OF_STOCK), added_at: 0, ..row("ausverkauft-ü") },
        ],
        facets: vec![
            Facet { kind: FacetKind::Category, name: "Drama".to_owned() },
            Facet { kind: FacetKind::Brand, name: "Märklin".to_owned() },
            Facet { kind: FacetKind::Tag, name: "Drama".to_owned() },
        ],
        list_sets: vec![
            ListSetDraft {
                source: ListSource::Collaborative,
                decay: Decay::Positions { rate: 0.8 },
                weight: 1.0,
                mean: 0.1,
                sd: 0.5,
                lists: lists.clone(),
            },
            ListSetDraft {
                source: ListSource::Content,
                decay: Decay::Days { half_life: 30.0 },
                weight: 0.25,
                mean: 0.0,
                sd: 1.0,
                lists,
            },
        ],
        blend: Blend {
            evidence_k: 2.0,
            features: vec![FeatureWeight { feature: Feature::Trend, weight: 0.5, mean: 0.2, sd: 1.5 }],
        },
        extras: homebody_protocol::Extras::default(),
    }
}

#[test]
fn every_column_reads_back() {
    let bytes = draft().encode().unwrap();
    let table = Table::read(&bytes).unwrap();
    let head = table.header();
    assert_eq!((head.kind, head.rows, head.id_seed, head.open), (TableKind::Pool, 3, 7, true));
    assert_eq!(table.id(2), "ausverkauft-ü");
    assert_eq!(table.row_of(ItemKey::derive(7, "b")), Some(1));
    assert_eq!(table.row_of(ItemKey::derive(7, "nowhere")), None);
    assert_eq!(table.price(0), Some(9.5));
    assert_eq!(table.price(1), None);
    assert_eq!(table.added_at(2), None);
    assert!(table.flags(2).out_of_stock() && !table.flags(0).out_of_stock());
    assert_eq!(table.facets(0).collect::<Vec<_>>(), [0, 2]);
    let (kind, key, name) = table.facet(2);
    assert_eq!((kind, key, name), (FacetKind::Tag, FacetKind::Tag.key(7, "Drama"), "Drama"));
    assert_ne!(FacetKind::Category.key(7, "Drama"), key, "a category and a tag of one name stay apart");
    assert_eq!(table.display(1), r#"{"title":"Béta"}"#);
    assert_eq!(table.display(2), "");
    assert_eq!(table.blend(), &draft().blend);
}

#[test]
fn lists_score_what_they_were_given() {
    let bytes = draft().encode().unwrap();
    let table = Table::read(&bytes).unwrap();
    let sets: Vec<_> = table.list_sets().collect();
    assert_eq!(sets.len(), 2);
    assert_eq!(sets[0].decay(), Decay::Positions { rate: 0.8 });
    assert_eq!(sets[1].source(), ListSource::Content);
    let history = [(ItemKey::derive(7, "b"), 0.5), (ItemKey::derive(7, "stranger"), 0.5)];
    let dense = spread_history(&history, table.vocabulary_len(), |key| table.vocabulary_index(key));
    assert!((score_row(&sets[0], 0, &dense) - 0.25).abs() < 0.002);
    assert_eq!(score_row(&sets[0], 1, &dense), 0.0);
    assert_eq!(score_row(&sets[0], 2, &dense), 0.0);
    assert_eq!(sets[0].entries(1).count(), 1, "an entry that rounds to nothing is dropped");
}

/// The bytes of format version 1, as released: they must stay readable and stay what the encoder writes.
/// With `HOMEBODY_BLESS` set the file is written anew, for a change of the format before its release.
#[test]
fn the_golden_table_is_what_the_encoder_writes() {
    let bytes = draft().encode().unwrap();
    if std::env::var_os("HOMEBODY_BLESS").is_some() {
        bless(&bytes);
    }
    assert!(
        bytes == include_bytes!("../testdata/table-v1.bin"),
        "the encoder writes other bytes than version 1"
    );
}

#[expect(clippy::disallowed_methods, reason = "the one test that writes: a golden file")]
fn bless(bytes: &[u8]) {
    let written = std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/table-v1.bin"), bytes);
    assert!(written.is_ok(), "{written:?}");
}

#[test]
fn golden_damage_fails_with_its_code() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("../testdata/tables.json")).unwrap();
    let whole = include_bytes!("../testdata/table-v1.bin");
    for case in golden["cases"].as_array().unwrap() {
        let mut bytes = whole.to_vec();
        if let Some(len) = case["truncate"].as_u64() {
            bytes.truncate(usize::try_from(len).unwrap());
        }
        if let Some(extra) = case["append"].as_u64() {
            bytes.resize(bytes.len() + usize::try_from(extra).unwrap(), 0);
        }
        for patch in case["patch"].as_array().into_iter().flatten() {
            let at = usize::try_from(patch[0].as_u64().unwrap()).unwrap();
            bytes[at] = u8::try_from(patch[1].as_u64().unwrap()).unwrap();
        }
        let code = Table::read(&bytes).err().map(|error| error.code());
        assert_eq!(code, case["error"].as_str(), "{}", case["name"]);
    }
}

#[test]
fn drafts_that_no_reader_would_take_are_refused() {
    let mut twice = draft();
    twice.rows[1].id = "a".to_owned();
    assert!(
        matches!(twice.encode(), Err(EncodeError::KeyCollision { first, second, seed: 7 }) if first == second)
    );
    let mut nan = draft();
    nan.rows[2].trend = f32::NAN;
    assert_eq!(nan.encode(), Err(EncodeError::Number { field: "trend", index: 2 }));
    let mut infinite = draft();
    infinite.rows[0].price = Some(f32::INFINITY);
    assert_eq!(infinite.encode(), Err(EncodeError::Number { field: "price", index: 0 }));
    let mut nameless = draft();
    nameless.rows[0].id.clear();
    assert_eq!(nameless.encode(), Err(EncodeError::EmptyId(0)));
    let mut stray = draft();
    stray.rows[0].facets = vec![3];
    assert_eq!(stray.encode(), Err(EncodeError::UnknownFacet(0)));
    let mut short = draft();
    short.list_sets[1].lists.pop();
    assert_eq!(short.encode(), Err(EncodeError::ListCount(1)));
    let mut flat = draft();
    flat.list_sets[0].sd = 0.0;
    assert_eq!(flat.encode(), Err(EncodeError::Number { field: "sd", index: 0 }));
}

#[test]
fn an_empty_table_is_a_table() {
    let empty = TableDraft { rows: vec![], facets: vec![], list_sets: vec![], ..draft() };
    let bytes = empty.encode().unwrap();
    assert_eq!(Table::read(&bytes).unwrap().rows(), 0);
}

#[test]
fn a_consistent_forgery_is_still_checked() {
    // A damaged list behind a correct checksum: what a buggy or hostile publisher could sign.
    let mut bytes = draft().encode().unwrap();
    let at = bytes.windows(4).position(|tag| tag == b"VOCB").unwrap();
    bytes[at + 8] = 4;
    let sum = checksum(&bytes);
    bytes[28..32].copy_from_slice(&sum.to_le_bytes());
    assert!(matches!(Table::read(&bytes), Err(TableError::Malformed(_))));
}

fn checksum(bytes: &[u8]) -> u32 {
    let words = bytes.chunks_exact(4).enumerate();
    words.fold(0x811c_9dc5, |hash: u32, (index, word)| {
        let word = if index == 7 { 0 } else { u32::from_le_bytes([word[0], word[1], word[2], word[3]]) };
        (hash ^ word).wrapping_mul(0x0100_0193)
    })
}

proptest! {
    #[test]
    fn any_flipped_bit_is_noticed(bit in 0usize..(include_bytes!("../testdata/table-v1.bin").len() * 8)) {
        let mut bytes = include_bytes!("../testdata/table-v1.bin").to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Table::read(&bytes).is_err());
    }

    #[test]
    fn any_truncation_is_noticed(len in 0usize..include_bytes!("../testdata/table-v1.bin").len()) {
        prop_assert!(Table::read(&include_bytes!("../testdata/table-v1.bin")[..len]).is_err());
    }

    /// Whatever stands behind a correct checksum, reading never panics, and neither does any accessor.
    #[test]
    fn forged_bytes_never_panic(patches in prop::collection::vec((32usize..900, any::<u8>()), 1..6)) {
        let mut bytes = include_bytes!("../testdata/table-v1.bin").to_vec();
        for (at, value) in patches {
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
        }
        let sum = checksum(&bytes);
        bytes[28..32].copy_from_slice(&sum.to_le_bytes());
        if let Ok(table) = Table::read(&bytes) {
            for row in 0..table.rows() {
                let _ = (table.id(row), table.display(row), table.price(row), table.added_at(row), table.flags(row));
                let _ = table.facets(row).map(|facet| table.facet(facet).2.len()).sum::<usize>();
                for set in table.list_sets() {
                    let _ = score_row(&set, row, &vec![1.0; table.vocabulary_len()]);
                }
            }
        }
    }

    #[test]
    fn tables_round_trip(ids in prop::collection::btree_set("[a-zäß0-9_-]{1,12}", 1..40), seed in any::<u32>()) {
        let rows: Vec<Row> = ids.iter().map(|id| row(id)).collect();
        let lists = rows.iter().map(|row| vec![(ItemKey::derive(seed, &row.id), 1.0)]).collect();
        let set = ListSetDraft { lists, ..draft().list_sets[0].clone() };
        let draft = TableDraft { id_seed: seed, rows, facets: vec![], list_sets: vec![set], ..draft() };
        match draft.encode() {
            Err(EncodeError::KeyCollision { .. }) => {}
            Err(error) => prop_assert!(false, "{error}"),
            Ok(bytes) => {
                let table = Table::read(&bytes).unwrap();
                for (row, id) in ids.iter().enumerate() {
                    prop_assert_eq!(table.id(row), id);
                    prop_assert_eq!(table.row_of(ItemKey::derive(seed, id)), Some(row));
                }
            }
        }
    }
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    let mut bad = draft();
    bad.blend.features[0].sd = 0.0;
    assert_eq!(bad.encode(), Err(EncodeError::Number { field: "blend", index: 0 }));
    let mut bad = draft();
    bad.blend.evidence_k = f32::NAN;
    assert_eq!(bad.encode().unwrap_err().code(), "not_finite");
    let mut bad = draft();
    bad.extras.policy.diversity = 3.0;
    assert_eq!(bad.encode(), Err(EncodeError::Section("PLCY")));
    let mut bad = draft();
    bad.extras.arms.0 = vec![(1.0, 1.0)];
    assert_eq!(bad.encode(), Err(EncodeError::TooMany("bandit priors")));
}

#[test]
fn small_sections_come_back() {
    let mut full = draft();
    full.extras.policy.max_per_brand = 2;
    full.extras.arms.0 = vec![(1.0, 9.0); full.rows.len()];
    let table = Table::read(full.encode().unwrap()).unwrap();
    assert_eq!(table.extras(), &full.extras);
}
