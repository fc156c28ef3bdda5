//! What released sums say of visitors on the whole: how varied their lists are, how large segments are, and how far they lie
//! apart.
//!
//! For the operator. Everything is post-processing of what was released with its noise: it costs no budget, says nothing of a
//! single visitor, and may be drawn up as often as wanted. The estimates are those of [`homebody_learn::from_sums`].

mod plane;
mod segments;
mod sums;
mod variety;

pub use plane::{AxisEntry, Loading, Place, PlaneEntry};
pub use segments::{SegmentEntry, SegmentsWindow};
pub use sums::Sum;
pub use variety::{Bin, VarietyTold, VarietyWindow};

use homebody_protocol::models::Segments;
use homebody_protocol::table::Table;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Store, StoreError};
use crate::train::{Narrowing, VarietyLimits};

/// What released sums say of visitors.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Audience {
    /// The site.
    pub site: String,
    /// What the alarm goes by.
    pub limits: VarietyLimits,
    /// The newest window of the newest `diversity` task that says anything, held against the limits.
    pub narrowing: Option<Narrowing>,
    /// Windows of `diversity` tasks, newest first.
    pub variety: Vec<VarietyWindow>,
    /// Windows of `segments` tasks, newest first.
    pub segments: Vec<SegmentsWindow>,
    /// The newest window of the newest `second_moments` task that says anything.
    pub plane: Option<PlaneEntry>,
}

impl Audience {
    /// Draws it up.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn draw(store: &Store, site: &str, limits: VarietyLimits) -> Result<Self, StoreError> {
        let published = published(store)?;
        let all = sums::read(store)?;
        let variety = variety::windows(&all, limits);
        let segments = segments::windows(&all, &published);
        let plane = plane::newest(&all, &published);
        let narrowing = variety::newest(&all, limits);
        Ok(Self { site: site.to_owned(), limits, narrowing, variety, segments, plane })
    }
}

/// The segments that devices put themselves into: those of a published pool. None before a publication, and none of a pool
/// that cannot be read, which the doctor tells of.
fn published(store: &Store) -> Result<Segments, StoreError> {
    let Some(current) = store.current()? else { return Ok(Segments::default()) };
    let is_pool = |name: &str| name != "catalog" && !name.starts_with('.');
    let pool = current.blobs.iter().find(|files| is_pool(&files.name));
    let table = pool.and_then(|files| store.blob(files)).and_then(|bytes| Table::read(bytes).ok());
    Ok(table.map(|table| table.extras().segments.clone()).unwrap_or_default())
}
