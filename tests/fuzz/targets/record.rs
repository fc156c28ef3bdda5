//! Any interactions at any times: the profile stays within its bounds and survives its encoding.
#![no_main]

use homebody_device::Profile;
use homebody_fuzz::{Act, Pool, act, consenting};
use homebody_protocol::table::TableKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Option<Pool>, Vec<Act>)| {
    let (pool, acts) = input;
    let mut device = consenting();
    if let Some(bytes) = pool.and_then(|pool| pool.encoded(TableKind::Pool)) {
        device.load_pool(bytes).expect("an encoded pool is readable");
    }
    for one in &acts {
        act(&mut device, one);
    }
    let profile = device.profile();
    assert!(profile.items().iter().all(|item| (0.0..=1.0).contains(&item.weight)));
    assert!(profile.facets().as_slice().iter().all(|facet| facet.strength.is_finite()));
    let encoded = profile.encode();
    assert!(encoded.len() <= homebody_device::profile::MAX_BYTES);
    assert_eq!(&Profile::decode(&encoded).expect("own bytes are readable"), profile);
});
