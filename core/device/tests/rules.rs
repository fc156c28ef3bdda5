//! The site's rules, through the public door.

use crate::shop::{IDS, SEED, consenting, do_it, draft};
use homebody_device::{Device, RankRequest, Ranked, ReasonKind};
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{Facet, FacetKind, RowFlags, TableDraft, TableKind};
use homebody_protocol::{CartPolicy, DeviceClass, Kind, PageContext, Policy};
use proptest::prelude::*;

const NOW_MS: u64 = 1_763_900_000_000;

/// The shop, with `up` and `heat` tagged short, and these rules.
#[cfg(test)]
fn ruled(rules: &str) -> TableDraft {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.facets.push(Facet { kind: FacetKind::Tag, name: "short".to_owned() });
    pool.rows[1].facets.push(3);
    pool.rows[2].facets.push(3);
    pool.rows[5].price = None;
    let set = RuleSet::from_json(&format!("{{\"rules\":[{rules}]}}")).unwrap();
    pool.extras.rules = Rules::compile(&set, SEED).unwrap();
    pool
}

#[cfg(test)]
fn visitor(rules: &str) -> Device {
    let mut device = consenting();
    device.load_pool(ruled(rules).encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Search, "anything", NOW_MS);
    device
}

fn asked(page: PageContext) -> RankRequest<'static> {
    RankRequest { now_ms: NOW_MS, page, ..RankRequest::default() }.by_score_alone()
}

#[cfg(test)]
fn ids(device: &Device, request: &RankRequest<'_>) -> Vec<String> {
    names(device, &device.rank(request))
}

#[cfg(test)]
fn names(device: &Device, list: &[Ranked]) -> Vec<String> {
    list.iter().map(|ranked| device.id_of(ranked.key).unwrap().to_owned()).collect()
}

#[cfg(test)]
fn plain(device: &Device) -> Vec<String> {
    ids(device, &asked(PageContext::default()))
}

const COMMUTE: &str = r#"{"name":"On the way","when":{"all":[{"device":"phone"},{"hour":{"from":7,"to":9}},
    {"weekday":["mon","tue","wed","thu","fri"]},{"tag":"short"}]},"then":{"boost":5}}"#;

#[test]
fn on_the_way_to_work_short_items_come_first() {
    let device = visitor(COMMUTE);
    let page =
        PageContext { device: DeviceClass::Phone, hour: Some(8), weekday: Some(2), ..PageContext::default() };
    assert_eq!(ids(&device, &asked(page))[..2], ["heat", "up"]);
    assert_eq!(plain(&device), IDS, "an unknown hour is not the hour asked for");
    for elsewhere in [
        PageContext { hour: Some(9), ..page },
        PageContext { weekday: Some(5), ..page },
        PageContext { device: DeviceClass::Desktop, ..page },
    ] {
        assert_eq!(ids(&device, &asked(elsewhere)), IDS);
    }
    let neutral = RankRequest { neutral: true, ..asked(page) };
    assert_eq!(ids(&device, &neutral)[..2], ["heat", "up"], "the rule does not ask about the visitor");
}

#[test]
fn exclusion_wins_over_pins_and_pins_over_boosts() {
    let device = visitor(
        r#"{"name":"a","when":{"id":"up"},"then":{"pin":1}},
           {"name":"b","when":{"id":"up"},"then":{"exclude":true}},
           {"name":"c","when":{"id":"solaris"},"then":{"boost":10}},
           {"name":"d","when":{"id":"coco"},"then":{"pin":1,"bury":10}}"#,
    );
    let list = plain(&device);
    assert_eq!(list[..2], ["coco", "solaris"]);
    assert!(!list.contains(&"up".to_owned()));
}

#[test]
fn keep_drops_the_others_only_while_its_condition_holds() {
    let device =
        visitor(r#"{"name":"a","when":{"device":"phone"},"then":{"keep":{"category":["Crime","Family"]}}}"#);
    assert_eq!(plain(&device).len(), 6);
    let phone = PageContext { device: DeviceClass::Phone, ..PageContext::default() };
    assert_eq!(ids(&device, &asked(phone)), ["heat", "up", "coco", "ronin"]);
}

#[test]
fn pins_stand_in_their_places_whatever_their_score() {
    let device = visitor(
        r#"{"name":"a","when":{"id":"ronin"},"then":{"pin":2}},
           {"name":"b","when":{"category":"Science fiction"},"then":{"pin":2}},
           {"name":"c","when":{"id":["solaris","nobody"]},"then":{"pin":90}}"#,
    );
    assert_eq!(plain(&device), ["heat", "ronin", "alien", "up", "coco", "solaris"]);
    let short = RankRequest { limit: 2, ..asked(PageContext::default()) };
    assert_eq!(ids(&device, &short), ["heat", "ronin"], "below the fold of a short list, and still pinned");
    let next = RankRequest { limit: 2, offset: 2, ..asked(PageContext::default()) };
    assert_eq!(ids(&device, &next), ["alien", "up"]);
}

#[test]
fn an_explanation_names_the_rule() {
    let device = visitor(
        r#"{"name":"Quiet films","when":{"id":["solaris","up"]},"then":{"boost":1}},
           {"name":"Less of it","when":{"id":"solaris"},"then":{"bury":0.5}},
           {"name":"Summer sale","when":{"id":["solaris","coco"]},"then":{"boost":3}},
           {"name":"Film of the week","when":{"id":"ronin"},"then":{"boost":0.5,"pin":2}}"#,
    );
    let list = device.rank(&asked(PageContext::default()));
    let named = |id: &str| {
        let ranked = &list[names(&device, &list).iter().position(|known| known == id).unwrap()];
        let rule = ranked.reasons.iter().find(|reason| reason.kind == ReasonKind::Rule);
        (rule.and_then(|rule| device.rule_name(rule.key)), ranked.reasons[0].share)
    };
    assert_eq!(named("solaris").0, Some("Summer sale"), "of two that lift it the stronger one");
    assert_eq!(named("up").0, Some("Quiet films"));
    assert_eq!(named("heat").0, None);
    assert_eq!(
        named("ronin"),
        (Some("Film of the week"), 1.0),
        "its place is due to the rule and nothing else"
    );
    assert_eq!(device.rule_name(0), None);
    assert_eq!(device.rule_name(u32::MAX), None);
    assert_eq!(Device::new().rule_name(1), None);
}

#[test]
fn boosts_add_up_within_bounds_and_are_a_part_of_the_score() {
    let boosted = |rules| {
        let device = visitor(rules);
        let list = device.rank(&asked(PageContext::default()));
        let place = names(&device, &list).iter().position(|id| id == "ronin").unwrap();
        list[place].score
    };
    let none = boosted(r#"{"name":"a","when":{"id":"nobody"},"then":{"boost":1}}"#);
    let one = boosted(r#"{"name":"a","when":{"id":"ronin"},"then":{"boost":1}}"#);
    let two = boosted(
        r#"{"name":"a","when":{"id":"ronin"},"then":{"boost":3}},
           {"name":"b","when":{"unknown":"price"},"then":{"bury":1}}"#,
    );
    let many = boosted(
        r#"{"name":"a","when":{"id":"ronin"},"then":{"boost":9}},
           {"name":"b","when":{"id":"ronin"},"then":{"boost":9}}"#,
    );
    assert!(one > none);
    assert!(((two - none) / (one - none) - 2.0).abs() < 1e-5);
    assert!(((many - none) / (one - none) - 10.0).abs() < 1e-5);
}

#[test]
fn rules_about_the_visitor_have_no_place_in_a_neutral_list() {
    let device = visitor(
        r#"{"name":"a","when":{"returning":false},"then":{"exclude":true}},
           {"name":"b","when":{"unknown":"segment"},"then":{"exclude":true}},
           {"name":"c","when":{"not":{"category":"Crime"}},"then":{"exclude":true}}"#,
    );
    assert!(plain(&device).is_empty());
    let neutral = RankRequest { neutral: true, ..asked(PageContext::default()) };
    assert_eq!(ids(&device, &neutral), ["heat", "ronin"]);
}

#[test]
fn the_cart_and_sessions_can_be_asked_for() {
    let mut device = visitor(
        r#"{"name":"a","when":{"all":[{"cart_at_least":1},{"id":"coco"}]},"then":{"pin":1}},
           {"name":"b","when":{"all":[{"returning":true},{"id":"solaris"}]},"then":{"pin":2}}"#,
    );
    assert_eq!(plain(&device)[..2], ["alien", "heat"]);
    do_it(&mut device, Kind::CartAdd, "up", NOW_MS);
    assert_eq!(plain(&device)[0], "coco");
    do_it(&mut device, Kind::Search, "again", NOW_MS + 7_200_000);
    let later = RankRequest { now_ms: NOW_MS + 7_200_000, ..asked(PageContext::default()) };
    assert_eq!(ids(&device, &later)[..2], ["coco", "solaris"]);
}

#[test]
fn rules_reach_items_that_the_device_proposes_itself() {
    let mut device = visitor(r#"{"name":"a","when":{"price_above":50},"then":{"exclude":true}}"#);
    let mut catalogue = draft(TableKind::Catalogue, &["alien", "ronin", "dear"]);
    catalogue.rows[2].price = Some(99.0);
    device.load_catalogue(catalogue.encode().unwrap()).unwrap();
    assert!(!plain(&device).contains(&"dear".to_owned()));
}

const DAY_MS: u64 = 86_400_000;

/// The shop's rebuyable items are `heat` and `ronin`.
#[cfg(test)]
fn regular(rules: &str) -> Device {
    let mut pool = ruled(rules);
    for row in [1, 5] {
        pool.rows[row].flags = RowFlags(RowFlags::REBUYABLE);
    }
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    device
}

fn days_later(days: u64) -> RankRequest<'static> {
    RankRequest { now_ms: NOW_MS + days * DAY_MS, ..asked(PageContext::default()) }
}

#[test]
fn what_was_opened_stays_out_for_as_long_as_a_rule_says() {
    let mut device = regular(
        r#"{"name":"read","when":{"all":[{"category":"Family"},{"opened":true}]},"then":{"exclude":true}},
           {"name":"rest","when":{"opened_days":3},"then":{"exclude":true}}"#,
    );
    do_it(&mut device, Kind::Search, "anything", NOW_MS);
    do_it(&mut device, Kind::Impression, "coco", NOW_MS);
    assert_eq!(ids(&device, &days_later(0)), IDS, "to be shown is not to be opened");
    for id in ["up", "alien"] {
        do_it(&mut device, Kind::Click, id, NOW_MS);
    }
    let out = |days| -> Vec<&str> {
        let list = ids(&device, &days_later(days));
        IDS.into_iter().filter(|id| !list.contains(&(*id).to_owned())).collect()
    };
    assert_eq!(out(0), ["alien", "up"]);
    assert_eq!(out(3), ["alien", "up"], "within three days, to the second");
    assert_eq!(out(4), ["up"]);
    let neutral = RankRequest { neutral: true, ..days_later(0) };
    assert_eq!(ids(&device, &neutral), IDS, "a neutral list knows of no visitor");
}

#[test]
fn what_was_opened_or_shown_steps_back_by_rule() {
    let mut device = regular(
        r#"{"name":"day","when":{"opened_days":1},"then":{"bury":10}},
           {"name":"worn","when":{"all":[{"shown_at_least":3},{"opened":false}]},"then":{"bury":9}}"#,
    );
    do_it(&mut device, Kind::Click, "alien", NOW_MS);
    (0..3).for_each(|_| do_it(&mut device, Kind::Impression, "heat", NOW_MS));
    (0..2).for_each(|_| do_it(&mut device, Kind::Impression, "up", NOW_MS));
    let list = ids(&device, &days_later(0));
    assert_eq!(list[4..], ["heat", "alien"], "{list:?}");
    assert_eq!(ids(&device, &days_later(2))[5], "heat", "the day is over");
}

#[test]
fn bought_again_but_not_so_soon_and_never_what_is_bought_once() {
    let mut device = regular(
        r#"{"name":"soon","when":{"all":[{"bought":true},{"opened_days":14}]},"then":{"exclude":true}},
           {"name":"refill","when":{"all":[{"bought":true},{"rebuyable":true}]},"then":{"boost":10}},
           {"name":"cart","when":{"in_cart":true},"then":{"exclude":true}}"#,
    );
    do_it(&mut device, Kind::Purchase, "ronin", NOW_MS);
    do_it(&mut device, Kind::Purchase, "up", NOW_MS);
    do_it(&mut device, Kind::CartAdd, "coco", NOW_MS);
    let always = |days| {
        let request = days_later(days);
        let policy = Policy { cart: CartPolicy::Always, ..request.policy.unwrap() };
        ids(&device, &RankRequest { policy: Some(policy), ..request })
    };
    assert_eq!(always(14), ["heat", "alien", "solaris"]);
    assert_eq!(always(15)[0], "ronin", "time to buy it again");
    assert!(!always(15).contains(&"up".to_owned()), "no rule brings back what is bought once");
}

#[test]
fn of_what_was_bought_long_ago_it_is_known_that_it_was() {
    let mut device = regular(r#"{"name":"again","when":{"bought":true},"then":{"pin":1}}"#);
    do_it(&mut device, Kind::Purchase, "ronin", NOW_MS);
    for other in 0..homebody_device::profile::MAX_ITEMS {
        do_it(&mut device, Kind::Click, &format!("other {other}"), NOW_MS + 1);
    }
    assert!(device.profile().items().iter().all(|item| item.id != "ronin"), "folded away");
    assert_eq!(ids(&device, &days_later(0))[0], "ronin");
    let mut fresh = regular(r#"{"name":"new","when":{"opened":true},"then":{"exclude":true}}"#);
    fresh.restore(&device.snapshot().unwrap(), NOW_MS).unwrap();
    assert!(!ids(&fresh, &days_later(0)).contains(&"ronin".to_owned()));
}

#[test]
fn what_is_opened_on_a_page_stays_on_it_until_the_next_list() {
    let mut device = regular(
        r#"{"name":"a","when":{"any":[{"opened":true},{"shown_at_least":1}]},"then":{"exclude":true}}"#,
    );
    do_it(&mut device, Kind::Search, "anything", NOW_MS);
    let page = |offset| RankRequest { limit: 3, offset, ..days_later(0) };
    assert_eq!(ids(&device, &page(0)), ["alien", "heat", "up"]);
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    do_it(&mut device, Kind::Impression, "up", NOW_MS);
    assert_eq!(ids(&device, &page(3)), ["coco", "solaris", "ronin"]);
    // Asked for again as part of the same list: from its second place on.
    let again = RankRequest { limit: 2, ..page(1) };
    assert_eq!(ids(&device, &again), ["heat", "up"]);
    let next = ids(&device, &page(0));
    assert!(!next.contains(&"heat".to_owned()) && !next.contains(&"up".to_owned()), "{next:?}");
}

proptest! {
    #[test]
    fn pins_hold_in_any_list(places in prop::collection::vec((0usize..6, 1u8..9), 1..6), limit in 1usize..8) {
        let rules: Vec<String> = places
            .iter()
            .enumerate()
            .map(|(index, (item, place))| {
                format!(r#"{{"name":"{index}","when":{{"id":"{}"}},"then":{{"pin":{place}}}}}"#, IDS[*item])
            })
            .collect();
        let device = visitor(&rules.join(","));
        let list = ids(&device, &RankRequest { limit, ..asked(PageContext::default()) });
        prop_assert_eq!(list.len(), limit.min(6));
        let distinct: std::collections::BTreeSet<&String> = list.iter().collect();
        prop_assert_eq!(distinct.len(), list.len());
        // The first rule of an item pins it, where enough others stand before the place.
        let lowest = places.iter().map(|(_, place)| *place).min().unwrap();
        let (item, place) = places.iter().find(|(_, place)| *place == lowest).unwrap();
        let first_of_item = places.iter().find(|(other, _)| other == item).unwrap().1;
        let pinned: std::collections::BTreeSet<usize> = places.iter().map(|(item, _)| *item).collect();
        let others = 6 - pinned.len();
        if first_of_item == *place && usize::from(*place) <= list.len().min(others + 1) {
            prop_assert_eq!(&list[usize::from(*place) - 1], IDS[*item]);
        }
    }
}
