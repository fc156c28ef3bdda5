//! Verdicts on models, settings and experiments, by tests that count the noise in.

use super::Released;

/// One-sided 5 %.
const Z: f64 = 1.644_853_6;
/// 80 % power: a difference of (Z + this) standard errors is seen four times out of five.
const Z_POWER: f64 = 0.841_621_2;

/// What to do with a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Better than the champion beyond luck and noise.
    Promote,
    /// Worse beyond luck and noise.
    Reject,
    /// Not known yet: keep the champion.
    Wait,
}

/// A candidate against a champion, by devices that judged both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateDecision {
    /// Hit rate of the candidate less that of the champion, over all reports.
    pub difference: f64,
    /// Standard error, noise included.
    pub error: f64,
    /// The smallest difference that would have been seen four times out of five.
    pub detectable: f64,
    /// What to do.
    pub verdict: Verdict,
}

/// Decides by the four cells (neither, old, new, both): as McNemar's test (1947), by the devices that the two models treat
/// differently, with the noise of those two cells in the variance. `None` without reports or four cells.
pub fn gate(released: &Released) -> Option<GateDecision> {
    let &[_, old, new, _] = released.cells.as_slice() else { return None };
    if released.reports < 1.0 {
        return None;
    }
    let reports = released.reports;
    let difference = (new - old) / reports;
    // Var(new − old) of multinomial counts; noise may make them negative, their variance is not.
    let apart = (old.max(0.0) + new.max(0.0) - reports * difference * difference).max(1.0);
    let error = (apart + 2.0 * released.variance).sqrt() / reports;
    let verdict = match difference / error {
        z if z > Z => Verdict::Promote,
        z if z < -Z => Verdict::Reject,
        _ => Verdict::Wait,
    };
    Some(GateDecision { difference, error, detectable: (Z + Z_POWER) * error, verdict })
}

/// The setting with the most votes, if it leads the `current` one beyond luck and noise; else the current one. The luck of
/// the best of many is paid for (Bonferroni: the level is divided by the number of settings).
pub fn votes(released: &Released, settings: usize, current: usize) -> usize {
    let votes = &released.cells[..settings.min(released.cells.len())];
    let Some(&own) = votes.get(current) else { return current };
    let better =
        |best: usize, (index, votes_of): (usize, &f64)| if *votes_of > votes[best] { index } else { best };
    let best = votes.iter().enumerate().fold(current, better);
    // An upper bound: devices that vote for both count for neither.
    let error = (own.max(0.0) + votes[best].max(0.0) + 2.0 * released.variance).max(1.0).sqrt();
    // z of a level of 5 % / n grows as √(2 ln n) beyond that of 5 %.
    let z = (Z * Z + 2.0 * libm::log(settings.max(1) as f64)).sqrt();
    if votes[best] - own > z * error { best } else { current }
}

/// One arm of an experiment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arm {
    /// Visitors, noise taken for what it is.
    pub visitors: f64,
    /// Mean worth of an outcome.
    pub mean: f64,
    /// Standard error of the mean, noise included.
    pub error: f64,
}

/// The arms of an experiment of `variants` × `worth.len()` cells; `worth` is what each outcome is worth (1 for a purchase,
/// or a bucket's mean value). `None` for too few cells or an arm whose visitors are lost in noise.
pub fn arms(released: &Released, variants: usize, worth: &[f64]) -> Option<Vec<Arm>> {
    if worth.is_empty() || released.cells.len() < variants * worth.len() {
        return None;
    }
    released
        .cells
        .chunks(worth.len())
        .take(variants)
        .map(|cells| arm(cells, worth, released.variance))
        .collect()
}

/// z of the difference of two arms' means.
pub fn z_between(treated: &Arm, control: &Arm) -> f64 {
    (treated.mean - control.mean) / (treated.error * treated.error + control.error * control.error).sqrt()
}

fn arm(cells: &[f64], worth: &[f64], variance: f64) -> Option<Arm> {
    let visitors: f64 = cells.iter().sum();
    if visitors <= 4.0 * (variance * cells.len() as f64).sqrt() {
        return None;
    }
    let moment = |power: &dyn Fn(f64) -> f64| {
        cells.iter().zip(worth).map(|(count, &worth)| count * power(worth)).sum::<f64>() / visitors
    };
    let mean = moment(&|worth| worth);
    let spread = (moment(&|worth| worth * worth) - mean * mean).max(0.0);
    // The mean is a ratio of sums: a unit of noise in a cell moves it by (worth − mean) / visitors.
    let moved: f64 = worth.iter().map(|worth| (worth - mean) * (worth - mean)).sum();
    let error = (spread / visitors + variance * moved / (visitors * visitors)).sqrt();
    Some(Arm { visitors, mean, error })
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    fn cells(cells: &[f64], reports: f64, variance: f64) -> Released {
        Released { reports, cells: cells.to_vec(), variance }
    }

    #[test]
    fn noise_costs_a_third_at_five_thousand_devices_and_a_tenth_at_twenty() {
        // A tenth of the devices is treated differently; b of 10 is ε = .1 at a distance of 1.
        let seen = |reports: f64, variance: f64| {
            100.0
                * gate(&cells(&[0.0, reports / 20.0, reports / 20.0, 0.0], reports, variance))
                    .unwrap()
                    .detectable
        };
        for (reports, variance, points) in
            [(5_000.0, 0.0, 1.12), (5_000.0, 200.0, 1.50), (20_000.0, 0.0, 0.56), (20_000.0, 200.0, 0.61)]
        {
            assert!(
                (seen(reports, variance) - points).abs() < 0.02,
                "{reports} {variance}: {}",
                seen(reports, variance)
            );
        }
    }

    #[test]
    fn luck_and_noise_do_not_promote_and_a_gain_does() {
        let mut rng = SplitMix64(1);
        let (mut wrong, mut right, rounds) = (0, 0, 400);
        for _ in 0..rounds {
            let mut trial = |new: f64| {
                let mut counts = [0.0; 4];
                for _ in 0..2_000 {
                    let drawn = rng.unit();
                    let cell = if drawn < 0.05 {
                        1
                    } else if drawn < 0.05 + new {
                        2
                    } else {
                        0
                    };
                    counts[cell] += 1.0;
                }
                counts.iter_mut().for_each(|count| *count += noise(&mut rng, 10.0));
                gate(&cells(&counts, 2_000.0, 100.0)).unwrap().verdict
            };
            wrong += u32::from(trial(0.05) == Verdict::Promote);
            right += u32::from(trial(0.08) == Verdict::Promote);
        }
        assert!(wrong < 34, "5 % of 400 are 20: {wrong}");
        assert!(right > 320, "{right}");
        assert_eq!(gate(&cells(&[0.0, 300.0, 100.0, 0.0], 5_000.0, 0.0)).unwrap().verdict, Verdict::Reject);
        assert_eq!(gate(&cells(&[0.0, -9.0, -5.0, 0.0], 100.0, 400.0)).unwrap().verdict, Verdict::Wait);
        assert!(gate(&cells(&[0.0; 4], 0.0, 0.0)).is_none() && gate(&cells(&[0.0; 5], 9.0, 0.0)).is_none());
    }

    #[test]
    fn a_setting_has_to_lead_by_more_than_luck() {
        let released = |variance| cells(&[100.0, 120.0, 190.0, 80.0], 1_000.0, variance);
        assert_eq!(votes(&released(0.0), 4, 0), 2);
        assert_eq!(votes(&released(2_000.0), 4, 0), 0, "lost in noise");
        assert_eq!(votes(&released(0.0), 2, 0), 0, "the third is not among two");
        assert_eq!(votes(&released(0.0), 4, 9), 9);
    }

    #[test]
    fn arms_are_compared_with_the_noise_counted_in() {
        // 3 % against 4 % of ten thousand each.
        let counts = [9_700.0, 300.0, 9_600.0, 400.0];
        let z = |variance| {
            let arms = arms(&cells(&counts, 20_000.0, variance), 2, &[0.0, 1.0]).unwrap();
            assert!((arms[0].mean - 0.03).abs() < 1e-9 && arms[1].visitors == 10_000.0);
            z_between(&arms[1], &arms[0])
        };
        assert!((z(0.0) - 3.85).abs() < 0.02, "{}", z(0.0));
        assert!(z(400.0) < 3.3 && z(400.0) > 2.5, "{}", z(400.0));
        assert!(arms(&cells(&counts, 20_000.0, 1e8), 2, &[0.0, 1.0]).is_none());
        assert!(arms(&cells(&counts, 20_000.0, 0.0), 3, &[0.0, 1.0]).is_none());
    }

    /// The table of `docs/privacy.md`: hits in a hundred, by devices, where the models differ on one device in twenty.
    #[test]
    fn what_so_many_devices_can_tell() {
        let detectable = |reports: f64, variance: f64| {
            let cells = vec![0.95 * reports, 0.025 * reports, 0.025 * reports, 0.0];
            100.0 * gate(&Released { reports, cells, variance }).unwrap().detectable
        };
        let table =
            [(1e3, [1.8, 10.1, 14.2]), (1e4, [0.56, 1.1, 1.5]), (1e5, [0.18, 0.20, 0.22]), (1e6, [0.06; 3])];
        for (reports, shown) in table {
            for (variance, shown) in [0.0, 800.0, 1_600.0].into_iter().zip(shown) {
                let real: f64 = detectable(reports, variance);
                assert!((real - shown).abs() <= 0.05 * shown + 0.01, "{reports} {variance}: {real}");
            }
        }
    }
}
