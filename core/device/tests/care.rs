//! The visitor's rights: see, take along, bring back.
#![cfg(feature = "care")]

use homebody_device::care::{ProfileExport, ProfileView};
use homebody_device::{Consent, Profile};

const STORED: &[u8] = include_bytes!("../testdata/profile-v2.bin");
const NOW_MS: u64 = 1_764_000_000_000;

#[test]
fn an_export_brings_back_every_bit() {
    let profile = Profile::decode(STORED).unwrap();
    let json = serde_json::to_string(&ProfileExport::of(&profile, NOW_MS)).unwrap();
    let export: ProfileExport = serde_json::from_str(&json).unwrap();
    let permit = Consent::from_bits(1, 0).personalize().unwrap();
    assert_eq!(export.into_profile(&permit).unwrap(), profile);
}

#[test]
fn a_wrong_export_is_refused_by_name() {
    let profile = Profile::decode(STORED).unwrap();
    let permit = Consent::from_bits(1, 0).personalize().unwrap();
    let refused = |change: fn(&mut ProfileExport)| {
        let mut export = ProfileExport::of(&profile, NOW_MS);
        change(&mut export);
        export.into_profile(&permit).unwrap_err().to_string()
    };
    assert!(refused(|export| export.schema_version = 3).contains("newer"));
    assert!(refused(|export| export.items[0].weight = f32::NAN).contains("items.weight"));
    assert!(refused(|export| export.items[0].id.clear()).contains("items.id"));
    assert!(refused(|export| export.items[0].flags = 255).contains("items.flags"));
    assert!(refused(|export| export.items[0].last_kind = "klick".to_owned()).contains("items.last_kind"));
    assert!(refused(|export| export.facets[0].strength = f32::INFINITY).contains("facets.strength"));
    assert!(refused(|export| export.last_at_ms = -1.0).contains("last_at_ms"));
}

#[test]
fn the_view_names_what_is_known() {
    let view = ProfileView::of(&Profile::decode(STORED).unwrap(), NOW_MS);
    assert_eq!((view.interactions, view.sessions, view.items.len()), (10, 2, 7));
    assert_eq!(view.items[0].id, "Grüße-🎬");
    assert!(view.items.iter().any(|item| item.id == "heat" && item.bought));
    assert!(view.facets.windows(2).all(|pair| pair[0].strength >= pair[1].strength));
    assert!(view.facets.last().is_some_and(|facet| facet.name == "Family" && facet.strength < 0.0));
}
