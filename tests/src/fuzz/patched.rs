//! A real table with some of its bytes changed: what random bytes hardly ever become. Refused, or safe to read and to rank.

use super::{Act, Pool, act, consenting, sealed, walk};
use arbitrary::{Arbitrary, Unstructured};
use homebody_device::RankRequest;
use homebody_protocol::table::TableKind;

/// What bytes are made into.
type Input = (Pool, Vec<(u16, u8)>, Vec<Act>, u64);

/// Fails if what these bytes stand for is handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) {
        hold(input);
    }
}

fn hold(input: Input) {
    let (pool, changes, acts, now_ms) = input;
    let Some(mut bytes) = pool.encoded(TableKind::Pool) else { return };
    for (place, value) in changes {
        let place = usize::from(place) % bytes.len();
        bytes[place] = value;
    }
    walk(&bytes);
    let mut device = consenting();
    if device.load_pool(sealed(&bytes)).is_err() {
        return;
    }
    for one in &acts {
        act(&mut device, one);
    }
    for item in device.rank(&RankRequest { now_ms, ..RankRequest::default() }) {
        assert!(item.score.is_finite() && item.propensity > 0.0 && item.propensity <= 1.0, "{item:?}");
    }
}
