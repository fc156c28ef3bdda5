//! The profile: bounds, bytes, epochs.

use crate::shop::{self, consenting, do_it};
use homebody_device::profile::{Known, MAX_BYTES, MAX_FACETS, MAX_ITEMS};
use homebody_device::{Consent, Device, Interaction, Profile};
use homebody_protocol::Kind;
use proptest::prelude::*;

/// A profile as version 1 wrote it; it must stay readable for ever.
const VERSION_1: &[u8] = include_bytes!("../testdata/profile-v1.bin");
/// The same for version 2, which this release writes.
const VERSION_2: &[u8] = include_bytes!("../testdata/profile-v2.bin");
const VERSION_3: &[u8] = include_bytes!("../testdata/profile-v3.bin");
const START_MS: u64 = 1_763_900_000_000;

#[cfg(test)]
fn lived_in() -> Device {
    let mut device = consenting();
    let said = |kind, id, value| Interaction::new(kind, id).with_value(value);
    do_it(&mut device, Kind::Click, "alien", START_MS);
    do_it(&mut device, Kind::Impression, "solaris", START_MS + 1_000);
    device.record(&said(Kind::Purchase, "heat", 2.0), START_MS + 60_000);
    do_it(&mut device, Kind::Dismiss, "coco", START_MS + 90_000);
    device.record(&said(Kind::Rating, "ronin", 4.0), START_MS + 95_000);
    device.record(&said(Kind::CartAdd, "up", 3.0), START_MS + 96_000);
    do_it(&mut device, Kind::Search, " Ölfarben ", START_MS + 97_000);
    device.record(&said(Kind::Survey, "nps", 9.0), START_MS + 98_000);
    device.record(&said(Kind::Dwell, "alien", 12_000.0), START_MS + 99_000);
    do_it(&mut device, Kind::Click, "Grüße-🎬", START_MS + 90_000_000);
    device
}

#[test]
fn version_1_is_readable() {
    let profile = Profile::decode(VERSION_1).unwrap();
    assert_eq!((profile.interactions(), profile.sessions(), profile.items().len()), (4, 2, 4));
    let coco = profile.item(shop::key("coco")).unwrap();
    assert!(coco.is_refused(START_MS + 90_000_000), "version 1 had a flag for it");
    assert!(profile.item(shop::key("heat")).unwrap().is_bought());
    assert_eq!(profile.facets().as_slice().len(), 3);
    assert_eq!(Profile::decode(&profile.encode()).unwrap(), profile, "written again as version 3");
}

#[test]
fn version_2_is_readable() {
    assert_eq!(Profile::decode(VERSION_2).unwrap(), *lived_in().profile());
}

#[test]
fn version_3_is_readable_and_what_is_written() {
    let mut device = lived_in();
    let hint = Interaction::new(Kind::Hint, "category:Crime").with_value(24.0 * 256.0 + 150.0);
    device.record(&hint, START_MS + 90_000_000);
    let bytes = device.snapshot().unwrap();
    if std::env::var_os("HOMEBODY_BLESS").is_some() {
        bless(&bytes);
    }
    assert_eq!(Profile::decode(VERSION_3).unwrap(), *device.profile());
    assert_eq!(bytes, VERSION_3);
}

#[expect(clippy::disallowed_methods, reason = "the one test that writes: a golden file")]
fn bless(bytes: &[u8]) {
    let written = std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/profile-v3.bin"), bytes);
    assert!(written.is_ok(), "{written:?}");
}

#[test]
fn a_profile_of_the_future_is_refused_by_name() {
    let mut bytes = VERSION_1.to_vec();
    bytes[4] = 4;
    assert_eq!(Profile::decode(&bytes).unwrap_err().code(), "profile_version");
    assert_eq!(Profile::decode(b"").unwrap_err().code(), "profile_magic");
    assert_eq!(Profile::decode(&VERSION_1[..VERSION_1.len() - 1]).unwrap_err().code(), "profile_damaged");
}

#[test]
fn a_profile_of_another_epoch_stays_closed() {
    let mut device = Device::new();
    device.set_consent(Consent::from_bits(1, 9));
    assert_eq!(
        device.restore(VERSION_1, START_MS + 90_000_000),
        Ok(false),
        "it was erased when the epoch moved on"
    );
    device.set_consent(Consent::from_bits(1, 0));
    assert_eq!(device.restore(VERSION_1, START_MS + 90_000_000), Ok(true));
    assert_eq!(device.profile().items().len(), 4);
}

#[test]
fn a_permit_of_another_epoch_changes_nothing() {
    let old = Consent::from_bits(1, 0).personalize().unwrap();
    let new = Consent::from_bits(1, 1).personalize().unwrap();
    let mut profile = Profile::new(&new, 0);
    let before = profile.clone();
    assert!(profile.apply(&old, &Interaction::new(Kind::Click, "a"), &Known::default(), START_MS).is_err());
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
    fn damaged_bytes_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in 0usize..40) {
        for version in [VERSION_1, VERSION_2] {
            let mut bytes = version.to_vec();
            *at.get_mut(&mut bytes) = value;
            bytes.truncate(version.len() - cut / 2);
            let read = Profile::decode(&bytes).and_then(|profile| Profile::decode(&profile.encode()).map(|again| (profile, again)));
            if let Ok((profile, again)) = read {
                prop_assert_eq!(profile, again, "what is read can be written");
            }
        }
    }
}
