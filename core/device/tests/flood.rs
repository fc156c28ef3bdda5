//! Too much in too little time, and the same thing twice.

use crate::market::{Draws, NOW_MS, draft, id, key, keys, list, plain, visitor};
use homebody_device::profile::{Group, MAX_BYTES, MAX_FACETS, MAX_ITEMS};
use homebody_device::{Device, Interaction, Profile, RankRequest, ReasonKind};
use homebody_protocol::table::TableKind;
use homebody_protocol::{CartPolicy, Exploration, Kind, Policy};

const DAY_MS: u64 = 86_400_000;

/// A hundred thousand interactions of every kind in a day, with six hundred items that the tables know and others that
/// they do not, by a clock that stumbles.
#[cfg(test)]
fn flooded() -> Device {
    let mut device = visitor(&draft(TableKind::Pool, 200, 5), &[]);
    device.load_catalogue(draft(TableKind::Catalogue, 600, 5).encode().unwrap()).unwrap();
    let mut draws = Draws::new(17);
    let odd = [f32::NAN, f32::INFINITY, f32::MIN, -1.0, 0.0, 1e30];
    for step in 0..100_000u64 {
        let kind = Kind::from_code(1 + draws.below(20) as u8).unwrap();
        let value = if step % 50 == 0 { odd[draws.below(odd.len())] } else { draws.unit() * 30_000.0 };
        let back_ms = if step % 97 == 0 { draws.below(3_600_000) as u64 } else { 0 };
        let interaction = Interaction { kind, id: &id(draws.below(900)), value };
        device.record(&interaction, NOW_MS + step * DAY_MS / 100_000 - back_ms);
    }
    device
}

#[test]
fn a_flood_of_every_kind_is_bounded_and_ranked() {
    let mut device = flooded();
    let bytes = device.snapshot().unwrap();
    assert!(bytes.len() <= MAX_BYTES, "{} bytes", bytes.len());
    assert_eq!(&Profile::decode(&bytes).unwrap(), device.profile());
    let profile = device.profile();
    assert_eq!(profile.interactions(), 100_000 - hints(profile));
    assert!(profile.items().len() <= MAX_ITEMS && profile.facets().as_slice().len() <= MAX_FACETS);
    assert!(
        profile.facets().as_slice().iter().all(|facet| facet.strength.is_finite() && facet.shown.is_finite())
    );
    let now_ms = NOW_MS + DAY_MS;
    assert!(profile.summary(now_ms).features().iter().all(|feature| feature.is_finite()));
    let busy = Policy {
        exploration: Exploration::LinTs,
        cart: CartPolicy::Always,
        calibration: 0.3,
        serendipity_slots: 2,
        impression_discount: 0.8,
        ..Policy::default()
    };
    for policy in [plain(), Policy::default(), busy] {
        let got = device.rank(&RankRequest { policy: Some(policy), now_ms, ..RankRequest::default() });
        assert!(!got.is_empty());
        for ranked in got {
            let shares = ranked.reasons.iter().map(|reason| reason.share).sum::<f32>() + ranked.rest;
            assert!(ranked.score.is_finite() && (shares - 1.0).abs() < 1e-4, "{ranked:?}");
            assert!(ranked.reasons.iter().all(|reason| reason.share.is_finite()));
        }
    }
}

/// Hints are what the site says, and count as nothing done.
#[cfg(test)]
fn hints(profile: &Profile) -> u32 {
    let mut draws = Draws::new(17);
    let mut hints = 0;
    for step in 0..100_000u64 {
        let kind = Kind::from_code(1 + draws.below(20) as u8).unwrap();
        _ = if step % 50 == 0 { draws.below(6) } else { draws.below(1 << 20) };
        _ = if step % 97 == 0 { draws.below(3_600_000) } else { 0 };
        draws.below(900);
        hints += u32::from(kind == Kind::Hint);
    }
    assert!(hints > 4_000 && profile.interactions() > 0);
    hints
}

#[test]
fn a_purchase_told_twice_is_two_purchases_of_one_item_bought() {
    let mut pool = draft(TableKind::Pool, 20, 2);
    pool.rows[0].price = Some(4.0);
    let bought = |times: usize| {
        let mut device = visitor(&pool, &[1, 2]);
        (0..times).for_each(|_| {
            _ = device.record(&Interaction::new(Kind::Purchase, &id(0)).with_value(3.0), NOW_MS)
        });
        device
    };
    let (once, twice) = (bought(1), bought(2));
    let counted = |device: &Device| {
        let (counts, value) = device.profile().windows().sum(1, NOW_MS);
        (
            counts[Group::Purchases as usize],
            value,
            device.profile().orders().count,
            device.profile().orders().value,
        )
    };
    assert_eq!((counted(&once), counted(&twice)), ((1, 12.0, 1, 12.0), (2, 24.0, 2, 24.0)));
    let item = |device: &Device| {
        let item = device.profile().item(key(0)).unwrap();
        (item.is_bought(), item.wish(), device.profile().history(NOW_MS).len())
    };
    assert_eq!(item(&once), item(&twice), "the item is bought, and wanted, once");
    assert!(!keys(&list(&twice, plain(), 20)).contains(&key(0)));
}

#[test]
fn a_cart_addition_told_twice_is_one_item_of_as_many_pieces() {
    let pool = draft(TableKind::Pool, 20, 2);
    let carted = |times: usize| {
        let mut device = visitor(&pool, &[1, 2]);
        (0..times).for_each(|_| {
            _ = device.record(&Interaction::new(Kind::CartAdd, &id(0)).with_value(3.0), NOW_MS)
        });
        device
    };
    let cart = |times: usize| {
        let cart = carted(times).profile().cart();
        (cart.items, cart.pieces)
    };
    assert_eq!((cart(1), cart(2)), ((1, 3), (1, 6)));
    assert_eq!(carted(70_000).profile().cart().pieces, u32::from(u16::MAX), "saturates");
    // It is in the cart once, and what each addition says of tastes adds up, as with two clicks.
    for times in [1, 2] {
        let policy = Policy { cart: CartPolicy::Always, ..plain() };
        let list = list(&carted(times), policy, 20);
        let own: Vec<_> = list.iter().filter(|ranked| ranked.key == key(0)).collect();
        assert_eq!(own.len(), 1);
        assert!(own[0].reasons.iter().any(|reason| reason.kind == ReasonKind::Cart));
    }
}
