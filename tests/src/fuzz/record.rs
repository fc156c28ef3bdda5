//! Any interactions at any times: the profile stays within its bounds and survives its encoding.

use super::{Act, Pool, act, consenting};
use arbitrary::{Arbitrary, Unstructured};
use homebody_device::Profile;
use homebody_protocol::table::TableKind;

/// What bytes are made into.
type Input = (Option<Pool>, Vec<Act>);

/// Fails if what these bytes stand for is handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) {
        hold(input);
    }
}

fn hold(input: Input) {
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
}
