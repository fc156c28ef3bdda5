//! What a policy would have earned, from the log of another: off-policy estimators on logs with propensities.

use crate::dataset::records;
use anyhow::{Result, bail};
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::names::Names;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const COLUMNS: [Names; 4] = [
    &["item_id", "item", "action"],
    &["click", "reward"],
    &["propensity_score", "propensity", "pscore"],
    &["position"],
];
const ITEM: usize = 0;
const CLICK: usize = 1;
const PROPENSITY: usize = 2;
const POSITION: usize = 3;
const ROUNDS: usize = 500;
/// Lists that a click rate is pulled towards the mean by.
const PRIOR: f64 = 20.0;

/// One shown item.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The item.
    pub item: String,
    /// Its place in the list; empty without one.
    pub position: String,
    /// The reward, usually 0 or 1.
    pub reward: f64,
    /// Probability with which the logging policy chose it there.
    pub propensity: f64,
}

/// An estimate with its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// 2.5 % quantile.
    pub low: f64,
    /// 97.5 % quantile.
    pub high: f64,
}

/// What a policy is estimated to earn an impression.
#[derive(Clone, Debug, Serialize)]
pub struct OffPolicy {
    /// The log it is estimated from.
    pub log: String,
    /// The log of the policy that is judged, or `uniform`.
    pub target: String,
    /// Rows of the log.
    pub rows: usize,
    /// Mean reward of the log itself.
    pub logged: Estimate,
    /// Inverse propensity scoring (Horvitz & Thompson 1952).
    pub ips: Estimate,
    /// The same, self-normalised (Swaminathan & Joachims 2015).
    pub snips: Estimate,
    /// By a model of the reward of each item.
    pub direct: Estimate,
    /// Doubly robust (Dudík et al. 2011).
    pub doubly_robust: Estimate,
    /// Rows that would be worth as much without weights (Kish): few mean a poor estimate.
    pub effective_rows: f64,
    /// Mean reward of the judged policy's own log: the truth, where there is one.
    pub truth: Option<Estimate>,
}

/// The chance of each item at each position.
pub type Policy = BTreeMap<(String, String), f64>;

/// Reads a log.
///
/// # Errors
/// When it cannot be read, or a propensity is not within (0, 1].
pub fn read(path: &Path) -> Result<Vec<Shown>> {
    let mut rows = Vec::new();
    records::read(path, &COLUMNS, 3, &mut |record| {
        let (Some(reward), Some(propensity)) = (record.number(CLICK)?, record.number(PROPENSITY)?) else {
            bail!("column `click` or `propensity_score` is empty");
        };
        if !(propensity > 0.0 && propensity <= 1.0) {
            bail!("column `propensity_score`: `{propensity}` is not within (0, 1]");
        }
        let (item, position) = (record.needed(ITEM)?.to_owned(), record.cell(POSITION).to_owned());
        rows.push(Shown { item, position, reward, propensity });
        Ok(())
    })?;
    if rows.is_empty() {
        bail!("`{}` has no rows", path.display());
    }
    Ok(rows)
}

/// The policy that wrote a log, as shares of what it showed at each position.
pub fn policy_of(log: &[Shown]) -> Policy {
    let mut shares = Policy::new();
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for row in log {
        *shares.entry((row.position.clone(), row.item.clone())).or_default() += 1.0;
        *totals.entry(&row.position).or_default() += 1.0;
    }
    for ((position, _), share) in &mut shares {
        *share /= totals[position.as_str()];
    }
    shares
}

/// The policy that shows every item of a log alike.
pub fn uniform(log: &[Shown]) -> Policy {
    let items: BTreeSet<&str> = log.iter().map(|row| row.item.as_str()).collect();
    let positions: BTreeSet<&str> = log.iter().map(|row| row.position.as_str()).collect();
    let pairs = positions.iter().flat_map(|position| items.iter().map(move |item| (*position, *item)));
    pairs.map(|(position, item)| ((position.to_owned(), item.to_owned()), 1.0 / items.len() as f64)).collect()
}

/// Estimates what `policy` would have earned where `log` was written.
pub fn estimate(log: &[Shown], policy: &Policy, seed: u64) -> OffPolicy {
    let rates = rates(log);
    let direct = |position: &str| {
        let of = |(place, item): &(String, String)| {
            if place == position { rates.get(item.as_str()).copied().unwrap_or(0.0) } else { 0.0 }
        };
        policy.iter().map(|(key, share)| share * of(key)).sum::<f64>()
    };
    let positions: BTreeSet<&str> = log.iter().map(|row| row.position.as_str()).collect();
    let values: BTreeMap<&str, f64> =
        positions.into_iter().map(|position| (position, direct(position))).collect();
    let row = |row: &Shown| {
        let chance = policy.get(&(row.position.clone(), row.item.clone())).copied().unwrap_or(0.0);
        let expected = rates.get(row.item.as_str()).copied().unwrap_or(0.0);
        let model = values[row.position.as_str()];
        Terms { weight: chance / row.propensity, reward: row.reward, expected, model }
    };
    let terms: Vec<Terms> = log.iter().map(row).collect();
    let weights: f64 = terms.iter().map(|row| row.weight).sum();
    let squares: f64 = terms.iter().map(|row| row.weight * row.weight).sum();
    let [logged, ips, snips, direct, doubly_robust] = bootstrap(&terms, seed);
    OffPolicy {
        log: String::new(),
        target: String::new(),
        rows: log.len(),
        logged,
        ips,
        snips,
        direct,
        doubly_robust,
        effective_rows: if squares > 0.0 { weights * weights / squares } else { 0.0 },
        truth: None,
    }
}

/// Mean reward of a log.
pub fn mean_reward(log: &[Shown], seed: u64) -> Estimate {
    let row = |row: &Shown| Terms { weight: 1.0, reward: row.reward, expected: 0.0, model: 0.0 };
    bootstrap(&log.iter().map(row).collect::<Vec<_>>(), seed)[0]
}

/// Estimates from every log every other policy; from a single log the uniform one.
///
/// # Errors
/// When a log cannot be read.
pub fn compare(paths: &[impl AsRef<Path>], seed: u64) -> Result<Vec<OffPolicy>> {
    let logs = paths.iter().map(|path| read(path.as_ref())).collect::<Result<Vec<_>>>()?;
    let name = |index: usize| paths[index].as_ref().display().to_string();
    if let [log] = &logs[..] {
        let found = estimate(log, &uniform(log), seed);
        return Ok(vec![OffPolicy { log: name(0), target: "uniform".to_owned(), ..found }]);
    }
    let mut found = Vec::new();
    for (from, log) in logs.iter().enumerate() {
        for (to, target) in logs.iter().enumerate().filter(|(to, _)| *to != from) {
            let estimated = estimate(log, &policy_of(target), seed);
            let truth = Some(mean_reward(target, seed));
            found.push(OffPolicy { log: name(from), target: name(to), truth, ..estimated });
        }
    }
    Ok(found)
}

/// What one row adds to the estimators.
#[derive(Clone, Copy)]
struct Terms {
    weight: f64,
    reward: f64,
    /// The model's reward of the shown item.
    expected: f64,
    /// The model's reward of the judged policy at this position.
    model: f64,
}

fn rates(log: &[Shown]) -> BTreeMap<&str, f64> {
    let overall = log.iter().map(|row| row.reward).sum::<f64>() / log.len().max(1) as f64;
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for row in log {
        let (rewards, rows) = sums.entry(&row.item).or_default();
        *rewards += row.reward;
        *rows += 1.0;
    }
    sums.into_iter()
        .map(|(item, (rewards, rows))| (item, (rewards + PRIOR * overall) / (rows + PRIOR)))
        .collect()
}

fn estimators(rows: impl Iterator<Item = Terms>) -> [f64; 5] {
    let (mut count, mut reward, mut weight) = (0.0, 0.0, 0.0);
    let (mut gained, mut model, mut corrected) = (0.0, 0.0, 0.0);
    for row in rows {
        count += 1.0;
        reward += row.reward;
        weight += row.weight;
        gained += row.weight * row.reward;
        model += row.model;
        corrected += row.weight * (row.reward - row.expected);
    }
    let count = f64::max(count, 1.0);
    let normalised = if weight > 0.0 { gained / weight } else { 0.0 };
    [reward / count, gained / count, normalised, model / count, (model + corrected) / count]
}

fn bootstrap(rows: &[Terms], seed: u64) -> [Estimate; 5] {
    let mut rng = SplitMix64(seed);
    let mut drawn: [Vec<f64>; 5] = Default::default();
    for _ in 0..ROUNDS {
        let sample = estimators((0..rows.len()).map(|_| rows[rng.below(rows.len())]));
        drawn.iter_mut().zip(sample).for_each(|(drawn, value)| drawn.push(value));
    }
    let plain = estimators(rows.iter().copied());
    std::array::from_fn(|index| {
        drawn[index].sort_by(f64::total_cmp);
        let quantile = |share: f64| drawn[index][(ROUNDS as f64 * share) as usize];
        Estimate { value: plain[index], low: quantile(0.025), high: quantile(0.975) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(item: &str, reward: f64, propensity: f64) -> Shown {
        Shown { item: item.to_owned(), position: "1".to_owned(), reward, propensity }
    }

    #[test]
    fn estimators_equal_a_calculation_by_hand() {
        // a shown three times of four (1 click), b once (1 click); the judged policy shows a and b alike.
        let log =
            [shown("a", 1.0, 0.75), shown("a", 0.0, 0.75), shown("a", 0.0, 0.75), shown("b", 1.0, 0.25)];
        let found = estimate(&log, &uniform(&log), 1);
        // IPS = (2/3·1 + 2·1) / 4; SNIPS divides by Σw = 3·2/3 + 2 = 4 as well.
        assert!((found.ips.value - 2.0 / 3.0).abs() < 1e-12);
        assert!((found.snips.value - 2.0 / 3.0).abs() < 1e-12);
        assert!((found.logged.value - 0.5).abs() < 1e-12);
        // Rates pulled towards .5: a (1 + 10) / 23, b (1 + 10) / 21.
        let (a, b) = (11.0 / 23.0, 11.0 / 21.0);
        assert!((found.direct.value - (a + b) / 2.0).abs() < 1e-12);
        let correction = (2.0 / 3.0 * (1.0 - 3.0 * a) + 2.0 * (1.0 - b)) / 4.0;
        assert!((found.doubly_robust.value - (a + b) / 2.0 - correction).abs() < 1e-12);
        assert!((found.effective_rows - 16.0 / (3.0 * 4.0 / 9.0 + 4.0)).abs() < 1e-12);
    }

    #[test]
    fn a_policy_estimated_from_its_own_log_earns_what_it_earned() {
        let mut rng = SplitMix64(3);
        let log: Vec<Shown> = (0..4_000)
            .map(|_| {
                let good = rng.unit() < 0.3;
                let reward = f64::from(u8::from(rng.unit() < if good { 0.5 } else { 0.1 }));
                shown(if good { "good" } else { "dull" }, reward, if good { 0.3 } else { 0.7 })
            })
            .collect();
        let own = estimate(&log, &policy_of(&log), 1);
        assert!((own.snips.value - own.logged.value).abs() < 0.005, "{own:?}");
        let better = Policy::from([(("1".to_owned(), "good".to_owned()), 1.0)]);
        let found = estimate(&log, &better, 1);
        assert!(found.snips.low < 0.5 && found.snips.high > 0.5, "{found:?}");
        assert!(found.snips.low > own.logged.high);
    }
}
