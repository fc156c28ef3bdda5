//! The visitor's rights: see, take along, bring back.

use homebody_device::care::{ExportedAnswer, ProfileExport, ProfileView};
use homebody_device::profile::{FacetRef, Known};
use homebody_device::{Consent, Interaction, Profile};
use homebody_protocol::Kind;
use homebody_protocol::table::FacetKind;
use proptest::prelude::*;

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

/// A version 1 export, as the release before this one wrote it.
const EXPORT_1: &str = r#"{"schema_version":1,"exported_at_ms":1764000000000,"interactions":3,"sessions":1,
"first_at_ms":1763900000000,"session_started_at_ms":1763900000000,"last_at_ms":1763900090000,"items":[
{"id":"coco","last_at_ms":1763900090000,"last_kind":"dismiss","weight":0,"count":1,"shown":0,"flags":8},
{"id":"heat","last_at_ms":1763900060000,"last_kind":"cart_add","weight":0.5,"count":1,"shown":2,"flags":2}],
"id_seed":0,"older_item_keys":[77],"facets":[
{"kind":"category","name":"Family","strength":-1,"at_ms":1763900090000,"muted":false}]}"#;

#[test]
fn an_export_of_version_1_is_read() {
    let export: ProfileExport = serde_json::from_str(EXPORT_1).unwrap();
    let permit = Consent::from_bits(1, 0).personalize().unwrap();
    let profile = export.into_profile(&permit).unwrap();
    assert!(profile.items()[0].is_refused(NOW_MS), "a flag in version 1");
    assert_eq!((profile.items()[1].quantity, profile.cart().changed_at_ms), (1, 1_763_900_060_000));
    assert_eq!((profile.older().len(), profile.facets().as_slice().len()), (1, 1));
    assert_eq!(Profile::decode(&profile.encode()).unwrap(), profile);
}

proptest! {
    #[test]
    fn whatever_was_lived_is_exported_and_brought_back(
        deeds in prop::collection::vec((1u8..=20, 0usize..40, -9.0f32..9e4, 0u64..90 * 86_400_000), 1..300),
    ) {
        let permit = Consent::from_bits(1, 0).personalize().unwrap();
        let mut profile = Profile::new(&permit, 3);
        let kind = FacetKind::Tag;
        let facets = ["rot", "grün"].map(|name| FacetRef { kind, key: kind.key(3, name), name });
        for (code, item, value, at_ms) in deeds {
            let deed = Interaction { kind: Kind::from_code(code).unwrap(), id: &format!("ä-{item}"), value };
            let known = Known { facets: &facets[item % 2..], price: Some(9.99), price_band: Some(0.3) };
            profile.apply(&permit, &deed, &known, NOW_MS + at_ms).unwrap();
        }
        let json = serde_json::to_string(&ProfileExport::of(&profile, NOW_MS)).unwrap();
        let export: ProfileExport = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(export.into_profile(&permit).unwrap(), profile);
    }
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
    assert!(refused(|export| export.items[0].thumb.taste = 2.0).contains("items.thumb"));
    assert!(refused(|export| export.older_item_days.push(3)).contains("older_item_days"));
    assert!(refused(|export| export.hours.reverse()).contains("hours"));
    assert!(refused(|export| export.rhythm.truncate(3)).contains("rhythm"));
    assert!(refused(|export| export.searches[0].at_ms = f64::NAN).contains("searches"));
    assert!(refused(|export| export.surveys[0].text.clear()).contains("surveys"));
    assert!(refused(|export| export.linear.push(f32::NAN)).contains("linear"));
    assert!(
        refused(|export| export.answers.push(ExportedAnswer { facet: 1, answer: 9 })).contains("answers")
    );
    assert!(refused(|export| export.last_at_ms = -1.0).contains("last_at_ms"));
}

#[test]
fn the_view_names_what_is_known() {
    let view = ProfileView::of(&Profile::decode(STORED).unwrap(), NOW_MS);
    assert_eq!((view.interactions, view.sessions, view.items.len()), (10, 2, 7));
    assert_eq!(view.items[0].id, "Grüße-🎬");
    assert!(view.items.iter().any(|item| item.id == "heat" && item.bought));
    let window = &view.windows[2];
    assert_eq!((window.days, window.opens, window.purchases, window.value), (30, 2, 1, 20.0));
    assert_eq!((view.cart.items, view.cart.pieces), (1, 3));
    assert_eq!((view.searches[0].text.as_str(), view.surveys[0].value), ("ölfarben", 9.0));
    assert_eq!((view.hours.len(), view.price_bands.len(), view.mean_order_value), (24, 5, 20.0));
    assert!(view.items.iter().any(|item| item.id == "ronin" && item.stars == 4.0 && !item.liked));
    assert!(view.facets.windows(2).all(|pair| pair[0].strength >= pair[1].strength));
    assert!(view.facets.last().is_some_and(|facet| facet.name == "Family" && facet.strength < 0.0));
}
