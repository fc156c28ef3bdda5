//! Manifests: signing a release, and going back to an earlier one.

use std::collections::BTreeMap;

use homebody_protocol::manifest::{BlobRef, FORMAT, Manifest, ModelInfo, Ramp};
use homebody_protocol::table::Table;

use super::{CATALOG_BLOB, PublishError, PublishReport, PublishedBlob, RAMP_BLOB, is_internal};
use crate::signing::Signer;
use crate::store::{BlobFiles, NewPublication, Publication, Store};

/// What a manifest is to say.
pub(super) struct Release<'a> {
    pub(super) site: &'a str,
    pub(super) created_at: u64,
    pub(super) id_seed: u32,
    pub(super) model: ModelInfo,
    /// How many of a thousand devices use the tables of [`RAMP_BLOB`], and whose tables these are.
    pub(super) ramp: Option<(u32, ModelInfo)>,
    pub(super) blobs: &'a [BlobFiles],
    pub(super) rolled_back_to: Option<u64>,
}

/// Refuses to publish another site's tables from this data folder: its devices would see versions jump.
pub(super) fn check_site(store: &Store, site: &str) -> Result<(), PublishError> {
    match store.current()? {
        Some(current) if current.site != site => {
            Err(PublishError::OtherSite { stored: current.site, given: site.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Signs the manifest of a release and records it as the newest version, in one transaction.
pub(super) fn record(store: &Store, signer: &Signer, release: &Release<'_>) -> Result<u64, PublishError> {
    store.write(|transaction| {
        let version = Store::latest_version(transaction)? + 1;
        let manifest = manifest(release, version)?;
        let payload = serde_json::to_string(&manifest).map_err(PublishError::Manifest)?;
        let envelope = signer.seal(payload);
        let envelope_json = serde_json::to_vec(&envelope).map_err(PublishError::Manifest)?;
        let new = NewPublication {
            version,
            site: release.site,
            created_at: release.created_at,
            rolled_back_to: release.rolled_back_to,
            payload: &envelope.payload,
            envelope_json: &envelope_json,
            blobs: release.blobs,
        };
        Store::put_publication(transaction, &new)?;
        Store::set_id_seed(transaction, release.id_seed)?;
        if let Some(to) = release.rolled_back_to {
            Store::retire_sections_after(transaction, to)?;
            // Else the next publication would bring today's model back.
            let of = (release.model.source.as_str(), u64::from(release.model.trained_at));
            Store::restore_model(transaction, of, release.created_at)?;
        }
        Ok(version)
    })
}

/// Publishes the blobs of an earlier version again, under a new version.
///
/// `to` is that version; when none, the last one published before what is served now.
///
/// # Errors
/// [`PublishError`]; what was published before stays.
pub fn rollback(
    store: &Store,
    signer: &Signer,
    to: Option<u64>,
    now: u64,
) -> Result<PublishReport, PublishError> {
    let to = match to {
        Some(to) => to,
        None => store.version_before_current()?.ok_or(PublishError::NothingToRollBack)?,
    };
    let mut target = store.publication(to)?.ok_or(PublishError::UnknownVersion(to))?;
    // What devices were comparing then is settled.
    target.blobs.retain(|file| !is_internal(&file.name));
    let manifest = store.manifest(to)?.ok_or(PublishError::UnknownVersion(to))?;
    let blobs = intact_blobs(store, &target)?;
    let model = manifest.model.name.clone();
    let release = Release {
        site: &target.site,
        created_at: now,
        id_seed: manifest.id_seed,
        model: manifest.model,
        ramp: None,
        blobs: &target.blobs,
        rolled_back_to: Some(to),
    };
    let version = record(store, signer, &release)?;
    Ok(PublishReport { version, rolled_back_to: Some(to), blobs, id_seed: manifest.id_seed, model })
}

fn intact_blobs(store: &Store, target: &Publication) -> Result<Vec<PublishedBlob>, PublishError> {
    let check = |file: &BlobFiles| {
        let missing = || PublishError::MissingBlob { version: target.version, sha256: file.sha256.clone() };
        let bytes = store.blob(file).ok_or_else(missing)?;
        let table = Table::read(bytes)
            .map_err(|source| PublishError::SelfCheck { name: file.name.clone(), source })?;
        let (name, sha256) = (file.name.clone(), file.sha256.clone());
        Ok(PublishedBlob { name, sha256, rows: table.header().rows, bytes: file.bytes })
    };
    target.blobs.iter().map(check).collect()
}

fn manifest(release: &Release<'_>, version: u64) -> Result<Manifest, PublishError> {
    let reference = |file: &BlobFiles| BlobRef {
        sha256: file.sha256.clone(),
        bytes: u32::try_from(file.bytes).unwrap_or(u32::MAX),
    };
    let is_pool = |file: &&BlobFiles| file.name != CATALOG_BLOB && !file.name.starts_with(RAMP_BLOB);
    let placements: BTreeMap<String, BlobRef> =
        release.blobs.iter().filter(is_pool).map(|file| (file.name.clone(), reference(file))).collect();
    let ramp = release.ramp.as_ref().map(|(per_mille, model)| {
        let of = |file: &BlobFiles| Some((file.name.strip_prefix(RAMP_BLOB)?.to_owned(), reference(file)));
        let mut placements: BTreeMap<String, BlobRef> = release.blobs.iter().filter_map(of).collect();
        let catalog = placements.remove(CATALOG_BLOB);
        Ramp { per_mille: *per_mille, model: model.clone(), placements, catalog }
    });
    Ok(Manifest {
        format: FORMAT,
        site: release.site.to_owned(),
        version: u32::try_from(version).map_err(|_| PublishError::VersionsUsedUp)?,
        created_at: u32::try_from(release.created_at).unwrap_or(u32::MAX),
        id_seed: release.id_seed,
        placements,
        catalog: release.blobs.iter().find(|file| file.name == CATALOG_BLOB).map(reference),
        model: release.model.clone(),
        ramp,
    })
}
