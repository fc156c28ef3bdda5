//! Lists that other systems wrote for prefixes of sessions, judged on the same prefixes as ours.

use crate::dataset::records;
use crate::evaluate::intervals::{Spread, intervals, means};
use crate::evaluate::metrics::{Values, of_list};
use crate::evaluate::split::{Case, Split};
use crate::evaluate::{Prepared, values};
use anyhow::Result;
use homebody_learn::names::Names;
use std::collections::BTreeMap;
use std::path::Path;

const COLUMNS: [Names; 3] = [&["sessionid"], &["position"], &["recommendations"]];

/// A peer on the prefixes that it covers.
#[derive(Clone, Debug)]
pub(super) struct PeerFile {
    /// Its name, from the name of the file.
    pub(super) name: String,
    /// Prefixes judged.
    pub(super) lists: usize,
    /// Its NDCG@10.
    pub(super) ndcg_at_10: f64,
    /// Ours on the same prefixes.
    pub(super) ours: f64,
    /// Ours minus its.
    pub(super) difference: Spread,
}

/// Judges every `peer_recoms_*.csv` of a folder.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn judge(folder: &Path, prepared: &Prepared, seed: u64) -> Result<Vec<PeerFile>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if let Some(name) = stem.strip_prefix("peer_recoms_") {
            found.extend(one(&file, name, prepared, seed)?);
        }
    }
    Ok(found)
}

fn one(file: &Path, name: &str, prepared: &Prepared, seed: u64) -> Result<Option<PeerFile>> {
    let lists = read(file, prepared)?;
    let covered = |case: &Case| lists.contains_key(&(case.visitor, case.known.len()));
    let cases: Vec<Case> = prepared.split.cases.iter().filter(|case| covered(case)).cloned().collect();
    if cases.is_empty() {
        return Ok(None);
    }
    let of_peer = |case: &Case| of_list(&lists[&(case.visitor, case.known.len())], &case.wanted);
    let theirs: Vec<Values> = cases.iter().map(of_peer).collect();
    let split = Split { cases, ..prepared.split.clone() };
    let (_, ours) = values(&prepared.ours, &split)?;
    let (own, ndcg_at_10) = (means(&ours)[0], means(&theirs)[0]);
    let found = intervals(&split.cases, &[ours, theirs], seed);
    let none = Spread { mean: 0.0, low: 0.0, high: 0.0 };
    let difference = found.last().and_then(|of| of.difference.get("ndcg_at_10").copied()).unwrap_or(none);
    Ok(Some(PeerFile { name: name.to_owned(), lists: split.cases.len(), ndcg_at_10, ours: own, difference }))
}

/// Lists by visitor and number of known rows: position 0 is the list after the first row.
fn read(file: &Path, prepared: &Prepared) -> Result<BTreeMap<(u32, usize), Vec<u32>>> {
    let items = prepared.data.items.iter().map(|item| item.id.as_str());
    let items: BTreeMap<&str, u32> = items.zip(0u32..).collect();
    let visitors: BTreeMap<&str, u32> =
        prepared.data.visitors.iter().map(String::as_str).zip(0u32..).collect();
    let mut lists = BTreeMap::new();
    records::read(file, &COLUMNS, COLUMNS.len(), &mut |record| {
        if let Some(visitor) = visitors.get(record.needed(0)?) {
            let known = record.number(1)?.unwrap_or(0.0) as usize + 1;
            let list = record.cell(2).split(',').map(|id| items.get(id.trim()).copied().unwrap_or(u32::MAX));
            lists.insert((*visitor, known), list.collect());
        }
        Ok(())
    })?;
    Ok(lists)
}
