//! Any pool, catalogue, life and request: a list without repeats, with finite scores and shares that sum to 1.

use super::{Act, Numbers, Pool, act, consenting};
use arbitrary::{Arbitrary, Unstructured};
use homebody_device::{RankRequest, ReasonKind};
use homebody_protocol::table::TableKind;
use homebody_protocol::{DeviceClass, PageContext, Referrer};

/// What bytes are made into.
type Input = (Pool, Option<Pool>, Vec<Act>, Option<Numbers>, u8, u8, u32, u64, bool, (u8, u16, u8, u8, u8));

/// Fails if what these bytes stand for is handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) {
        hold(input);
    }
}

fn hold(input: Input) {
    let (pool, catalogue, acts, numbers, limit, offset, seed, now_ms, neutral, page) = input;
    let mut device = consenting();
    let Some(bytes) = pool.encoded(TableKind::Pool) else { return };
    device.load_pool(bytes).expect("an encoded pool is readable");
    if let Some(bytes) = catalogue.and_then(|catalogue| catalogue.encoded(TableKind::Catalogue)) {
        device.load_catalogue(bytes).expect("an encoded catalogue is readable");
    }
    for one in &acts {
        act(&mut device, one);
    }
    let (limit, offset, policy) =
        (usize::from(limit), usize::from(offset), numbers.map(|numbers| numbers.policy()));
    let (class, viewport_px, hour, weekday, referrer) = page;
    let page = PageContext {
        device: DeviceClass::from_code(class),
        viewport_px,
        hour: Some(hour),
        weekday: Some(weekday),
        region: u32::from(class),
        referrer: Referrer::from_code(referrer),
    };
    let request = RankRequest { keys: &[], limit, offset, seed, now_ms, neutral, policy, page };
    let ranked = device.rank(&request);
    assert!(ranked.len() <= limit);
    for (place, item) in ranked.iter().enumerate() {
        assert!(item.score.is_finite());
        assert!(item.propensity > 0.0 && item.propensity <= 1.0, "a propensity of {}", item.propensity);
        assert!(ranked[..place].iter().all(|other| other.key != item.key), "an item is listed twice");
        let shares = item.reasons.iter().map(|reason| reason.share).sum::<f32>() + item.rest;
        assert!((shares - 1.0).abs() < 1e-3, "shares sum to {shares}");
        let rules =
            item.reasons.iter().filter(|reason| reason.kind == ReasonKind::Rule && reason.share > 0.0);
        rules.for_each(|rule| assert!(device.rule_name(rule.key).is_some(), "a rule without a name"));
    }
    let intent = device.intent(now_ms);
    assert!(intent.is_none_or(|intent| (0.0..=1.0).contains(&intent)));
    let _ = (device.segment(), device.audit(now_ms), device.profile().summary(now_ms).features());
    assert_eq!(device.rank(&request), ranked, "the same call gives the same list");
}
