//! Any bytes as a profile: refused, or a profile that survives its own encoding and export.
#![no_main]

use homebody_device::care::{ProfileExport, ProfileView};
use homebody_device::{Consent, Profile, Purpose};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(profile) = Profile::decode(bytes) {
        let encoded = profile.encode();
        assert_eq!(Profile::decode(&encoded).expect("own bytes are readable"), profile);
        let export = ProfileExport::of(&profile, u64::MAX);
        let _ = (ProfileView::of(&profile, 0), export);
    }
    let consent = Consent::none().granted(Purpose::Personalize);
    let permit = consent.personalize().expect("it was granted");
    if let Ok(export) = serde_json::from_slice::<ProfileExport>(bytes)
        && let Ok(profile) = export.into_profile(&permit)
    {
        assert!(profile.encode().len() <= homebody_device::profile::MAX_BYTES);
    }
});
