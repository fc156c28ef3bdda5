//! What is tried with inputs that nobody would think of: each file is a target of `cargo xtask fuzz`. What the targets
//! share is here: a device with consent, interactions of any kind, tables of any numbers. The inputs that fuzzing found are
//! tried again by `tests/native/corpus.rs`.
#![expect(clippy::expect_used, reason = "what cannot fail is part of what is tried")]

pub mod dap;
pub mod ledger;
pub mod patched;
pub mod profile;
pub mod rank;
pub mod record;
pub mod report;
pub mod rules;
pub mod sums;
pub mod table;
pub mod task;
pub mod trees;

use arbitrary::Arbitrary;
use homebody_device::{Consent, Device, Interaction, Purpose};
use homebody_protocol::history::Decay;
use homebody_protocol::models::{ArmPriors, Duplicates};
use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags, Table,
    TableDraft, TableKind,
};
use homebody_protocol::wire::{Section, decode};
use homebody_protocol::{CartPolicy, Exploration, Extras, ItemKey, Kind, Policy};

/// Ids come from a small set, so that interactions, rows and lists meet.
const IDS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "ü", "long-id-with-dashes", "0", ""];

/// What a target does with bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its folder in `tests/fuzz/corpus`.
pub const TARGETS: [(&str, Target); 12] = [
    ("dap", dap::run),
    ("ledger", ledger::run),
    ("patched", patched::run),
    ("profile", profile::run),
    ("rank", rank::run),
    ("record", record::run),
    ("report", report::run),
    ("rules", rules::run),
    ("sums", sums::run),
    ("table", table::run),
    ("task", task::run),
    ("trees", trees::run),
];

/// One call of the device.
#[derive(Arbitrary, Debug)]
pub struct Act {
    kind: u8,
    id: u8,
    value: f32,
    /// May go backwards.
    now_ms: u64,
}

/// Source, the numbers of a set, and the entries of its lists.
type List = (u8, f32, f32, f32, f32, Vec<(u8, f32)>);

/// A pool of any numbers.
#[derive(Arbitrary, Debug)]
pub struct Pool {
    rows: Vec<(u8, f32, f32, u32, u8, u8)>,
    lists: Vec<List>,
    blend: Vec<(u8, f32, f32, f32)>,
    evidence_k: f32,
    /// Bytes of rules, segments, intent, linear prior, trees.
    sections: [Vec<u8>; 5],
    /// Click-rate priors and duplicate groups, repeated for all rows.
    arms: Vec<(f32, f32, u32)>,
    /// The placement's numbers.
    pub policy: Numbers,
}

/// A policy of any numbers.
#[derive(Arbitrary, Debug)]
pub struct Numbers {
    floats: [f32; 11],
    bytes: [u8; 5],
}

/// A device with consent to personalise.
pub fn consenting() -> Device {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device
}

/// Lets something happen.
pub fn act(device: &mut Device, act: &Act) {
    let Some(kind) = Kind::from_code(act.kind % 21) else { return };
    let id = IDS[usize::from(act.id) % IDS.len()];
    device.record(&Interaction::new(kind, id).with_value(act.value), act.now_ms);
}

/// Reads a table column by column, if these bytes are one. A checksum stands before everything else; without the right
/// one nothing behind it would ever be reached.
pub fn walk(bytes: &[u8]) {
    let bytes = sealed(bytes);
    let Ok(table) = Table::read(&bytes) else { return };
    for row in 0..table.rows() {
        assert_eq!(table.row_of(table.key(row)), Some(row));
        let _ = (table.id(row), table.display(row), table.added_at(row), table.flags(row));
        let numbers = [table.popularity(row), table.trend(row), table.price(row).unwrap_or(0.0)];
        assert!(numbers.iter().all(|number| number.is_finite()));
        for facet in table.facets(row) {
            let _ = table.facet(facet);
        }
        for list in table.list_sets() {
            let history = vec![1.0; table.vocabulary_len()];
            assert!(!homebody_protocol::score_row(&list, row, &history).is_nan());
        }
    }
}

/// The bytes with a right length and checksum in their head, if they have one.
pub fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    if bytes.len() < 32 {
        return bytes;
    }
    let length = bytes.len() as u32;
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    bytes[28..32].fill(0);
    let mut sum = 0x811c_9dc5u32;
    for word in bytes.chunks_exact(4) {
        sum = (sum ^ u32::from_le_bytes([word[0], word[1], word[2], word[3]])).wrapping_mul(0x0100_0193);
    }
    bytes[28..32].copy_from_slice(&sum.to_le_bytes());
    bytes
}

impl Numbers {
    /// As a policy, not made sane.
    pub fn policy(&self) -> Policy {
        let [alpha, diversity, max_similarity, calibration, strength, share, impressions, ..] = self.floats;
        let [category, brand, slots, exploration, cart] = self.bytes;
        Policy {
            alpha,
            diversity,
            max_similarity,
            calibration,
            exploration_strength: strength,
            fresh_share: share,
            fresh_impressions: impressions,
            cart_boost: self.floats[7],
            cart_idle_minutes: self.floats[8],
            impression_discount: self.floats[9],
            impression_recovery_hours: self.floats[10],
            max_per_category: category,
            max_per_brand: brand,
            serendipity_slots: slots,
            exploration: [Exploration::None, Exploration::Thompson, Exploration::LinTs]
                [usize::from(exploration) % 3],
            cart: [CartPolicy::Exclude, CartPolicy::Abandoned, CartPolicy::Always][usize::from(cart) % 3],
        }
    }
}

impl Pool {
    /// As a table; `None` when the encoder refuses it.
    pub fn encoded(&self, kind: TableKind) -> Option<Vec<u8>> {
        let mut rows: Vec<Row> = Vec::new();
        for &(id, popularity, trend, added_at, flags, facet) in self.rows.iter().take(64) {
            let id = IDS[usize::from(id) % (IDS.len() - 1)];
            if rows.iter().all(|row| row.id != id) {
                let (price, facets) = (Some(popularity.abs()), vec![u16::from(facet) % 6]);
                let (id, flags, display) = (id.to_owned(), RowFlags(flags & 3), String::new());
                rows.push(Row { id, popularity, trend, added_at, price, flags, facets, display });
            }
        }
        let count = rows.len();
        let list_sets = self.lists.iter().take(8).map(|set| list_set(set, rows.len())).collect();
        let draft = TableDraft {
            kind,
            id_seed: 0,
            created_at: 0,
            open: true,
            rows,
            facets: facets(),
            list_sets,
            blend: Blend {
                evidence_k: self.evidence_k,
                features: self.blend.iter().take(8).map(feature).collect(),
            },
            extras: self.extras(count),
        };
        draft.encode().ok()
    }

    fn extras(&self, rows: usize) -> Extras {
        let [rules, segments, intent, linear, trees] = &self.sections;
        let arms: Vec<&(f32, f32, u32)> = self.arms.iter().cycle().take(rows).collect();
        Extras {
            policy: self.policy.policy().sane(),
            rules: section(rules),
            segments: section(segments),
            intent: section(intent),
            linear: section(linear),
            trees: section(trees),
            arms: ArmPriors(arms.iter().map(|(clicks, left_alone, _)| (*clicks, *left_alone)).collect()),
            duplicates: Duplicates(arms.iter().map(|(_, _, group)| *group).collect()),
            ..Extras::default()
        }
    }
}

fn section<S: Section>(bytes: &[u8]) -> S {
    decode(bytes).unwrap_or_default()
}

fn facets() -> Vec<Facet> {
    let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
    (0..6).map(|index| Facet { kind: kinds[index % 3], name: index.to_string() }).collect()
}

fn feature(&(code, weight, mean, sd): &(u8, f32, f32, f32)) -> FeatureWeight {
    let feature = Feature::from_code(u32::from(code % 6) + 1).unwrap_or(Feature::Popularity);
    FeatureWeight { feature, weight, mean, sd }
}

fn list_set(set: &List, rows: usize) -> ListSetDraft {
    let (source, rate, weight, mean, sd, entries) = set;
    let entry = |&(id, weight): &(u8, f32)| (ItemKey::derive(0, IDS[usize::from(id) % IDS.len()]), weight);
    let list: Vec<(ItemKey, f32)> = entries.iter().take(20).map(entry).collect();
    ListSetDraft {
        source: if source & 1 == 0 { ListSource::Collaborative } else { ListSource::Content },
        decay: if source & 2 == 0 {
            Decay::Positions { rate: *rate }
        } else {
            Decay::Days { half_life: *rate }
        },
        weight: *weight,
        mean: *mean,
        sd: *sd,
        lists: vec![list; rows],
    }
}
