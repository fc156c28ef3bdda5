//! The questionnaire for newcomers: which few yes-or-no questions tell most about what a visitor wants.
//!
//! Sums count, for each cluster of visitors, how many like each facet. A question's worth is the mutual information of its
//! answer and the cluster (MacKay 1992). A skipped question tells nothing in any cluster, so that a rate of skipping
//! common to all questions scales every worth alike and is left out.

use crate::moments::add_all;

/// Most questions chosen for what they tell beyond the ones before; later ones are chosen each for itself.
const JOINTLY: usize = 6;
/// Most tastes kept of a cluster.
pub const TASTES: usize = 24;
/// Weaker tastes are left out.
const MIN_TASTE: f64 = 0.05;
/// A question that tells less (nats) is not asked.
const MIN_GAIN: f64 = 0.005;
/// Visitors that a cluster is credited with besides its own: keeps answers from being certain.
const CREDIT: f64 = 2.0;

/// How many of each cluster's visitors like each facet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TasteSums {
    visitors: Vec<f64>,
    /// `clusters × facets`, cluster after cluster.
    likes: Vec<f64>,
    facets: usize,
}

/// A questionnaire over the facets of the sums.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questionnaire {
    /// Share of each cluster among visitors, > 0, sum 1.
    pub shares: Vec<f64>,
    /// For each cluster facets and how much it likes them against everybody, −1 to 1, strongest first.
    pub tastes: Vec<Vec<(usize, f64)>>,
    /// Facets to ask about, most informative first, each with the probability of a yes in each cluster, in (0, 1).
    pub questions: Vec<(usize, Vec<f64>)>,
}

impl TasteSums {
    /// Nothing yet.
    pub fn new(clusters: usize, facets: usize) -> Self {
        Self { visitors: vec![0.0; clusters], likes: vec![0.0; clusters * facets], facets }
    }

    /// Adds a visitor of a cluster: one vote a facet. `false`, and nothing is added, for what does not fit.
    pub fn add(&mut self, cluster: usize, likes: &[bool]) -> bool {
        if cluster >= self.visitors.len() || likes.len() != self.facets {
            return false;
        }
        self.visitors[cluster] += 1.0;
        let cells = &mut self.likes[cluster * self.facets..(cluster + 1) * self.facets];
        for (cell, &like) in cells.iter_mut().zip(likes) {
            *cell += f64::from(u8::from(like));
        }
        true
    }

    /// Adds the sums of others; `false`, and nothing is added, for another shape.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.facets != other.facets || self.visitors.len() != other.visitors.len() {
            return false;
        }
        add_all(&mut self.visitors, &other.visitors);
        add_all(&mut self.likes, &other.likes);
        true
    }

    /// Share of each cluster; clusters without visitors keep a trace.
    pub fn shares(&self) -> Vec<f64> {
        let whole: f64 = self.visitors.iter().map(|visitors| visitors.max(1e-3)).sum();
        self.visitors.iter().map(|visitors| visitors.max(1e-3) / whole).collect()
    }

    /// Probability of a yes about a facet in each cluster, pulled towards that of all visitors.
    pub fn yes(&self, facet: usize) -> Vec<f64> {
        let overall = self.overall(facet);
        let one = |cluster: usize| {
            let likes = self.likes[cluster * self.facets + facet] + CREDIT * overall;
            (likes / (self.visitors[cluster] + CREDIT)).clamp(0.01, 0.99)
        };
        (0..self.visitors.len()).map(one).collect()
    }

    /// Probability of a yes about a facet.
    fn overall(&self, facet: usize) -> f64 {
        let likes: f64 =
            (0..self.visitors.len()).map(|cluster| self.likes[cluster * self.facets + facet]).sum();
        likes / self.visitors.iter().sum::<f64>().max(1.0)
    }

    /// Chooses at most `limit` questions: first those that tell most beyond the answers to the ones before (greedily; at
    /// least 63 % of the best set's information, Nemhauser et al. 1978), then the rest by themselves. Empty with fewer
    /// than two clusters, and when no question tells anything.
    pub fn questionnaire(&self, limit: usize) -> Questionnaire {
        if self.visitors.len() < 2 {
            return Questionnaire::default();
        }
        let shares = self.shares();
        let yes: Vec<Vec<f64>> = (0..self.facets).map(|facet| self.yes(facet)).collect();
        // Every pattern of answers so far with its joint probability in each cluster.
        let mut patterns = vec![shares.clone()];
        let mut chosen: Vec<usize> = Vec::new();
        while chosen.len() < limit {
            let candidates = (0..self.facets).filter(|facet| !chosen.contains(facet));
            let gains = candidates.map(|facet| (facet, conditional_gain(&patterns, &yes[facet])));
            let best = gains.fold(None, |best: Option<(usize, f64)>, one| match best {
                Some(best) if best.1 >= one.1 => Some(best),
                _ => Some(one),
            });
            let Some((facet, _)) = best.filter(|&(_, gain)| gain >= MIN_GAIN) else { break };
            if chosen.len() < JOINTLY {
                patterns = answered(&patterns, &yes[facet]);
            } else if chosen.len() == JOINTLY {
                patterns = vec![shares.clone()];
            }
            chosen.push(facet);
        }
        if chosen.is_empty() {
            return Questionnaire::default();
        }
        let tastes = (0..shares.len()).map(|cluster| self.tastes(cluster, &yes)).collect();
        let questions = chosen.into_iter().map(|facet| (facet, yes[facet].clone())).collect();
        Questionnaire { shares, tastes, questions }
    }

    /// (P(yes | cluster) − P(yes)) / (P(yes | cluster) + P(yes)) of the facets that set a cluster apart.
    fn tastes(&self, cluster: usize, yes: &[Vec<f64>]) -> Vec<(usize, f64)> {
        let taste = |(facet, yes): (usize, &Vec<f64>)| {
            let overall = self.overall(facet).max(1e-6);
            (facet, (yes[cluster] - overall) / (yes[cluster] + overall))
        };
        let mut tastes: Vec<(usize, f64)> = yes.iter().enumerate().map(taste).collect();
        tastes.retain(|(_, taste)| taste.abs() >= MIN_TASTE);
        tastes.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()).then(left.0.cmp(&right.0)));
        tastes.truncate(TASTES);
        tastes
    }
}

/// Mutual information of a question's answer and the cluster, in nats: H(answer) − H(answer | cluster).
pub fn information_gain(chances: &[f64], yes: &[f64]) -> f64 {
    let (mut whole, mut within) = (0.0, 0.0);
    for (chance, &yes) in chances.iter().zip(yes) {
        whole += chance * yes;
        within += chance * entropy(yes);
    }
    entropy(whole) - within
}

/// The mean gain over the patterns of answers so far.
fn conditional_gain(patterns: &[Vec<f64>], yes: &[f64]) -> f64 {
    let gain = |joint: &Vec<f64>| {
        let chance: f64 = joint.iter().sum();
        let posterior: Vec<f64> = joint.iter().map(|part| part / chance.max(f64::MIN_POSITIVE)).collect();
        chance * information_gain(&posterior, yes)
    };
    patterns.iter().map(gain).sum()
}

/// Every pattern twice: with a yes and with a no to one question more.
fn answered(patterns: &[Vec<f64>], yes: &[f64]) -> Vec<Vec<f64>> {
    let with = |joint: &Vec<f64>, told: bool| {
        joint.iter().zip(yes).map(|(part, yes)| part * if told { *yes } else { 1.0 - yes }).collect()
    };
    patterns.iter().flat_map(|joint| [with(joint, true), with(joint, false)]).collect()
}

fn entropy(chance: f64) -> f64 {
    let term = |share: f64| if share > 0.0 { -share * libm::log(share) } else { 0.0 };
    term(chance) + term(1.0 - chance)
}
