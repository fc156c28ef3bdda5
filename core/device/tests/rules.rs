//! The site's rules, through the public door.

#[cfg(test)]
mod shop;

use homebody_device::{Device, RankRequest, Ranked};
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{Facet, FacetKind, TableDraft, TableKind};
use homebody_protocol::{DeviceClass, Kind, PageContext};
use proptest::prelude::*;
use shop::{IDS, SEED, consenting, do_it, draft};

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
