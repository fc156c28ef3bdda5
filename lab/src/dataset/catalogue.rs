//! The items file.

use super::Numbers;
use super::records::{self, Record};
use crate::items::{Item, year};
use anyhow::{Result, bail};
use homebody_learn::names::{self, Names};
use homebody_protocol::table::{Facet, FacetKind};
use std::path::Path;

const COLUMNS: [Names; 8] = [
    names::ITEM,
    &["title", "name"],
    &["description"],
    &["price"],
    &["tags", "genres"],
    &["category", "category_id"],
    &["brand"],
    &["year", "added_at"],
];
const ITEM: usize = 0;
const TITLE: usize = 1;
const DESCRIPTION: usize = 2;
const PRICE: usize = 3;
const TAGS: usize = 4;
const CATEGORY: usize = 5;
const BRAND: usize = 6;
const YEAR: usize = 7;

/// Reads the items; each gets the number of its place in the file.
pub(super) fn read(path: &Path, numbers: &mut Numbers) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    records::read(path, &COLUMNS, 1, &mut |record| {
        let item = item(record)?;
        if numbers.of(&item.id) as usize != items.len() {
            bail!("column `item`: `{}` was there before", item.id);
        }
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

fn item(record: &Record<'_>) -> Result<Item> {
    let id = record.needed(ITEM)?.to_owned();
    let price = match record.number(PRICE)? {
        Some(price) if price < 0.0 => bail!("column `price`: `{price}` is negative"),
        price => price.map(|price| price as f32),
    };
    let single = [(FacetKind::Category, record.cell(CATEGORY)), (FacetKind::Brand, record.cell(BRAND))];
    let tags = record.cell(TAGS).split('|').map(|tag| (FacetKind::Tag, tag));
    let facets = single
        .into_iter()
        .chain(tags)
        .filter(|(_, name)| !name.trim().is_empty())
        .map(|(kind, name)| Facet { kind, name: name.trim().to_owned() })
        .collect();
    let text = format!("{} {}", record.cell(TITLE), record.cell(DESCRIPTION));
    Ok(Item { id, text, facets, year: year(record.cell(YEAR)), price })
}
