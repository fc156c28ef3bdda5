//! What the device says of its visitor: segment, intent, and how varied what was shown is.

use crate::market::{NOW_MS, draft, id, keys, list, plain, visitor};
use homebody_device::{Alarm, Consent, Device, Interaction};
use homebody_protocol::Kind;
use homebody_protocol::features::{FEATURE_NAMES, FEATURES};
use homebody_protocol::models::{Intent, Segment, Segments};
use homebody_protocol::table::{TableDraft, TableKind};

#[cfg(test)]
fn feature(name: &str) -> usize {
    FEATURE_NAMES.iter().position(|known| *known == name).unwrap()
}

/// Browsers and buyers, apart in their open carts alone.
#[cfg(test)]
fn segments() -> Segments {
    let segment = |name: &str, items_in_cart| {
        let mut mean = [0.0; FEATURES];
        mean[feature("items_in_cart")] = items_in_cart;
        // The other features say nothing.
        let mut variance = [1e6; FEATURES];
        variance[feature("items_in_cart")] = 0.05;
        Segment { name: name.to_owned(), share: 0.5, mean, variance }
    };
    Segments {
        mean: vec![0.0; FEATURES],
        sd: vec![1.0; FEATURES],
        hysteresis: 2.0,
        all: vec![segment("browser", 0.0), segment("buyer", 1.1)],
    }
}

#[cfg(test)]
fn shop() -> TableDraft {
    let mut pool = draft(TableKind::Pool, 60, 8);
    pool.extras.segments = segments();
    pool.extras.intent = Intent {
        weights: vec![0.0; FEATURES],
        bias: 1.0,
        mean: vec![0.0; FEATURES],
        sd: vec![1.0; FEATURES],
        slope: 2.0,
        offset: -0.5,
    };
    pool
}

#[test]
fn the_first_interaction_finds_a_segment_and_tells_it_once() {
    let mut device = visitor(&shop(), &[]);
    assert_eq!(device.segment(), None);
    assert_eq!(device.take_segment_change(), None);
    assert!(device.record(&Interaction::new(Kind::Click, &id(0)), NOW_MS));
    assert_eq!(device.segment(), Some("browser"));
    assert_eq!(device.take_segment_change(), Some((None, Some(0))));
    assert_eq!(device.take_segment_change(), None);
    assert!(device.record(&Interaction::new(Kind::Click, &id(1)), NOW_MS));
    assert_eq!(device.take_segment_change(), None);
}

#[test]
fn a_segment_flips_on_the_qualifying_act_and_back_with_hysteresis() {
    let mut device = visitor(&shop(), &[0, 1, 2]);
    device.take_segment_change();
    let mut act = |kind, item: usize| {
        assert!(device.record(&Interaction::new(kind, &id(item)), NOW_MS));
        (device.segment().unwrap().to_owned(), device.take_segment_change())
    };
    // ln(1 + items in the cart) is 0, 0.69, 1.1: the border between 0 and 1.1 is passed by the first.
    assert_eq!(act(Kind::CartAdd, 0), ("buyer".to_owned(), Some((Some(0), Some(1)))));
    assert_eq!(act(Kind::CartAdd, 1), ("buyer".to_owned(), None), "once");
    assert_eq!(act(Kind::Click, 5), ("buyer".to_owned(), None));
    assert_eq!(act(Kind::CartRemove, 0), ("buyer".to_owned(), None));
    assert_eq!(act(Kind::CartRemove, 1), ("browser".to_owned(), Some((Some(1), Some(0)))));
}

#[test]
fn a_segment_is_kept_with_the_profile() {
    let mut device = visitor(&shop(), &[0]);
    let mut later = visitor(&shop(), &[]);
    assert!(later.restore(&device.snapshot().unwrap(), NOW_MS).unwrap());
    assert_eq!(later.segment(), Some("browser"));
    assert_eq!(later.take_segment_change(), None, "that was told before");
}

#[test]
fn no_segment_outlives_consent() {
    let mut device = visitor(&shop(), &[0]);
    device.set_consent(Consent::none());
    assert_eq!(device.segment(), None);
    assert_eq!(device.take_segment_change(), None);
    assert_eq!((device.intent(NOW_MS), device.audit(NOW_MS)), (None, None));
}

#[test]
fn a_pool_without_segments_knows_none() {
    let device = visitor(&draft(TableKind::Pool, 20, 1), &[0, 1]);
    assert_eq!(device.segment(), None);
    assert_eq!(device.intent(NOW_MS), None);
}

#[test]
fn intent_is_calibrated() {
    let device = visitor(&shop(), &[0]);
    // σ(2 · 1 − 0.5)
    assert!((device.intent(NOW_MS).unwrap() - 0.817_574_5).abs() < 1e-6);
}

#[test]
fn weights_that_overflow_give_no_intent() {
    let mut pool = shop();
    pool.extras.intent.weights = vec![f32::MAX; FEATURES];
    pool.extras.intent.weights[feature("price_level")] = f32::MIN;
    pool.extras.intent.sd = vec![f32::MIN_POSITIVE; FEATURES];
    assert_eq!(visitor(&pool, &[0]).intent(NOW_MS), None);
}

#[cfg(test)]
fn shown(device: &mut Device, items: impl Iterator<Item = usize>) {
    for item in items {
        assert!(device.record(&Interaction::new(Kind::Impression, &id(item)), NOW_MS));
    }
}

#[test]
fn a_varied_page_is_not_an_echo_chamber_and_a_single_note_is() {
    let mut pool = draft(TableKind::Pool, 200, 8);
    pool.rows.iter_mut().enumerate().for_each(|(item, row)| row.facets[0] = (item % 8) as u16);

    let mut varied = visitor(&pool, &[0]);
    shown(&mut varied, 0..40);
    let audit = varied.audit(NOW_MS).unwrap();
    assert_eq!((audit.impressions, audit.coverage, audit.gini), (40, 1.0, 0.0));
    assert!((audit.entropy - 1.0).abs() < 1e-5 && (audit.known - 0.125).abs() < 1e-6);
    assert_eq!(audit.alarms, []);

    let mut narrow = visitor(&pool, &[0]);
    shown(&mut narrow, (0..200).step_by(8).take(24));
    let audit = narrow.audit(NOW_MS).unwrap();
    assert_eq!((audit.entropy, audit.coverage, audit.known), (0.0, 0.125, 1.0));
    assert_eq!(audit.alarms, [Alarm::Narrow, Alarm::Familiar]);

    let mut repetitive = visitor(&pool, &[0]);
    shown(&mut repetitive, (0..20).chain(core::iter::repeat_n(3, 200)));
    assert!(repetitive.audit(NOW_MS).unwrap().alarms.contains(&Alarm::Repetitive));
}

#[test]
fn few_impressions_are_not_judged() {
    let pool = draft(TableKind::Pool, 30, 8);
    let mut device = visitor(&pool, &[0]);
    assert_eq!(device.audit(NOW_MS), Some(homebody_device::Audit::default()));
    shown(&mut device, core::iter::repeat_n(2, 19));
    let audit = device.audit(NOW_MS).unwrap();
    assert_eq!((audit.impressions, audit.alarms.len()), (19, 0));
    shown(&mut device, core::iter::once(2));
    assert!(!device.audit(NOW_MS).unwrap().alarms.is_empty());
}

#[test]
fn an_audit_moves_nothing() {
    let device = visitor(&shop(), &[0, 1]);
    let before = keys(&list(&device, plain(), 20));
    assert!(device.audit(NOW_MS).is_some());
    assert_eq!(keys(&list(&device, plain(), 20)), before);
}
