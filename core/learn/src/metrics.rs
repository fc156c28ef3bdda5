//! Ranking metrics of one visitor's list; means over visitors are the caller's.

/// Metrics of one list, or their means over visitors; each in \[0, 1\].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Normalised discounted cumulative gain.
    pub ndcg: f32,
    /// Share of wanted items within the first k.
    pub recall: f32,
    /// One over the rank of the first wanted item within the first k, else 0.
    pub mrr: f32,
    /// 1 when any wanted item is within the first k.
    pub hit: f32,
}

/// Metrics of a list of at most `k` items, best first, for a visitor who wanted `wanted` (distinct items).
///
/// NDCG: Σ 1/log₂(rank+1) over the wanted items listed, divided by the best possible sum for this many wanted
/// items. No wanted items gives zeros.
pub fn at_k(list: &[u32], wanted: &[u32], k: u32) -> Metrics {
    let ranks = (1..=k).zip(list).filter(|(_, item)| wanted.contains(item)).map(|(rank, _)| rank);
    let ideal: f32 = (1..=k.min(wanted.len() as u32)).map(discount).sum();
    if ideal <= 0.0 {
        return Metrics::default();
    }
    let best = ranks.clone().next();
    Metrics {
        // Not `sum`: that of nothing is −0.
        ndcg: ranks.clone().map(discount).fold(0.0, |sum, gain| sum + gain) / ideal,
        recall: ranks.count() as f32 / wanted.len() as f32,
        mrr: best.map_or(0.0, |rank| 1.0 / rank as f32),
        hit: if best.is_some() { 1.0 } else { 0.0 },
    }
}

/// Mean of each metric; zeros for no visitors.
pub fn mean(all: &[Metrics]) -> Metrics {
    let count = all.len().max(1) as f32;
    let of = |metric: fn(&Metrics) -> f32| all.iter().map(metric).sum::<f32>() / count;
    Metrics {
        ndcg: of(|metrics| metrics.ndcg),
        recall: of(|metrics| metrics.recall),
        mrr: of(|metrics| metrics.mrr),
        hit: of(|metrics| metrics.hit),
    }
}

/// The `k` best indices of `scores`, best first; ties go to the lower index, −∞ is never listed.
pub fn top_k(scores: &[f32], k: usize) -> Vec<u32> {
    let mut best: Vec<(f32, u32)> = Vec::with_capacity(k + 1);
    let mut bar = f32::NEG_INFINITY;
    for (index, &score) in (0u32..).zip(scores) {
        if score <= bar || k == 0 {
            continue;
        }
        let place = best.partition_point(|&(other, _)| other >= score);
        best.insert(place, (score, index));
        best.truncate(k);
        if best.len() == k {
            bar = best[k - 1].0;
        }
    }
    best.into_iter().map(|(_, index)| index).collect()
}

fn discount(rank: u32) -> f32 {
    1.0 / libm::log2f(rank as f32 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_equal_hand_computed_ones() {
        // DCG = 1/log2(3) + 1/log2(5); ideal for three wanted = 1 + 1/log2(3) + 1/log2(4).
        let metrics = at_k(&[9, 1, 8, 2], &[1, 2, 3], 10);
        assert!((metrics.ndcg - (0.630_93 + 0.430_68) / 2.130_93).abs() < 1e-4);
        assert!((metrics.recall - 2.0 / 3.0).abs() < 1e-6);
        assert!((metrics.mrr - 0.5).abs() < 1e-6);
        assert!((metrics.hit - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_ideal_list_is_one_and_the_empty_one_zero() {
        assert!((at_k(&[3, 1, 2], &[1, 2, 3], 10).ndcg - 1.0).abs() < 1e-6);
        assert_eq!(at_k(&[1], &[], 10), Metrics::default());
        assert_eq!(at_k(&[1, 2], &[2], 1), Metrics::default(), "beyond k");
        assert!(at_k(&[1], &[2], 1).ndcg.is_sign_positive());
        let many: Vec<u32> = (1..=30).collect();
        assert!((at_k(&many, &many, 10).ndcg - 1.0).abs() < 1e-6, "more wanted than places");
    }

    #[test]
    fn ties_go_to_the_lower_index_and_minus_infinity_takes_no_place() {
        assert_eq!(top_k(&[0.5, 0.9, 0.5, 0.1], 3), [1, 0, 2]);
        assert_eq!(top_k(&[0.5, f32::NEG_INFINITY, 0.7], 5), [2, 0]);
        assert!(top_k(&[0.5], 0).is_empty());
    }

    #[test]
    fn means_are_over_visitors() {
        let mean = mean(&[at_k(&[1], &[1], 10), at_k(&[2], &[1], 10)]);
        assert!((mean.ndcg - 0.5).abs() < 1e-6 && (mean.hit - 0.5).abs() < 1e-6);
    }
}
