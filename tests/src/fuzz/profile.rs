//! Any bytes as a profile: refused, or a profile that survives its own encoding and export.

use homebody_device::care::{ProfileExport, ProfileView};
use homebody_device::{Consent, Profile, Purpose};

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Ok(profile) = Profile::decode(bytes) {
        let encoded = profile.encode();
        assert_eq!(Profile::decode(&encoded).expect("own bytes are readable"), profile);
        let export = ProfileExport::of(&profile, u64::MAX);
        assert!(ProfileExport::of_bytes(&export.to_bytes()).is_ok(), "own documents are readable");
        let _ = ProfileView::of(&profile, 0).to_bytes();
    }
    let consent = Consent::none().granted(Purpose::Personalize);
    let permit = consent.personalize().expect("it was granted");
    let documents = [serde_json::from_slice(bytes).ok(), ProfileExport::of_bytes(bytes).ok()];
    for export in documents.into_iter().flatten() {
        if let Ok(profile) = export.into_profile(&permit) {
            assert!(profile.encode().len() <= homebody_device::profile::MAX_BYTES);
        }
    }
}
