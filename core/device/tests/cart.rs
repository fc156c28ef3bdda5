//! What a cart does to a list, and what having been shown in vain does.

use crate::shop::{IDS, consenting, do_it, draft, key};
use homebody_device::{Device, RankRequest, Ranked};
use homebody_protocol::table::{ListSetDraft, TableKind};
use homebody_protocol::{CartPolicy, Kind, Policy};
use proptest::prelude::*;

const NOW_MS: u64 = 1_763_900_000_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

fn by_score() -> Policy {
    Policy { diversity: 1.0, ..Policy::default() }
}

fn carts(cart: CartPolicy, cart_boost: f32) -> Policy {
    Policy { cart, cart_boost, ..by_score() }
}

fn discounting(impression_discount: f32) -> Policy {
    Policy { impression_discount, impression_recovery_hours: 48.0, ..by_score() }
}

fn listed(device: &Device, policy: Policy, now_ms: u64) -> Vec<Ranked> {
    device.rank(&RankRequest { policy: Some(policy), now_ms, ..RankRequest::default() })
}

#[cfg(test)]
fn score(list: &[Ranked], id: &str) -> f32 {
    list.iter().find(|ranked| ranked.key == key(id)).unwrap().score
}

fn has(list: &[Ranked], id: &str) -> bool {
    list.iter().any(|ranked| ranked.key == key(id))
}

/// `heat` was clicked; `coco`, the last but two in neutral order and nobody's neighbour but `up`'s, is in the cart.
#[cfg(test)]
fn with_cart() -> Device {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    do_it(&mut device, Kind::CartAdd, "coco", NOW_MS);
    device
}

#[test]
fn a_cart_beside_the_list_comes_out_on_top_when_the_site_wants_it() {
    let device = with_cart();
    let list = listed(&device, carts(CartPolicy::Always, 50.0), NOW_MS);
    assert_eq!(list[0].key, key("coco"));
    assert_eq!(list[1].key, key("up"), "what the cart's lists name follows");
    assert!(!has(&listed(&device, carts(CartPolicy::Exclude, 50.0), NOW_MS + DAY_MS), "coco"));
    let unmoved = listed(&device, carts(CartPolicy::Always, 0.0), NOW_MS);
    assert_ne!(unmoved[0].key, key("coco"));
}

#[test]
fn a_cart_counts_as_abandoned_after_its_idle_time() {
    let device = with_cart();
    let policy = Policy { cart_idle_minutes: 30.0, ..carts(CartPolicy::Abandoned, 5.0) };
    assert!(!has(&listed(&device, policy, NOW_MS + 29 * 60_000), "coco"));
    assert_eq!(listed(&device, policy, NOW_MS + 30 * 60_000)[0].key, key("coco"));
}

#[test]
fn a_purchase_ends_the_boost_of_the_item_and_of_its_neighbours() {
    let mut device = with_cart();
    let lifted = score(&listed(&device, carts(CartPolicy::Always, 5.0), NOW_MS), "up");
    do_it(&mut device, Kind::Purchase, "coco", NOW_MS);
    for now_ms in [NOW_MS, NOW_MS + DAY_MS] {
        let boosted = listed(&device, carts(CartPolicy::Always, 5.0), now_ms);
        assert!(!has(&boosted, "coco"));
        assert_eq!(boosted, listed(&device, carts(CartPolicy::Always, 0.0), now_ms));
        assert!(score(&boosted, "up") < lifted);
    }
}

#[test]
fn the_boost_is_capped_and_fades_by_half_in_a_week() {
    let mut device = consenting();
    let mut pool = draft(TableKind::Pool, &IDS);
    let everybody = |_: &&str| vec![(key("coco"), 1.0), (key("ronin"), 1.0)];
    let loud = ListSetDraft { lists: IDS.iter().map(everybody).collect(), ..pool.list_sets[0].clone() };
    pool.list_sets = vec![loud.clone(), loud];
    device.load_pool(pool.encode().unwrap()).unwrap();
    do_it(&mut device, Kind::CartAdd, "coco", NOW_MS);
    do_it(&mut device, Kind::CartAdd, "ronin", NOW_MS);
    let gains = |now_ms| {
        let (with, without) = (carts(CartPolicy::Always, 2.0), carts(CartPolicy::Always, 0.0));
        let (with, without) = (listed(&device, with, now_ms), listed(&device, without, now_ms));
        IDS.map(|id| score(&with, id) - score(&without, id))
    };
    let (now, later) = (gains(NOW_MS), gains(NOW_MS + 7 * DAY_MS));
    assert!((now[3] - now[5]).abs() < 1e-4 && (now[0] - now[3] / 2.0).abs() < 1e-4, "{now:?}");
    assert!((now[0] - now[2]).abs() < 1e-4, "named twice over is named no more than fully");
    assert!(later[3] < now[3] * 0.7, "{later:?} after a week");
}

proptest! {
    #[test]
    fn the_more_often_in_vain_the_lower_and_all_is_forgotten_in_time(
        discount in 0.0f32..0.99, item in 0usize..6, times in 1usize..30,
    ) {
        let id = ["alien", "up", "coco", "solaris", "ronin", "alien"][item];
        // By lists and popularity alone: what is ignored lowers its category's taste too, and so the spread.
        let mut pool = draft(TableKind::Pool, &IDS);
        pool.blend.features.truncate(1);
        let mut device = consenting();
        device.load_pool(pool.encode().unwrap()).unwrap();
        do_it(&mut device, Kind::Click, "heat", NOW_MS);
        let fresh = score(&listed(&device, discounting(1.0), NOW_MS), id);
        let mut before = fresh;
        for _ in 0..times {
            do_it(&mut device, Kind::Impression, id, NOW_MS);
            let now = score(&listed(&device, discounting(discount), NOW_MS), id);
            prop_assert!(now <= before, "{} after {}", now, before);
            before = now;
        }
        prop_assert!(before < fresh);
        let recovered = score(&listed(&device, discounting(discount), NOW_MS + 2 * DAY_MS), id);
        prop_assert!(recovered >= before);
        let later = NOW_MS + 400 * DAY_MS;
        let (with, without) = (listed(&device, discounting(discount), later), listed(&device, discounting(1.0), later));
        prop_assert!((score(&with, id) - score(&without, id)).abs() < 1e-3);
    }

    #[test]
    fn opened_items_are_not_discounted(times in 0usize..20) {
        let mut device = consenting();
        for _ in 0..times {
            do_it(&mut device, Kind::Impression, "heat", NOW_MS);
        }
        do_it(&mut device, Kind::Click, "heat", NOW_MS);
        do_it(&mut device, Kind::Impression, "heat", NOW_MS);
        prop_assert_eq!(listed(&device, discounting(0.1), NOW_MS), listed(&device, discounting(1.0), NOW_MS));
    }
}

#[test]
fn what_is_shown_in_vain_makes_room_and_comes_back() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    let first = |now_ms| listed(&device, discounting(0.5), now_ms)[0].key;
    assert_eq!(first(NOW_MS), key("ronin"));
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    for _ in 0..6 {
        do_it(&mut device, Kind::Impression, "ronin", NOW_MS);
    }
    assert_ne!(listed(&device, discounting(0.5), NOW_MS)[0].key, key("ronin"));
    assert_eq!(listed(&device, discounting(0.5), NOW_MS + 20 * DAY_MS)[0].key, key("ronin"));
}
