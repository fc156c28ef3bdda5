//! Models by where they have the item that a device chose.

use homebody_learn::from_sums::mean::Mean;
use homebody_learn::from_sums::ranks::{self, RankFigure};
use homebody_learn::from_sums::verdict::{self, Verdict};
use homebody_protocol::manifest::Manifest;
use homebody_protocol::task::Measurement;
use serde::Serialize;
use utoipa::ToSchema;

use super::Source;
use super::sums::Sums;
use crate::estimate::Estimate;
use crate::publish::{CANDIDATE_BLOB, CHAMPION_BLOB};
use crate::store::{Store, StoreError};

/// Comparisons that are listed, newest first.
const LISTED: usize = 20;

/// Models by where they have the item that a device chose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Models {
    /// Every model that an `evaluation` task asks about, the one in use first.
    pub evaluated: Vec<ModelFigures>,
    /// Two models by the same devices, from `gate` tasks: newest first, at most 20.
    pub compared: Vec<Comparison>,
}

/// How a model fares.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModelFigures {
    /// Hash of its table, 64 hexadecimal digits.
    pub model: String,
    /// `champion` (or in use), `candidate` or `other`.
    pub role: &'static str,
    /// All windows of its task.
    pub source: Source,
    /// Recall, NDCG and mean reciprocal rank.
    pub figures: Vec<Figure>,
    /// What each is ahead of the champion's. By two samples of the same devices whose likeness is not known: rather
    /// too wide.
    pub ahead: Vec<Figure>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    /// `recall`, `ndcg` or `mrr`.
    pub metric: &'static str,
    /// Ranks that count.
    pub at: u32,
    /// What it is, over all devices that answered.
    pub value: Estimate,
}

/// Two models by the same devices.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// All windows of the task.
    pub source: Source,
    /// Hash of the table in use.
    pub champion: String,
    /// Hash of the other.
    pub candidate: String,
    /// A hit is the chosen item among the first so many.
    pub top: u32,
    /// Share of devices with a hit of the champion.
    pub champion_hits: Estimate,
    /// Share of devices with a hit of the candidate.
    pub candidate_hits: Estimate,
    /// Hits a device that the candidate is ahead: paired, by the devices that the two treat differently.
    pub ahead: Estimate,
    /// `promote`, `reject` or `wait`, at one-sided 5 %.
    pub verdict: &'static str,
}

pub(super) fn draw(store: &Store, all: &[Sums]) -> Result<Models, StoreError> {
    let roles = Roles::of(store)?;
    let mut compared: Vec<(u64, Comparison)> =
        all.iter().filter_map(|sums| Some((sums.last(), comparison(sums)?))).collect();
    compared.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
    compared.truncate(LISTED);
    let compared = compared.into_iter().map(|(_, comparison)| comparison).collect();
    Ok(Models { evaluated: evaluated(all, &roles), compared })
}

/// One a model: by its newest task.
fn evaluated(all: &[Sums], roles: &Roles) -> Vec<ModelFigures> {
    let mut found: Vec<(&str, &Sums, Vec<RankFigure>)> = Vec::new();
    let mut newest: Vec<&Sums> = all.iter().collect();
    newest.sort_by_key(|sums| std::cmp::Reverse(sums.last()));
    for sums in newest {
        let Measurement::Evaluation { model, .. } = &sums.task.measurement else { continue };
        let is_known = found.iter().any(|(known, ..)| known == model);
        let figures = sums.together().filter(|_| !is_known).and_then(|sum| ranks::figures(&sums.task, &sum));
        found.extend(figures.map(|figures| (model.as_str(), sums, figures)));
    }
    found.sort_by_key(|(model, ..)| roles.place(model));
    let champion = found.first().filter(|(model, ..)| roles.of_model(model) == CHAMPION).cloned();
    let one = |(model, sums, figures): &(&str, &Sums, Vec<RankFigure>)| {
        let others = champion.as_ref().filter(|(champion, ..)| champion != model);
        let ahead = others.map(|(_, _, champion)| ranks::ahead(figures, champion)).unwrap_or_default();
        ModelFigures {
            model: (*model).to_owned(),
            role: roles.of_model(model),
            source: sums.source(&sums.windows),
            figures: figures.iter().map(Figure::from).collect(),
            ahead: ahead.iter().map(Figure::from).collect(),
        }
    };
    found.iter().map(one).collect()
}

fn comparison(sums: &Sums) -> Option<Comparison> {
    let Measurement::Gate { champion, candidate, top } = &sums.task.measurement else { return None };
    let released = sums.together()?;
    let decision = verdict::gate(&released)?;
    let &[_, old, new, both] = released.cells.as_slice() else { return None };
    let reports = released.reports;
    let share = |hits: f64| {
        let share = (hits / reports).clamp(0.0, 1.0);
        let error = (share * (1.0 - share) / reports + 2.0 * released.variance / (reports * reports)).sqrt();
        Mean { value: share, error }.interval((0.0, 1.0)).into()
    };
    Some(Comparison {
        source: sums.source(&sums.windows),
        champion: champion.clone(),
        candidate: candidate.clone(),
        top: *top,
        champion_hits: share(old + both),
        candidate_hits: share(new + both),
        ahead: Mean { value: decision.difference, error: decision.error }.interval((-1.0, 1.0)).into(),
        verdict: match decision.verdict {
            Verdict::Promote => "promote",
            Verdict::Reject => "reject",
            Verdict::Wait => "wait",
        },
    })
}

impl From<&RankFigure> for Figure {
    fn from(figure: &RankFigure) -> Self {
        Self { metric: figure.metric.word(), at: figure.at, value: figure.value.into() }
    }
}

const CHAMPION: &str = "champion";
const CANDIDATE: &str = "candidate";
const OTHER: &str = "other";

/// Which table is what in today's publication.
struct Roles(Option<Manifest>);

impl Roles {
    fn of(store: &Store) -> Result<Self, StoreError> {
        let current = store.current_version()?;
        Ok(Self(current.map(|version| store.manifest(version)).transpose()?.flatten()))
    }

    fn of_model(&self, hash: &str) -> &'static str {
        let Some(manifest) = &self.0 else { return OTHER };
        let named = |name: &str| manifest.placements.get(name).is_some_and(|blob| blob.sha256 == hash);
        let in_use = || {
            let pools = manifest.placements.iter().filter(|(name, _)| !name.starts_with('.'));
            pools.chain(manifest.placements.get_key_value(CHAMPION_BLOB)).any(|(_, blob)| blob.sha256 == hash)
        };
        if named(CANDIDATE_BLOB) {
            CANDIDATE
        } else if in_use() {
            CHAMPION
        } else {
            OTHER
        }
    }

    fn place(&self, hash: &str) -> usize {
        [CHAMPION, CANDIDATE, OTHER].iter().position(|role| *role == self.of_model(hash)).unwrap_or(0)
    }
}
