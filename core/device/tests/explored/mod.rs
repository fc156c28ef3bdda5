//! A pool without lists for tests of exploration: nothing speaks for an item but how popular it is.

use homebody_device::Device;
use homebody_protocol::Kind;
use homebody_protocol::table::{Row, RowFlags, TableDraft, TableKind};

use crate::shop::{IDS, consenting, do_it, draft};

pub(crate) const NOW_MS: u64 = 1_763_900_000_000;

pub(crate) fn id(index: usize) -> String {
    format!("item-{index}")
}

/// Popularity falls from the first item; nothing is new.
pub(crate) fn pool(rows: usize) -> TableDraft {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.list_sets.clear();
    pool.rows = (0..rows)
        .map(|index| Row {
            id: id(index),
            popularity: 6.0 * (rows - index) as f32 / rows as f32,
            trend: 1.0,
            added_at: 0,
            price: Some(index as f32),
            flags: RowFlags::default(),
            facets: vec![(index % 3) as u16],
            display: String::new(),
        })
        .collect();
    pool
}

/// Somebody who searched once: nobody unknown is explored for.
pub(crate) fn visiting(pool: &TableDraft) -> Device {
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Search, "stranger", NOW_MS);
    device
}
