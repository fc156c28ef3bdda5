//! Publishing: plan, draft, encode, check, write, sign.

use std::collections::BTreeSet;

use homebody_protocol::manifest::ModelInfo;
use homebody_protocol::table::{MAX_BYTES, Table, TableKind};
use homebody_protocol::task::{Measurement, SignedTask, Task};

use super::order::{by_reach, neutral};
use super::scores::Scores;
use super::sections::Sections;
use super::sign::{self, Release};
use super::tables::{Plan, catalogue, draft, named_ids, plan};
use super::{
    CANDIDATE_BLOB, CATALOG_BLOB, CHAMPION_BLOB, JUDGED_BLOB, Placement, PublishError, PublishOptions,
    PublishReport, PublishedBlob, RAMP_BLOB, seed,
};
use crate::catalog::Snapshot;
use crate::ensemble;
use crate::signing::Signer;
use crate::store::{BlobFiles, Store, StoredModel};

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
    let drafted = Drafted::of(store, options)?;
    drafted.record(store, signer, options)
}

/// The same, unless what is published says all of it already: then nothing is recorded, and the report is of the version
/// that is there. Whoever was killed before he could tell whether he had published may ask again.
///
/// # Errors
/// As for [`publish`].
pub fn publish_news(
    store: &Store,
    signer: &Signer,
    options: &PublishOptions,
) -> Result<PublishReport, PublishError> {
    let drafted = Drafted::of(store, options)?;
    match drafted.published(store)? {
        Some(version) => Ok(drafted.report(version)),
        None => drafted.record(store, signer, options),
    }
}

/// Everything but the signature; the blobs are on disk.
struct Drafted {
    files: Vec<BlobFiles>,
    blobs: Vec<PublishedBlob>,
    id_seed: u32,
    info: ModelInfo,
    /// How many of a thousand devices use the tables of another model, and which that is.
    ramp: Option<(u32, ModelInfo)>,
}

impl Drafted {
    fn of(store: &Store, options: &PublishOptions) -> Result<Self, PublishError> {
        check_names(options)?;
        sign::check_site(store, &options.site)?;
        let snapshot = Snapshot::load(store, &options.sensitive_tags)?;
        if snapshot.items.is_empty() {
            return Err(PublishError::EmptyCatalog);
        }
        let champion = Built::of(store, &snapshot, options, store.latest_model()?)?;
        let (built, ramp) = match store.ramp()? {
            Some((per_mille, replaced)) => {
                let replaced = Built::of(store, &snapshot, options, replaced)?;
                // Under another seed a device that changes sides would have to derive its keys anew: nobody waits then.
                let is_alike = replaced.id_seed == champion.id_seed;
                if is_alike { (replaced, Some((per_mille, champion))) } else { (champion, None) }
            }
            None => (champion, None),
        };
        let Built { tables, id_seed, info } = built;
        let mut drafted = Self { files: Vec::new(), blobs: Vec::new(), id_seed, info, ramp: None };
        store.sweep_unfinished_blobs()?;
        for (plan, table) in &tables {
            drafted.write(store, plan, table)?;
        }
        if let Some((per_mille, Built { tables, info, .. })) = ramp {
            for (plan, table) in tables {
                let name = format!("{RAMP_BLOB}{}", plan.name);
                drafted.write(store, &Plan { name, ..plan }, &table)?;
            }
            drafted.ramp = Some((per_mille, info));
        }
        drafted.compare(store, &snapshot, options)?;
        drafted.pin(store)?;
        Ok(drafted)
    }

    fn write(&mut self, store: &Store, plan: &Plan, table: &[u8]) -> Result<(), PublishError> {
        let (file, blob) = write(store, plan, table)?;
        self.files.push(file);
        self.blobs.push(blob);
        Ok(())
    }

    /// Adds the two tables that devices compare, while they do: those they were asked about, or for a candidate about which
    /// nobody was asked yet, its table and today's.
    fn compare(
        &mut self,
        store: &Store,
        snapshot: &Snapshot,
        options: &PublishOptions,
    ) -> Result<(), PublishError> {
        if !store.is_compared()? {
            return Ok(());
        }
        let asked = asked(store, self.id_seed)?;
        if let (true, Some(candidate)) = (asked.is_empty(), store.candidate()?) {
            let catalogue = self.files.iter().find(|file| file.name == CATALOG_BLOB).cloned();
            let table = Built::of(store, snapshot, options, Some(candidate))?.catalogue(self.id_seed);
            if let (Some(catalogue), Some((plan, table))) = (catalogue, table) {
                self.write(store, &plan, &table)?;
                self.files.push(BlobFiles { name: CHAMPION_BLOB.to_owned(), ..catalogue });
            }
        }
        self.files.extend(asked);
        Ok(())
    }

    /// Adds tables that open tasks name and that would be gone otherwise: who is asked about a table must be able to load it.
    fn pin(&mut self, store: &Store) -> Result<(), PublishError> {
        let Some(current) = store.current()? else { return Ok(()) };
        for task in store.tasks()?.iter().filter(|task| task.closed_at.is_none()) {
            let signed = serde_json::from_str::<SignedTask>(&task.envelope).ok();
            let task = signed.and_then(|signed| Task::from_json(&signed.payload).ok());
            let Some(named) = task.as_ref().and_then(|task| judged(&task.measurement)) else { continue };
            let is_there = self.files.iter().any(|file| file.sha256 == named);
            let known = current.blobs.iter().find(|file| file.sha256 == named).filter(|_| !is_there);
            self.files.extend(known.map(|file| BlobFiles {
                name: format!("{JUDGED_BLOB}{}", named.get(..16).unwrap_or_default()),
                ..file.clone()
            }));
        }
        Ok(())
    }

    /// The version that says the same; none when it is another.
    fn published(&self, store: &Store) -> Result<Option<u64>, PublishError> {
        let Some(current) = store.current()? else { return Ok(None) };
        let Some(manifest) = store.manifest(current.version)? else { return Ok(None) };
        let named = |files: &[BlobFiles]| -> BTreeSet<(String, String)> {
            files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect()
        };
        let is_same = named(&self.files) == named(&current.blobs)
            && manifest.model == self.info
            && manifest.ramp.map(|ramp| (ramp.per_mille, ramp.model)) == self.ramp
            && manifest.id_seed == self.id_seed;
        Ok(is_same.then_some(current.version))
    }

    fn record(
        self,
        store: &Store,
        signer: &Signer,
        options: &PublishOptions,
    ) -> Result<PublishReport, PublishError> {
        let release = Release {
            site: &options.site,
            created_at: options.now,
            id_seed: self.id_seed,
            model: self.info.clone(),
            ramp: self.ramp.clone(),
            blobs: &self.files,
            rolled_back_to: None,
        };
        let version = sign::record(store, signer, &release)?;
        if let Err(error) = store.prune_publications(options.keep, options.now) {
            // It is published; what is left over is tried again by the next publication.
            tracing::warn!("old publications could not be removed: {error}");
        }
        Ok(self.report(version))
    }

    fn report(self, version: u64) -> PublishReport {
        let Self { blobs, id_seed, info, .. } = self;
        PublishReport { version, rolled_back_to: None, blobs, id_seed, model: info.name }
    }
}

/// The table that a task is about.
fn judged(measurement: &Measurement) -> Option<&str> {
    use Measurement as M;
    match measurement {
        M::Votes { model, .. } | M::Blend { model, .. } | M::Evaluation { model, .. } => Some(model),
        _ => None,
    }
}

/// The encoded tables of a model.
struct Built {
    tables: Vec<(Plan, Vec<u8>)>,
    id_seed: u32,
    info: ModelInfo,
}

impl Built {
    fn of(
        store: &Store,
        snapshot: &Snapshot,
        options: &PublishOptions,
        model: Option<StoredModel>,
    ) -> Result<Self, PublishError> {
        let sections = Sections::load(store)?;
        let mut scores = Scores::load(snapshot, model)?;
        sections.over(&mut scores.learned);
        let order = neutral(&snapshot.items, &scores.popularity, &scores.trend);
        let current = store.id_seed()?;
        let reached = by_reach(&snapshot.items, &order, &scores.reach(snapshot));
        let placements: Vec<Placement> =
            options.placements.iter().map(|placement| sections.voted(placement)).collect();
        let mut plans = plan(snapshot, &order, &placements, options.table_items > 0, current)?;
        plans.extend(catalogue(snapshot, &reached, options.table_items));
        let id_seed = seed::choose(named_ids(&plans, snapshot, &scores), current)?;
        let created_at = u32::try_from(store.data_as_of()?.min(options.now)).unwrap_or(u32::MAX);
        let trees = ensemble::load(store)?;
        let mut tables = Vec::new();
        for plan in plans {
            let mut table = draft(&plan, snapshot, &scores, id_seed, created_at)?;
            if table.kind == TableKind::Pool {
                table.extras.trees.clone_from(&trees);
            }
            let bound = if table.kind == TableKind::Pool { MAX_BYTES } else { options.table_bytes };
            let table = table
                .within(bound)
                .and_then(|table| table.encode())
                .map_err(|source| PublishError::Encode { name: plan.name.clone(), source })?;
            tables.push((plan, table));
        }
        Ok(Self { tables, id_seed, info: scores.info })
    }

    /// The catalogue table under the name of a candidate; none under another seed than the champion's, by which devices
    /// could not compare the two.
    fn catalogue(self, id_seed: u32) -> Option<(Plan, Vec<u8>)> {
        let is_catalogue = |(plan, _): &(Plan, Vec<u8>)| plan.kind == TableKind::Catalogue;
        let found = self.tables.into_iter().find(is_catalogue).filter(|_| self.id_seed == id_seed);
        found.map(|(plan, table)| (Plan { name: CANDIDATE_BLOB.to_owned(), ..plan }, table))
    }
}

/// The two tables that devices are comparing already; none before they were asked, and none under another seed.
fn asked(store: &Store, id_seed: u32) -> Result<Vec<BlobFiles>, PublishError> {
    let Some(current) = store.current()?.filter(|_| store.id_seed().is_ok_and(|seed| seed == id_seed)) else {
        return Ok(Vec::new());
    };
    let is_compared = |file: &BlobFiles| file.name == CANDIDATE_BLOB || file.name == CHAMPION_BLOB;
    Ok(current.blobs.into_iter().filter(is_compared).collect())
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
