//! A small shop for the tests: six items, two categories, lists that pair them up.

use homebody_device::{Consent, Device, Interaction, Purpose};
use homebody_protocol::history::Decay;
use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags, TableDraft,
    TableKind,
};
use homebody_protocol::{ItemKey, Kind};

pub(crate) const SEED: u32 = 0;
pub(crate) const IDS: [&str; 6] = ["alien", "heat", "up", "coco", "solaris", "ronin"];

/// Pool rows in neutral order; `alien`, `solaris` are science fiction, `heat`, `ronin` crime, the rest family.
pub(crate) fn draft(kind: TableKind, ids: &[&str]) -> TableDraft {
    let facet = |name: &str| Facet { kind: FacetKind::Category, name: name.to_owned() };
    let category = |id: &str| match id {
        "alien" | "solaris" => 0,
        "heat" | "ronin" => 1,
        _ => 2,
    };
    let rows = ids.iter().zip(0u8..).map(|(id, place)| Row {
        id: (*id).to_owned(),
        popularity: 6.0 - f32::from(place),
        trend: 1.0,
        added_at: 0,
        price: Some(10.0),
        flags: RowFlags::default(),
        facets: vec![category(id)],
        display: String::new(),
    });
    TableDraft {
        kind,
        id_seed: SEED,
        created_at: 1_763_900_000,
        open: true,
        rows: rows.collect(),
        facets: vec![facet("Science fiction"), facet("Crime"), facet("Family")],
        list_sets: vec![ListSetDraft {
            source: ListSource::Collaborative,
            decay: Decay::Positions { rate: 0.8 },
            weight: 3.0,
            mean: 0.0,
            sd: 0.5,
            lists: ids.iter().map(|id| speaks_for(id)).collect(),
        }],
        blend: Blend {
            evidence_k: 1.0,
            features: vec![
                FeatureWeight { feature: Feature::Popularity, weight: 0.5, mean: 3.0, sd: 2.0 },
                FeatureWeight { feature: Feature::Category, weight: 0.5, mean: 0.0, sd: 0.3 },
            ],
        },
        extras: homebody_protocol::Extras::default(),
    }
}

fn speaks_for(id: &str) -> Vec<(ItemKey, f32)> {
    let partner = match id {
        "alien" => "solaris",
        "solaris" => "alien",
        "heat" => "ronin",
        "ronin" => "heat",
        "up" => "coco",
        _ => "up",
    };
    vec![(key(partner), 1.0)]
}

pub(crate) fn key(id: &str) -> ItemKey {
    ItemKey::derive(SEED, id)
}

/// A device with the whole shop as its pool and consent to personalise.
pub(crate) fn consenting() -> Device {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device.load_pool(draft(TableKind::Pool, &IDS).encode().unwrap()).unwrap();
    device
}

pub(crate) fn do_it(device: &mut Device, kind: Kind, id: &str, now_ms: u64) {
    assert!(device.record(&Interaction::new(kind, id), now_ms));
}
