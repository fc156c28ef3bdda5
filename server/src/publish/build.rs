//! Publishing: plan, draft, encode, check, write, sign.

use std::collections::BTreeSet;

use homebody_protocol::table::{Table, TableKind};

use super::order::neutral;
use super::scores::Scores;
use super::sign::{self, Release};
use super::tables::{Plan, draft, named_ids, plan};
use super::{CATALOG_BLOB, PublishError, PublishOptions, PublishReport, PublishedBlob, seed};
use crate::catalog::Snapshot;
use crate::ensemble;
use crate::signing::Signer;
use crate::store::{BlobFiles, Store};

/// Publishes the catalogue and the newest model.
///
/// Tables carry the time of the data, not of the publication: publishing twice without an import between
/// gives the same blobs, and nobody loads anything again.
///
/// # Errors
/// [`PublishError`]; what was published before stays.
pub fn publish(
    store: &Store,
    signer: &Signer,
    options: &PublishOptions,
) -> Result<PublishReport, PublishError> {
    check_names(options)?;
    sign::check_site(store, &options.site)?;
    let snapshot = Snapshot::load(store, &options.sensitive_tags)?;
    if snapshot.items.is_empty() {
        return Err(PublishError::EmptyCatalog);
    }
    let scores = Scores::load(store, &snapshot)?;
    let order = neutral(&snapshot.items, &scores.popularity, &scores.trend);
    let current = store.id_seed()?;
    let plans = plan(&snapshot, &order, &options.placements, options.table_items, current)?;
    let id_seed = seed::choose(named_ids(&plans, &snapshot, &scores), current)?;
    let created_at = u32::try_from(store.data_as_of()?.min(options.now)).unwrap_or(u32::MAX);
    let trees = ensemble::load(store)?;
    store.sweep_unfinished_blobs()?;
    let mut files = Vec::new();
    let mut blobs = Vec::new();
    for plan in &plans {
        let mut table = draft(plan, &snapshot, &scores, id_seed, created_at)?;
        if table.kind == TableKind::Pool {
            table.extras.trees.clone_from(&trees);
        }
        let table =
            table.encode().map_err(|source| PublishError::Encode { name: plan.name.clone(), source })?;
        let (file, blob) = write(store, plan, &table)?;
        files.push(file);
        blobs.push(blob);
    }
    let release = Release {
        site: &options.site,
        created_at: options.now,
        id_seed,
        model: scores.info.clone(),
        blobs: &files,
        rolled_back_to: None,
    };
    let version = sign::record(store, signer, &release)?;
    if let Err(error) = store.prune_publications(options.keep, options.now) {
        // It is published; what is left over is tried again by the next publication.
        tracing::warn!("old publications could not be removed: {error}");
    }
    Ok(PublishReport { version, rolled_back_to: None, blobs, id_seed, model: scores.info.name })
}

fn write(store: &Store, plan: &Plan, table: &[u8]) -> Result<(BlobFiles, PublishedBlob), PublishError> {
    let read =
        Table::read(table).map_err(|source| PublishError::SelfCheck { name: plan.name.clone(), source })?;
    let file = store.put_blob(&plan.name, table)?;
    let (name, sha256) = (file.name.clone(), file.sha256.clone());
    let blob = PublishedBlob { name, sha256, rows: read.header().rows, bytes: file.bytes };
    Ok((file, blob))
}

fn check_names(options: &PublishOptions) -> Result<(), PublishError> {
    let mut seen = BTreeSet::new();
    for placement in &options.placements {
        let name = placement.name.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let reason = if name.is_empty() || !name.chars().all(plain) {
            "use lower-case letters, digits, `-` and `_`"
        } else if name == CATALOG_BLOB {
            "the catalogue table has this name"
        } else if !seen.insert(name) {
            "another placement has this name"
        } else {
            continue;
        };
        return Err(PublishError::PlacementName { name: name.to_owned(), reason });
    }
    Ok(())
}
