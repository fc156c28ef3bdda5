//! Lists that pools with rules give: the same file is read here and, through WebAssembly, by the browser tests.
//! A pool that is encoded differently fails, and the failure shows the bytes to commit.

use crate::shop::{self, IDS, SEED, consenting, draft};
use homebody_device::{Device, RankRequest};
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{Facet, FacetKind, RowFlags, TableKind};
use homebody_protocol::{DeviceClass, Kind, PageContext, Policy, Referrer};
use serde_json::Value;

const GOLDEN: &str = include_str!("../../protocol/testdata/rules-lists.json");

/// The shop, with tags, a price unknown, an item sold out, those items bought again and again, and the set's rules.
#[cfg(test)]
fn pool(golden: &Value) -> Vec<u8> {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.facets.push(Facet { kind: FacetKind::Tag, name: "short".to_owned() });
    pool.facets.push(Facet { kind: FacetKind::Brand, name: "Acme".to_owned() });
    for (row, price) in
        pool.rows.iter_mut().zip([Some(5.0), Some(20.0), Some(35.0), None, Some(8.0), Some(99.0)])
    {
        row.price = price;
    }
    for row in [1, 2] {
        pool.rows[row].facets.push(3);
    }
    pool.rows[5].facets.push(4);
    pool.rows[3].flags = RowFlags(RowFlags::OUT_OF_STOCK);
    pool.rows[4].added_at = 1_763_800_000;
    for id in golden["rebuyable"].as_array().into_iter().flatten() {
        let row = IDS.iter().position(|known| *known == id.as_str().unwrap()).unwrap();
        pool.rows[row].flags = RowFlags(RowFlags::REBUYABLE);
    }
    pool.extras.policy = Policy { diversity: 1.0, ..Policy::default() };
    let set: RuleSet = serde_json::from_value(golden["rules"].clone()).unwrap();
    pool.extras.rules = Rules::compile(&set, SEED).unwrap();
    pool.encode().unwrap()
}

#[cfg(test)]
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
fn code(page: &Value, key: &str) -> u8 {
    u8::try_from(page[key].as_u64().unwrap_or(0)).unwrap()
}

/// Codes as they cross into WebAssembly; what is absent is unknown.
#[cfg(test)]
fn page(page: &Value) -> PageContext {
    let known = |key: &str| page[key].as_u64().map(|value| u8::try_from(value).unwrap());
    PageContext {
        device: DeviceClass::from_code(code(page, "device")),
        viewport_px: u16::try_from(page["viewport_px"].as_u64().unwrap_or(0)).unwrap(),
        hour: known("hour"),
        weekday: known("weekday"),
        region: PageContext::region_key(page["region"].as_str().unwrap_or("")),
        referrer: Referrer::from_code(code(page, "referrer")),
    }
}

#[cfg(test)]
fn device(case: &Value, pool: Vec<u8>) -> Device {
    let mut device = consenting();
    device.load_pool(pool).unwrap();
    for act in case["acts"].as_array().unwrap() {
        let kind = Kind::from_code(u8::try_from(act["kind"].as_u64().unwrap()).unwrap()).unwrap();
        shop::do_it(&mut device, kind, act["id"].as_str().unwrap(), act["at_ms"].as_u64().unwrap());
    }
    device
}

#[test]
fn pools_with_rules_give_the_lists_they_should() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    for set in golden["sets"].as_array().unwrap() {
        let bytes = pool(set);
        assert_eq!(set["pool"].as_str().unwrap(), hex(&bytes), "the pool of {}", set["name"]);
        for case in set["cases"].as_array().unwrap() {
            let device = device(case, bytes.clone());
            let request = RankRequest {
                limit: 6,
                neutral: case["neutral"].as_bool().unwrap(),
                page: page(&case["page"]),
                now_ms: case["now_ms"].as_u64().unwrap(),
                ..RankRequest::default()
            };
            let list: Vec<&str> =
                device.rank(&request).iter().map(|ranked| device.id_of(ranked.key).unwrap()).collect();
            let expected: Vec<&str> =
                case["list"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
            assert_eq!(list, expected, "{}: {}", set["name"], case["name"]);
        }
    }
}
