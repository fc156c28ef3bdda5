//! The stages that lists are judged without, because they serve something else than the next hit.

use super::Prepared;
use super::ablation::{NotJudged, Variant, drafted};
use super::ours::Manner;
use super::pools;
use super::split::Split;
use crate::dataset::Clock;
use homebody_learn::cluster::duplicates::{DUPLICATE_COSINE, groups};
use homebody_learn::{TrainConfig, content};
use homebody_protocol::models::{DiversityBounds, Duplicates};
use homebody_protocol::policy::Exploration;
use homebody_protocol::rules::{Action, EVER, Rule, Rules, Test, TestKind};
use homebody_protocol::table::{FacetKind, ListSource, TableDraft};

/// The diversity of a placement that asks for nothing.
const USUAL_DIVERSITY: f32 = 0.85;
const BOUNDS: DiversityBounds = DiversityBounds { least: 0.5, most: 1.0 };
const DISCOUNT: f32 = 0.8;
/// Seconds for which an item is new to a device that knows no impressions of it.
const NEW_S: f64 = 30.0 * 86_400.0;

const DRAWN: Manner = Manner { own_seed: true, shown: false };
const SHOWN_BEFORE: Manner = Manner { own_seed: false, shown: true };

/// Stages that need what no history of openings has. Simulated visitors judge them, each in a test of its own.
const NEVER: [NotJudged; 3] = [
    NotJudged { stage: "questions for newcomers", why: "nobody in a history answers" },
    NotJudged { stage: "imported trees", why: "they come with a site" },
    NotJudged { stage: "segments and intent", why: "they move items by rules of a site alone" },
];

/// The stages that a history can judge, and those it cannot.
pub(super) struct Stages {
    /// Group of near duplicates of each item, 0 for none; empty without any.
    duplicates: Vec<u32>,
    /// When each item appeared, in seconds, 0 where that is unknown; or why that says nothing.
    appeared: Result<Vec<u32>, &'static str>,
    facets: bool,
    categories: bool,
    brands: bool,
    /// Whether anybody was there before the last known row, so that a list could have been shown.
    earlier: bool,
    /// What is missing for the others.
    pub(super) not_judged: Vec<NotJudged>,
}

impl Stages {
    /// Looks at what the catalogue and the cut of the history have.
    pub(super) fn of(prepared: &Prepared, split: &Split) -> Self {
        let has = |kind| prepared.ours.draft.facets.iter().any(|facet| facet.kind == kind);
        let catalogue = &prepared.keyed.catalogue;
        let near = content::nearest(catalogue, TrainConfig::default().content_neighbours);
        let mut stages = Self {
            duplicates: groups(catalogue, &near, DUPLICATE_COSINE),
            appeared: appeared(prepared, split),
            facets: !prepared.ours.draft.facets.is_empty(),
            categories: has(FacetKind::Category),
            brands: has(FacetKind::Brand),
            earlier: split.cases.iter().any(|case| case.known.len() > 1),
            not_judged: Vec::new(),
        };
        stages.not_judged = stages.missing(prepared, split).into_iter().chain(NEVER).collect();
        stages
    }

    fn missing(&self, prepared: &Prepared, split: &Split) -> Vec<NotJudged> {
        let has = |source| prepared.ours.draft.list_sets.iter().any(|set| set.source == source);
        let hybrid = has(ListSource::Collaborative) && has(ListSource::Content);
        let new = self.appeared.as_ref().err().copied();
        let pooled = prepared.data.items.len() > pools::SIZES[0];
        let needs = [
            (self.facets, "diversity, its levels and a cap on similarity", "the items have no facets"),
            (self.categories, "quotas, shares and places by category", "the items have no categories"),
            (self.brands, "quotas by brand", "the items have no brands"),
            (
                !self.duplicates.is_empty(),
                "one of near duplicates",
                "no two items resemble one another so much",
            ),
            (new.is_none(), "places for new items", new.unwrap_or_default()),
            (
                self.earlier,
                "impression discount",
                "nobody came often enough to have been shown a list before",
            ),
            (split.purchases, "the cart", "the history has no purchases"),
            (hybrid, "α, collaborative against content", "the model has not neighbours of both kinds"),
            (pooled, "retrieval from the catalogue table", "a pool holds the whole catalogue"),
        ];
        let missing = needs.into_iter().filter(|(has, ..)| !has);
        missing.map(|(_, stage, why)| NotJudged { stage, why }).collect()
    }

    /// The model with each of the stages switched on in turn.
    pub(super) fn variants(&self, prepared: &Prepared) -> Vec<Variant> {
        let on = |part: &str, change: &dyn Fn(&mut TableDraft)| {
            drafted(&prepared.ours, part.to_owned(), |draft| change(draft))
        };
        let mut variants = self.for_the_unknown(&on);
        variants.push(on("a rule: never what was opened before", &|draft| {
            draft.extras.rules = nothing_twice();
        }));
        if self.earlier {
            let shown = |part, discount| Variant {
                manner: SHOWN_BEFORE,
                ..on(part, &|draft| draft.extras.policy.impression_discount = discount)
            };
            variants.push(shown("ten shown one step before: what the profile makes of it", 1.0));
            variants.push(shown("ten shown one step before, and impression discount 0.8", DISCOUNT));
        }
        variants.extend(self.for_variety(&on));
        if !self.duplicates.is_empty() {
            variants.push(on("one of near duplicates", &|draft| {
                draft.extras.duplicates = Duplicates(self.duplicates.clone());
            }));
        }
        variants
    }

    /// Exploration, before anything was learned from it.
    fn for_the_unknown(&self, on: &On<'_>) -> Vec<Variant> {
        let drawn =
            |part: &str, change: &dyn Fn(&mut TableDraft)| Variant { manner: DRAWN, ..on(part, change) };
        let mut variants = vec![
            drawn("exploration: Thompson, half a standard deviation", &|draft| {
                draft.extras.policy.exploration = Exploration::Thompson;
            }),
            drawn("exploration: linear Thompson, half a standard deviation", &|draft| {
                draft.extras.policy.exploration = Exploration::LinTs;
            }),
        ];
        if let Ok(appeared) = &self.appeared {
            variants.push(drawn(
                "exploration: Thompson, and a fifth of the places for new items",
                &|draft| {
                    draft.extras.policy.exploration = Exploration::Thompson;
                    let ages = draft.rows.iter_mut().zip(appeared);
                    ages.for_each(|(row, at)| row.added_at = *at);
                },
            ));
        }
        variants
    }

    fn for_variety(&self, on: &On<'_>) -> Vec<Variant> {
        let mut variants = Vec::new();
        if self.facets {
            variants.push(on("diversity: λ 0.85, the default", &|draft| {
                draft.extras.policy.diversity = USUAL_DIVERSITY;
            }));
            variants.push(Variant {
                manner: DRAWN,
                ..on("levels of diversity: λ 0.5 to 1, drawn before anything is learned", &|draft| {
                    draft.extras.diversity_bounds = BOUNDS;
                })
            });
            variants.push(on("no two alike: cosine of facets at most 0.7", &|draft| {
                draft.extras.policy.max_similarity = 0.7;
            }));
        }
        if self.categories {
            variants.push(on("at most two of a category", &|draft| draft.extras.policy.max_per_category = 2));
            variants.push(on("calibrated shares: 0.5", &|draft| draft.extras.policy.calibration = 0.5));
            variants.push(on("a place kept for an unknown category", &|draft| {
                draft.extras.policy.serendipity_slots = 1;
            }));
        }
        if self.brands {
            variants.push(on("at most two of a brand", &|draft| draft.extras.policy.max_per_brand = 2));
        }
        variants
    }
}

/// Makes a variant of a name by a change.
type On<'a> = dyn Fn(&str, &dyn Fn(&mut TableDraft)) -> Variant + 'a;

fn nothing_twice() -> Rules {
    let when = vec![Test::new(TestKind::OpenedSeconds, EVER)];
    Rules(vec![Rule { name: "Nothing twice".to_owned(), action: Action::Exclude, when }])
}

/// The time of each item's first row; what is there within 30 days of the log's start may be of any age.
///
/// # Errors
/// What is missing, where nothing is new to a list.
fn appeared(prepared: &Prepared, split: &Split) -> Result<Vec<u32>, &'static str> {
    if prepared.data.clock != Clock::Seconds {
        return Err("the history has no times");
    }
    let last = split.train.iter().map(|event| event.at).fold(f64::NEG_INFINITY, f64::max);
    // A device takes what appears after its list for new: it cannot be there in life.
    if split.cases.iter().any(|case| case.now < last) {
        return Err("lists of several times share the catalogue of the last");
    }
    let mut first = vec![f64::INFINITY; prepared.data.items.len()];
    for event in &split.train {
        let at = &mut first[event.item as usize];
        *at = at.min(event.at);
    }
    let start = first.iter().copied().fold(f64::INFINITY, f64::min);
    let is_known = |at: f64| at.is_finite() && at > start + NEW_S;
    if !split.cases.iter().any(|case| first.iter().any(|&at| is_known(at) && case.now < at + NEW_S)) {
        return Err("nothing is known to have appeared in the 30 days before the lists");
    }
    Ok(first.into_iter().map(|at| if is_known(at) { at as u32 } else { 0 }).collect())
}
