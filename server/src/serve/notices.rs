//! What visitors are asked, held in memory: the current notice, and all that decisions and receipts may refer to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use homebody_protocol::consent::ConsentAnswer;

use super::asset::Asset;
use super::compress;
use super::library::{IMMUTABLE, common_headers, parse_hash};
use crate::consent::{Notice, NoticeError};
use crate::store::Store;

/// A page asks on every visit, and the region in the answer is its own.
const NOT_KEPT: &str = "no-store";

/// Regions whose answers are kept ready: there are 249 countries, and parts of a few.
const REGIONS_KEPT: usize = 512;

/// One consistent view: replaced as a whole, never changed.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    /// Number of the change that this is the state after.
    pub(crate) seq: u64,
    current: Option<Arc<Served>>,
    by_hash: BTreeMap<String, Arc<Served>>,
}

/// A notice with its answers.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) notice: Notice,
    file: Asset,
    answers: Mutex<BTreeMap<String, Arc<Asset>>>,
}

impl Notices {
    /// Reads what is new since `previous`. An old notice that cannot be read is left out, and no longer counted.
    ///
    /// # Errors
    /// [`NoticeError`] when the current one cannot be served.
    pub(crate) fn load(store: &Store, previous: &Self) -> Result<Self, NoticeError> {
        let newest = store.notice_changes(1)?.into_iter().next();
        let Some(newest) = newest else { return Ok(Self::default()) };
        let mut notices = Self { seq: newest.seq, ..Self::default() };
        for sha256 in store.notice_hashes()? {
            let served = match previous.by_hash.get(&sha256) {
                Some(known) => Ok(Arc::clone(known)),
                None => Served::read(store, &sha256).map(Arc::new),
            };
            match served {
                Ok(served) => {
                    notices.by_hash.insert(sha256, served);
                }
                Err(error) if sha256 == newest.sha256 => return Err(error),
                Err(error) => tracing::warn!(code = error.code(), "old notice left out: {error}"),
            }
        }
        notices.current = notices.by_hash.get(&newest.sha256).cloned();
        Ok(notices)
    }

    /// What is asked now; none before the first publication.
    pub(crate) fn current(&self) -> Option<&Arc<Served>> {
        self.current.as_ref()
    }

    /// A notice by its hash, whether or not it is still asked.
    pub(crate) fn get(&self, sha256: &str) -> Option<&Arc<Served>> {
        parse_hash(sha256).and_then(|_| self.by_hash.get(sha256))
    }
}

impl Served {
    fn read(store: &Store, sha256: &str) -> Result<Self, NoticeError> {
        let bytes = store.notice(sha256)?.ok_or_else(|| NoticeError::Unknown(sha256.to_owned()))?;
        let notice = Notice::read(sha256, &bytes)?;
        let encodings = compress::small(Bytes::from(bytes));
        let file = Asset::new(encodings, &common_headers("application/json", IMMUTABLE));
        Ok(Self { notice, file, answers: Mutex::default() })
    }

    /// The published file.
    pub(crate) fn file(&self, request: &HeaderMap) -> Response<Body> {
        self.file.answer(request)
    }

    /// What a page in a region is told.
    pub(crate) fn answer(&self, region: &str, request: &HeaderMap) -> Response<Body> {
        self.for_region(region).answer(request)
    }

    fn for_region(&self, region: &str) -> Arc<Asset> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.get(region) {
            return Arc::clone(known);
        }
        let text = ConsentAnswer::around(&self.notice.sha256, region, &self.notice.text);
        let encodings = compress::quick(Bytes::from(text));
        let made = Arc::new(Asset::new(encodings, &common_headers("application/json", NOT_KEPT)));
        if answers.len() < REGIONS_KEPT {
            answers.insert(region.to_owned(), Arc::clone(&made));
        }
        made
    }
}
