//! Tables: those a server published, and those a model makes without a server.

use anyhow::{Context, Result, bail};
use homebody_learn::TrainedModel;
use homebody_protocol::table::{Facet, Row, RowFlags, Table, TableDraft, TableKind};
use std::path::{Path, PathBuf};

use crate::items::Item;

/// The bytes a device loads.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// The catalogue table.
    pub catalogue: Vec<u8>,
    /// The pool; a device does not rank without one.
    pub pool: Vec<u8>,
}

/// Finds the catalogue table and a pool among files, or in folders; of several pools the largest is taken.
///
/// # Errors
/// When a path cannot be read, or there is no catalogue table or no pool.
pub fn find(paths: &[PathBuf]) -> Result<Tables> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let mut tables = Tables::default();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let Ok(table) = Table::read(&bytes) else { continue };
        let kind = table.header().kind;
        match kind {
            TableKind::Catalogue if bytes.len() > tables.catalogue.len() => tables.catalogue = bytes,
            TableKind::Pool if bytes.len() > tables.pool.len() => tables.pool = bytes,
            _ => {}
        }
    }
    if tables.catalogue.is_empty() || tables.pool.is_empty() {
        bail!(
            "no catalogue table or no pool among the given files; publish first, and name the `blobs` folder"
        );
    }
    Ok(tables)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let mut inside = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        inside.sort();
        inside.iter().try_for_each(|path| collect(path, files))
    } else {
        files.push(path.to_owned());
        Ok(())
    }
}

/// The table of a model over the items it was trained for, as a catalogue or as a pool of everything.
pub fn draft(kind: TableKind, items: &[Item], facets: &[Facet], model: &TrainedModel) -> TableDraft {
    let place = |facet: &Facet| u16::try_from(facets.iter().position(|known| known == facet)?).ok();
    let row = |(index, item): (usize, &Item)| Row {
        id: item.id.clone(),
        popularity: model.popularity[index],
        trend: model.trend[index],
        added_at: 0,
        price: None,
        flags: RowFlags::default(),
        facets: item.facets.iter().filter_map(place).collect(),
        display: String::new(),
    };
    TableDraft {
        kind,
        id_seed: 0,
        created_at: 0,
        open: true,
        rows: items.iter().enumerate().map(row).collect(),
        facets: facets.to_vec(),
        list_sets: model.list_sets.clone(),
        blend: model.blend.clone(),
        extras: homebody_protocol::Extras::default(),
    }
}
