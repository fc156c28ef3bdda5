//! Where segments lie among visitors, and how far apart.

use homebody_learn::from_sums::plane::{self, Axis, Plane};
use homebody_protocol::features::FEATURE_NAMES;
use homebody_protocol::models::Segments;
use serde::Serialize;
use utoipa::ToSchema;

use super::segments;
use super::sums::{Read, Sum};
use crate::estimate::Estimate;

/// Axes that are told.
const AXES: usize = 4;
/// Features that an axis is told by.
const LOADINGS: usize = 5;

/// Principal components of visitors, and the published segments on them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PlaneEntry {
    /// The sum.
    pub sum: Sum,
    /// Features that differ between visitors beyond the noise.
    pub varying: Vec<String>,
    /// The directions in which visitors differ most, at most four.
    pub axes: Vec<AxisEntry>,
    /// Each published segment on the first two axes; empty without segments.
    pub places: Vec<Place>,
    /// Share of the variance between segments, 0 to 1; absent with fewer than two.
    pub between: Option<Estimate>,
    /// Scatter between to scatter within segments; absent with fewer than two, and where nothing is left within.
    pub ratio: Option<f64>,
}

/// A direction.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AxisEntry {
    /// Share of the variance along it.
    pub explained: Estimate,
    /// Whether it is more than luck and noise make of features that have nothing to do with one another.
    pub is_beyond: bool,
    /// The features that speak most in it, strongest first, at most five.
    pub loadings: Vec<Loading>,
}

/// What a feature says in a direction.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Loading {
    /// Its name.
    pub feature: String,
    /// How much, −1 to 1.
    pub weight: f64,
}

/// A segment on paper.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its share of all who are in one.
    pub share: f64,
    /// Along the first axis, in standard deviations of the features; 0 is the mean of all visitors.
    pub x: f64,
    /// Along the second.
    pub y: f64,
}

/// The newest sum that says anything.
pub(super) fn newest(all: &[Read], published: &Segments) -> Option<PlaneEntry> {
    let found = all.iter().flat_map(|read| read.windows.iter().map(move |window| (read, window)));
    let (sum, plane) = found.into_iter().find_map(|(read, (sum, released))| {
        plane::of(&read.task, released).map(|plane| (sum.clone(), plane))
    })?;
    let weights = segments::weights(all, published);
    let apart = plane.apart(published, &weights);
    Some(PlaneEntry {
        sum,
        varying: plane.varying.iter().map(|feature| name(*feature)).collect(),
        axes: plane.axes.iter().take(AXES).map(axis).collect(),
        places: places(&plane, published, &weights),
        between: apart.map(|apart| apart.between.into()),
        ratio: apart.and_then(|apart| apart.ratio),
    })
}

fn axis(axis: &Axis) -> AxisEntry {
    let mut loadings: Vec<Loading> =
        axis.loadings.iter().enumerate().map(|(at, &weight)| Loading { feature: name(at), weight }).collect();
    loadings.sort_by(|left, right| right.weight.abs().total_cmp(&left.weight.abs()));
    loadings.truncate(LOADINGS);
    AxisEntry { explained: axis.explained.into(), is_beyond: axis.is_beyond, loadings }
}

fn places(plane: &Plane, published: &Segments, weights: &[(f64, f64)]) -> Vec<Place> {
    let along = |place: &[f64], axis: usize| place.get(axis).copied().unwrap_or_default();
    let place =
        |((segment, place), weight): ((&homebody_protocol::models::Segment, Vec<f64>), &(f64, f64))| Place {
            name: segment.name.clone(),
            share: weight.0,
            x: along(&place, 0),
            y: along(&place, 1),
        };
    published.all.iter().zip(plane.places(published)).zip(weights).map(place).collect()
}

fn name(feature: usize) -> String {
    FEATURE_NAMES.get(feature).copied().unwrap_or("?").to_owned()
}
