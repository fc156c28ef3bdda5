//! The profile: bounds, bytes, epochs.

#[cfg(test)]
mod shop;

use homebody_device::profile::{MAX_BYTES, MAX_FACETS, MAX_ITEMS};
use homebody_device::{Consent, Device, Interaction, Profile};
use homebody_protocol::Kind;
use proptest::prelude::*;
use shop::{consenting, do_it};

/// A profile as version 1 wrote it; it must stay readable for ever.
const VERSION_1: &[u8] = include_bytes!("../testdata/profile-v1.bin");
const START_MS: u64 = 1_763_900_000_000;

fn lived_in() -> Device {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "alien", START_MS);
    do_it(&mut device, Kind::Purchase, "heat", START_MS + 60_000);
    do_it(&mut device, Kind::Dismiss, "coco", START_MS + 90_000);
    do_it(&mut device, Kind::Click, "Grüße-🎬", START_MS + 90_000_000);
    device
}

#[test]
fn version_1_is_readable_and_what_is_written() {
    let mut device = lived_in();
    let bytes = device.snapshot().unwrap();
    if std::env::var_os("HOMEBODY_BLESS").is_some() {
        bless(&bytes);
    }
    assert_eq!(Profile::decode(VERSION_1).unwrap(), *device.profile());
    assert_eq!(bytes, VERSION_1);
}

#[expect(clippy::disallowed_methods, reason = "the one test that writes: a golden file")]
fn bless(bytes: &[u8]) {
    let written = std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/profile-v1.bin"), bytes);
    assert!(written.is_ok(), "{written:?}");
}

#[test]
fn a_profile_of_the_future_is_refused_by_name() {
    let mut bytes = VERSION_1.to_vec();
    bytes[4] = 2;
    assert_eq!(Profile::decode(&bytes).unwrap_err().code(), "profile_version");
    assert_eq!(Profile::decode(b"").unwrap_err().code(), "profile_magic");
    assert_eq!(Profile::decode(&VERSION_1[..VERSION_1.len() - 1]).unwrap_err().code(), "profile_damaged");
}

#[test]
fn a_profile_of_another_epoch_stays_closed() {
    let mut device = Device::new();
    device.set_consent(Consent::from_bits(1, 9));
    assert_eq!(device.restore(VERSION_1), Ok(false), "it was erased when the epoch moved on");
    device.set_consent(Consent::from_bits(1, 0));
    assert_eq!(device.restore(VERSION_1), Ok(true));
    assert_eq!(device.profile().items().len(), 4);
}

#[test]
fn a_permit_of_another_epoch_changes_nothing() {
    let old = Consent::from_bits(1, 0).personalize().unwrap();
    let new = Consent::from_bits(1, 1).personalize().unwrap();
    let mut profile = Profile::new(&new, 0);
    let before = profile.clone();
    assert!(profile.apply(&old, &Interaction::new(Kind::Click, "a"), &[], START_MS).is_err());
    assert_eq!(profile, before);
}

#[test]
fn sessions_and_dwell_are_counted() {
    let mut device = consenting();
    device.open_page("alien", START_MS);
    device.page_input(START_MS + 5_000);
    device.close_page(START_MS + 12_000);
    do_it(&mut device, Kind::Click, "heat", START_MS + 3_600_000);
    assert_eq!(device.profile().sessions(), 2);
    let alien = device.profile().item(shop::key("alien")).unwrap();
    assert_eq!((alien.last_kind, alien.count), (Kind::Dwell, 1));
    assert!((alien.weight - 0.6).abs() < 1e-6, "12 of 20 seconds: {}", alien.weight);
}

#[test]
fn forgetting_an_item_forgets_it() {
    let mut profile = lived_in().profile().clone();
    assert!(profile.forget("heat"));
    assert!(!profile.forget("heat"));
    let bytes = profile.encode();
    assert!(!bytes.windows(4).any(|window| window == b"heat"));
}

#[test]
fn erasing_leaves_nothing() {
    let mut device = lived_in();
    device.erase();
    assert_eq!(device.snapshot().unwrap(), consenting().snapshot().unwrap());
}

#[test]
fn impressions_neither_begin_nor_refresh_the_history() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "alien", START_MS);
    do_it(&mut device, Kind::Click, "heat", START_MS + 1);
    do_it(&mut device, Kind::Impression, "alien", START_MS + 2);
    do_it(&mut device, Kind::Impression, "up", START_MS + 3);
    let history: Vec<_> = device.profile().history(START_MS + 4).iter().map(|entry| entry.item).collect();
    assert_eq!(history, [shop::key("heat"), shop::key("alien")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_flood_of_interactions_bursts_the_bounds(
        kinds in prop::collection::vec(0u8..20, 600..1_500),
        id_len in 1usize..300,
    ) {
        let mut device = consenting();
        for (step, code) in kinds.iter().enumerate() {
            let id = format!("{step:0>id_len$}");
            device.record(&Interaction::new(Kind::from_code(code + 1).unwrap(), &id), START_MS + step as u64);
        }
        let bytes = device.snapshot().unwrap();
        prop_assert!(bytes.len() <= MAX_BYTES, "{}", bytes.len());
        prop_assert!(device.profile().items().len() <= MAX_ITEMS && device.profile().facets().as_slice().len() <= MAX_FACETS);
        prop_assert_eq!(&Profile::decode(&bytes).unwrap(), device.profile());
    }

    #[test]
    fn damaged_bytes_never_panic(at in 0usize..VERSION_1.len(), value in any::<u8>()) {
        let mut bytes = VERSION_1.to_vec();
        bytes[at] = value;
        let _ = Profile::decode(&bytes);
    }
}
