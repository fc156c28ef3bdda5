//! The questionnaire for newcomers: what to ask next, and what the answers say.
//!
//! Visitors are of one of a few hidden clusters ([`Questions`]). The posterior over clusters follows Bayes' rule; the
//! next question is the one with the largest mutual information between its answer and the cluster (MacKay 1992).
//! Everything here is a function of the questionnaire and the answers, which never leave the device.

use homebody_protocol::models::questions::MAX_QUESTIONS;
use homebody_protocol::models::{Answer, Question, Questions};
use homebody_protocol::{FacetKey, derive_key};

use crate::consent::{Permit, Personalize};
use crate::profile::Profile;

/// Most questions of a questionnaire that are asked, skipped ones included.
pub const MAX_ASKED: usize = 5;
/// A question that tells less than this (nats) is not worth the visitor's time.
pub const MIN_GAIN: f32 = 0.01;
/// Likes that a certain wish counts as.
const LIKES: f32 = 3.0;
/// Distinct history items after which answers count half.
const HALF_AT_ITEMS: f32 = 5.0;

/// Probability of each cluster after the answers; empty without a questionnaire.
///
/// Answers to questions that the questionnaire does not have, and skips, change nothing.
pub fn posterior(questions: &Questions, answers: &[(FacetKey, Answer)]) -> Vec<f32> {
    let mut chances = questions.shares.clone();
    normalise(&mut chances);
    for &(facet, answer) in answers {
        let Some(question) = questions.all.iter().find(|question| question.facet == facet) else { continue };
        for (chance, &yes) in chances.iter_mut().zip(&question.yes) {
            *chance *= match answer {
                Answer::Yes => yes,
                Answer::No => 1.0 - yes,
                Answer::Skip => 1.0,
            };
        }
        normalise(&mut chances);
    }
    chances
}

/// The question to ask next: the one expected to tell most, the earlier of equals.
///
/// `None` once [`MAX_ASKED`] questions were put, when no question tells [`MIN_GAIN`], and without a questionnaire.
#[inline(never)]
pub fn next_question<'a>(questions: &'a Questions, answers: &[(FacetKey, Answer)]) -> Option<&'a Question> {
    let is_asked = |question: &Question| answers.iter().any(|(facet, _)| *facet == question.facet);
    if questions.all.iter().filter(|question| is_asked(question)).count() >= MAX_ASKED {
        return None;
    }
    let chances = posterior(questions, answers);
    let mut best = None;
    let mut most = MIN_GAIN;
    for question in questions.all.iter().filter(|question| !is_asked(question)) {
        let gain = information_gain(&chances, question);
        if gain > most || (best.is_none() && gain >= most) {
            (best, most) = (Some(question), gain);
        }
    }
    best
}

/// Expected fall of the entropy over clusters when a question is answered, in nats: the entropy of the answer less
/// its mean entropy within the clusters.
pub fn information_gain(chances: &[f32], question: &Question) -> f32 {
    let (mut yes, mut within) = (0.0f32, 0.0f32);
    for (chance, &likely) in chances.iter().zip(&question.yes) {
        yes += chance * likely;
        within += chance * binary_entropy(likely);
    }
    binary_entropy(yes) - within
}

/// Entropy of a coin, in nats; 0 where it is certain.
fn binary_entropy(chance: f32) -> f32 {
    let term = |share: f32| if share > 0.0 { -share * libm::logf(share) } else { 0.0 };
    term(chance) + term(1.0 - chance)
}

/// Scales to a sum of 1; leaves what cannot be scaled.
fn normalise(chances: &mut [f32]) {
    let sum = chances.iter().fold(0.0, |sum, chance| sum + chance);
    if sum > 0.0 && sum.is_finite() {
        chances.iter_mut().for_each(|chance| *chance /= sum);
    }
}

/// What the answers say about facets.
#[derive(Default)]
pub(crate) struct Wishes {
    /// How much answers and hints still count beside the history, 0–1; 0 without a yes, a no or a hint.
    pub(crate) worth: f32,
    /// Sum of what speaks for and against each facet, ascending by key.
    sums: Vec<(FacetKey, f32)>,
}

impl Wishes {
    /// The facets asked about by the visitor's word, and those of the clusters by their probability. A hint of the site's
    /// records about a facet counts as an answer, a yes of its weight; only beside a questionnaire, as this is code of the
    /// annex, which pools without one do not load.
    pub(crate) fn of(profile: &Profile, questions: &Questions, history_len: usize, now_ms: u64) -> Self {
        if questions.all.is_empty() {
            return Self::default();
        }
        Self::asked(profile, questions, history_len, now_ms)
    }

    #[inline(never)]
    fn asked(profile: &Profile, questions: &Questions, history_len: usize, now_ms: u64) -> Self {
        let mut wishes = Self::default();
        let is_of = |facet| questions.all.iter().any(|question| question.facet == facet);
        for &(facet, answer) in profile.answers.iter().filter(|(facet, _)| is_of(*facet)) {
            match answer {
                Answer::Yes => wishes.add(facet, 1.0),
                Answer::No => wishes.add(facet, -1.0),
                Answer::Skip => {}
            }
        }
        if !wishes.sums.is_empty() {
            let chances = posterior(questions, &profile.answers);
            for (chance, tastes) in chances.iter().zip(&questions.tastes) {
                for &(facet, taste) in tastes {
                    wishes.add(facet, chance * taste);
                }
            }
        }
        // Facts have no weight; the text of a taste is what the key of a facet is made of.
        let hints = profile.hints().as_slice().iter();
        for hint in hints.filter(|hint| hint.value != 0.0 && hint.at_ms > now_ms) {
            wishes.add(FacetKey(derive_key(profile.id_seed(), &hint.text)), hint.value);
        }
        if !wishes.sums.is_empty() {
            wishes.worth = HALF_AT_ITEMS / (HALF_AT_ITEMS + history_len as f32);
        }
        wishes
    }

    /// Likes that the answers count as, ±3 at most.
    pub(crate) fn strength(&self, facet: FacetKey) -> f32 {
        let sum = self.place(facet).map_or(0.0, |place| self.sums[place].1);
        LIKES * self.worth * sum.clamp(-1.0, 1.0)
    }

    fn add(&mut self, facet: FacetKey, amount: f32) {
        match self.place(facet) {
            Ok(place) => self.sums[place].1 += amount,
            Err(place) => self.sums.insert(place, (facet, amount)),
        }
    }

    fn place(&self, facet: FacetKey) -> Result<usize, usize> {
        self.sums.binary_search_by_key(&facet, |known| known.0)
    }
}

impl Profile {
    /// Keeps an answer; a later one to the same question replaces it. Of more than fit one questionnaire the oldest
    /// gives way. `false`, and nothing is changed, when the permit
    /// is of another epoch.
    pub(crate) fn answer(&mut self, permit: &Permit<Personalize>, facet: FacetKey, answer: Answer) -> bool {
        if permit.epoch() != self.epoch {
            return false;
        }
        self.answers.retain(|(known, _)| *known != facet);
        if self.answers.len() >= MAX_QUESTIONS {
            self.answers.remove(0);
        }
        self.answers.push((facet, answer));
        true
    }

    /// The questions answered, by facet, in the order they were answered.
    pub fn answers(&self) -> &[(FacetKey, Answer)] {
        &self.answers
    }
}
