//! Tasks about what is published, ready to be added: the keys of items and the noise are found out here.

use homebody_protocol::accounting::{MICRO, micro_rho_of};
use homebody_protocol::manifest::Manifest;
use homebody_protocol::table::{FacetKind, Table};
use homebody_protocol::task::{
    Head, HeadDraft, HeadKind, HeadQuestion, MAX_LOCAL_CELLS, Summing, TIME_PRECISION_S, Task,
};

use super::CollectError;
use super::sensitive::Sensitive;
use crate::publish::is_internal;
use crate::store::{BlobFiles, Store, StoreError};

/// δ of every ε that is named.
const DELTA: f64 = 1e-6;
/// A window's sum is released once a month, a report in it costs once.
const WINDOW_S: u32 = 28 * 86_400;

/// What devices could be asked about a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which of the items of the head they wanted.
    Items,
    /// Which two of them.
    Pairs,
    /// Which after which.
    After,
    /// Which categories.
    Categories,
}

/// What a task is to be like.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftOptions {
    /// What is asked.
    pub question: Question,
    /// How reports are summed.
    pub summing: Summing,
    /// ε of one report, at δ 10⁻⁶; of one answer under `local`.
    pub epsilon: f64,
    /// Most items or categories, the most wanted first.
    pub most: u32,
    /// Windows of four weeks.
    pub windows: u32,
    /// Reports without which no sum is released.
    pub min_batch_size: u32,
    /// Categories, brands and tags whose items are left out.
    pub sensitive_tags: Vec<String>,
}

/// The task that asks this of what is published now.
///
/// # Errors
/// [`CollectError::NothingPublished`], or [`CollectError::Task`] where no task can be that way.
pub fn draft(store: &Store, site: &str, options: &DraftOptions, now: u64) -> Result<Task, CollectError> {
    let most = if options.summing == Summing::Local { MAX_LOCAL_CELLS - 1 } else { options.most };
    let sensitive = Sensitive::load(store, &options.sensitive_tags)?;
    let head = head(store, options.question, &sensitive, options.most.min(most) as usize)?;
    let (name, description, question) = words(options.question);
    let last = u32::MAX - options.windows.saturating_mul(WINDOW_S) - TIME_PRECISION_S;
    let now = u32::try_from(now).unwrap_or(last).min(last);
    let draft = HeadDraft {
        site: site.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        question,
        head,
        summing: options.summing.clone(),
        micro_rho: micro_rho_of(options.epsilon, DELTA),
        micro_epsilon: (options.epsilon * MICRO as f64).round() as u32,
        window_s: WINDOW_S,
        windows: options.windows,
        min_batch_size: options.min_batch_size,
        starts_at: now - now % TIME_PRECISION_S,
    };
    Ok(draft.task()?)
}

fn words(question: Question) -> (&'static str, &'static str, HeadQuestion) {
    match question {
        Question::Items => {
            ("items", "Which things are wanted, so that lists show what many like.", HeadQuestion::Wanted)
        }
        Question::Pairs => (
            "pairs",
            "Which things are wanted together, so that lists show what goes with what you like.",
            HeadQuestion::Together,
        ),
        Question::After => (
            "after",
            "Which things are wanted after which, so that lists show what may come next.",
            HeadQuestion::After,
        ),
        Question::Categories => (
            "categories",
            "Which categories are wanted, so that lists show what many like.",
            HeadQuestion::Wanted,
        ),
    }
}

/// Keys of the most wanted items, or of the categories with the most wanted items; none that is sensitive.
fn head(store: &Store, question: Question, sensitive: &Sensitive, most: usize) -> Result<Head, CollectError> {
    let (manifest, bytes) = published(store)?.ok_or(CollectError::NothingPublished)?;
    let table = Table::read(bytes)
        .map_err(|error| StoreError::Damaged { what: "blob", reason: error.to_string() })?;
    let wanted = |row: usize| f64::from(table.popularity(row).max(0.0)).exp();
    let (of, weights) = match question {
        Question::Categories => {
            let mut weights = vec![0.0; table.facet_count()];
            for row in 0..table.rows() {
                for facet in table.facets(row).filter(|&facet| table.facet_kind(facet) == FacetKind::Category)
                {
                    weights[facet] += wanted(row);
                }
            }
            (HeadKind::Facets, weights)
        }
        _ => (HeadKind::Items, (0..table.rows()).map(wanted).collect()),
    };
    let key = |place: usize| match of {
        HeadKind::Facets => table.facet_key(place).0,
        HeadKind::Items => table.key(place).0,
    };
    let mut places: Vec<usize> = (0..weights.len()).filter(|&place| weights[place] > 0.0).collect();
    // A stable sort: among equals the order of the table stands, which is the neutral one.
    places.sort_by(|&left, &right| weights[right].total_cmp(&weights[left]));
    let denied = sensitive.keys(of, manifest.id_seed);
    let may_be_asked = |key: &u32| *key != 0 && !denied.contains_key(key);
    let keys = places.into_iter().map(key).filter(may_be_asked).take(most).collect();
    Ok(Head { of, id_seed: manifest.id_seed, keys })
}

/// Today's manifest with its largest table.
fn published(store: &Store) -> Result<Option<(Manifest, Vec<u8>)>, CollectError> {
    let Some(publication) = store.current()? else { return Ok(None) };
    let Some(manifest) = store.manifest(publication.version)? else { return Ok(None) };
    let is_ours = |blob: &&BlobFiles| !is_internal(&blob.name);
    let Some(largest) = publication.blobs.iter().filter(is_ours).max_by_key(|blob| blob.bytes) else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged { what: "blob", reason: largest.sha256.clone() };
    Ok(Some((manifest, store.blob(largest).ok_or_else(damaged)?)))
}
