//! The stages that lists are judged without, because they serve something else than the next hit.

use super::Prepared;
use super::ablation::{NotJudged, Variant, drafted};
use super::split::Split;
use homebody_learn::cluster::duplicates::{DUPLICATE_COSINE, groups};
use homebody_learn::{TrainConfig, content};
use homebody_protocol::models::Duplicates;
use homebody_protocol::policy::Exploration;
use homebody_protocol::rules::{Action, EVER, Rule, Rules, Test, TestKind};
use homebody_protocol::table::{FacetKind, TableDraft};

/// The diversity of a placement that asks for nothing.
const USUAL_DIVERSITY: f32 = 0.85;

/// Stages that need what no history of openings has. Simulated visitors judge them, each in a test of its own.
const NEVER: [NotJudged; 6] = [
    NotJudged {
        stage: "impression discount",
        why: "a history says what was opened, not what was shown and left alone",
    },
    NotJudged {
        stage: "levels of diversity",
        why: "they are learned from openings of lists, which a history does not hold",
    },
    NotJudged { stage: "places for new items", why: "a history does not say when items were added" },
    NotJudged { stage: "questions for newcomers", why: "nobody in a history answers" },
    NotJudged { stage: "imported trees", why: "they come with a site" },
    NotJudged { stage: "segments and intent", why: "they move items by rules of a site alone" },
];

/// The stages that a history can judge, and those it cannot.
pub(super) struct Stages {
    /// Group of near duplicates of each item, 0 for none; empty without any.
    duplicates: Vec<u32>,
    facets: bool,
    categories: bool,
    brands: bool,
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
            facets: !prepared.ours.draft.facets.is_empty(),
            categories: has(FacetKind::Category),
            brands: has(FacetKind::Brand),
            not_judged: Vec::new(),
        };
        let needs = [
            (stages.facets, "diversity and a cap on similarity", "the items have no facets"),
            (stages.categories, "quotas, shares and places by category", "the items have no categories"),
            (stages.brands, "quotas by brand", "the items have no brands"),
            (!stages.duplicates.is_empty(), "one of near duplicates", "no two items resemble one another so much"),
            (split.purchases, "the cart", "the history has no purchases"),
        ];
        let missing = needs.into_iter().filter(|(has, ..)| !has);
        stages.not_judged = missing.map(|(_, stage, why)| NotJudged { stage, why }).chain(NEVER).collect();
        stages
    }

    /// The model with each of the stages switched on in turn.
    pub(super) fn variants(&self, prepared: &Prepared) -> Vec<Variant> {
        let on = |part: &str, change: &dyn Fn(&mut TableDraft)| {
            drafted(&prepared.ours, part.to_owned(), |draft| change(draft))
        };
        let mut variants = vec![
            on("exploration: Thompson, half a standard deviation", &|draft| {
                draft.extras.policy.exploration = Exploration::Thompson;
            }),
            on("exploration: linear Thompson, half a standard deviation", &|draft| {
                draft.extras.policy.exploration = Exploration::LinTs;
            }),
            on("a rule: never what was opened before", &|draft| draft.extras.rules = nothing_twice()),
        ];
        if self.facets {
            variants.push(on("diversity: λ 0.85, the default", &|draft| {
                draft.extras.policy.diversity = USUAL_DIVERSITY;
            }));
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
        if !self.duplicates.is_empty() {
            variants.push(on("one of near duplicates", &|draft| {
                draft.extras.duplicates = Duplicates(self.duplicates.clone());
            }));
        }
        variants
    }
}

fn nothing_twice() -> Rules {
    let when = vec![Test::new(TestKind::OpenedSeconds, EVER)];
    Rules(vec![Rule { name: "Nothing twice".to_owned(), action: Action::Exclude, when }])
}
