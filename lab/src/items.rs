//! Catalogue files: JSON Lines, or CSV with a header.

use anyhow::{Context, Result, bail};
use homebody_learn::{Catalogue, CatalogueItem};
use homebody_protocol::ItemKey;
use homebody_protocol::table::{Facet, FacetKind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// What the laboratory reads of an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The site's id.
    pub id: String,
    /// Title and description.
    pub text: String,
    /// Category, brand and tags, in this order.
    pub facets: Vec<Facet>,
    /// Year of appearance, where the catalogue says it.
    pub year: Option<i32>,
    /// Price, ≥ 0, where the catalogue says it.
    pub price: Option<f32>,
}

/// Reads a catalogue; the extension says the format (`csv`, anything else is JSON Lines).
///
/// # Errors
/// When the file cannot be read, or an item has no id.
pub fn read(path: &Path) -> Result<Vec<Item>> {
    let file = File::open(path).with_context(|| format!("cannot open the catalogue `{}`", path.display()))?;
    let items = if path.extension().is_some_and(|extension| extension == "csv") {
        from_csv(file)
    } else {
        from_json_lines(file)
    };
    items.with_context(|| format!("in the catalogue `{}`", path.display()))
}

/// The catalogue as the learner takes it, keys derived with seed 0, with its facet dictionary.
pub fn learnable(items: &[Item]) -> (Catalogue, Vec<Facet>) {
    let mut places: BTreeMap<&Facet, u16> = BTreeMap::new();
    let mut dictionary: Vec<Facet> = Vec::new();
    for facet in items.iter().flat_map(|item| &item.facets) {
        if let (false, Ok(place)) = (places.contains_key(facet), u16::try_from(dictionary.len())) {
            places.insert(facet, place);
            dictionary.push(facet.clone());
        }
    }
    let item = |item: &Item| CatalogueItem {
        key: ItemKey::derive(0, &item.id),
        text: item.text.clone(),
        facets: item.facets.iter().filter_map(|facet| places.get(facet).copied()).collect(),
    };
    let facet_kinds = dictionary.iter().map(|facet| facet.kind).collect();
    (Catalogue { items: items.iter().map(item).collect(), facet_kinds }, dictionary)
}

fn from_json_lines(file: File) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let fields: Map<String, Value> =
            serde_json::from_str(&line).with_context(|| format!("line {number}"))?;
        items.push(item(&fields).with_context(|| format!("line {number}"))?);
    }
    Ok(items)
}

fn from_csv(file: File) -> Result<Vec<Item>> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers()?.clone();
    let mut items = Vec::new();
    for (number, record) in (2..).zip(reader.records()) {
        let record = record?;
        let field = |(name, cell): (&str, &str)| (name.to_owned(), Value::String(cell.to_owned()));
        let fields: Map<String, Value> = header.iter().zip(&record).map(field).collect();
        items.push(item(&fields).with_context(|| format!("line {number}"))?);
    }
    Ok(items)
}

fn item(fields: &Map<String, Value>) -> Result<Item> {
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let id = ["id", "item"].map(text).into_iter().find(|id| !id.is_empty());
    let Some(id) = id else { bail!("the item has no `id`") };
    let tags: Vec<String> = match fields.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => text("tags").split('|').map(str::to_owned).collect(),
    };
    let single = [(FacetKind::Category, text("category")), (FacetKind::Brand, text("brand"))];
    let facets = single
        .into_iter()
        .chain(tags.into_iter().map(|tag| (FacetKind::Tag, tag)))
        .filter(|(_, name)| !name.trim().is_empty())
        .map(|(kind, name)| Facet { kind, name: name.trim().to_owned() })
        .collect();
    let year = ["year", "added_at"].map(|name| year(&text(name))).into_iter().flatten().next();
    let price = text("price").parse().ok().filter(|price: &f32| price.is_finite() && *price >= 0.0);
    Ok(Item { id, text: format!("{} {}", text("title"), text("description")), facets, year, price })
}

/// The year of "1995", "1995-07-21" or Unix seconds.
pub(crate) fn year(text: &str) -> Option<i32> {
    const YEAR_S: i64 = 31_556_952;
    let calendar = text.get(..4).filter(|start| text[start.len()..].is_empty() || text[4..].starts_with('-'));
    match calendar {
        Some(start) => start.parse().ok(),
        None => i32::try_from(1970 + text.parse::<i64>().ok()?.div_euclid(YEAR_S)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<Item> {
        item(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn an_item_keeps_its_facets_and_year() {
        let film =
            parsed(r#"{"id":7,"title":"Heat","brand":"Mann","tags":["Crime"," "],"year":"1995-12-15"}"#)
                .unwrap();
        assert_eq!((film.id.as_str(), film.year), ("7", Some(1995)));
        let names: Vec<&str> = film.facets.iter().map(|facet| facet.name.as_str()).collect();
        assert_eq!(names, ["Mann", "Crime"]);
        assert_eq!(year("788918400"), Some(1994));
        assert_eq!(year(""), None);
        let split = parsed(r#"{"item":"a","tags":"x|y"}"#).unwrap();
        assert_eq!(split.facets.len(), 2);
        assert!(parsed(r#"{"title":"nameless"}"#).is_err());
    }
}
