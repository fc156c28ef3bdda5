use super::*;
use serde_json::Value;

const DELTA: f64 = 1e-6;

#[test]
fn known_values() {
    // σ 4.22 for one release, and its month's worth of thirty at 23: ε 1.27 by the formula.
    let single = gaussian_micro_rho(1, 4_220);
    assert_eq!(single, 28_077);
    assert!((epsilon(u64::from(single), DELTA) - 1.27).abs() < 0.01);
    // A Gram of four ones a day at σ 46 for thirty days is ρ .0284.
    assert_eq!(gaussian_micro_rho(4, 46_000), 946);
    // ε .1 without δ is ρ .005, either way round.
    assert_eq!((pure_micro_rho(100_000), laplace_micro_rho(2, 20_000)), (5_000, 5_000));
    assert_eq!((pure_micro_rho(1_000_000), pure_micro_rho(0)), (500_000, 0));
    // The caps: ε 2.0 in thirty days, 7.7 in a year.
    assert!((epsilon(70_000, DELTA) - 2.04).abs() < 0.01);
    assert!((epsilon(860_000, DELTA) - 7.75).abs() < 0.02);
    assert_eq!((gaussian_micro_rho(1, 0), laplace_micro_rho(1, 0)), (u32::MAX, u32::MAX));
}

#[test]
fn the_account_never_says_less_than_the_tightest_one() {
    let fixture: Value = serde_json::from_str(include_str!("../../testdata/accounting.json")).unwrap();
    for row in fixture["rows"].as_array().unwrap() {
        let (milli, reports) = (row["milli"].as_u64().unwrap() as u32, row["reports"].as_u64().unwrap());
        let (noise, tight) = (row["noise"].as_str().unwrap(), row["epsilon"].as_f64().unwrap());
        let (rho, pure) = match noise {
            "gaussian" => (gaussian_micro_rho(1, milli), f64::INFINITY),
            "laplace" => (laplace_micro_rho(1, milli), 1_000.0 / f64::from(milli)),
            _ => (pure_micro_rho(milli * 1_000), f64::from(milli) / 1_000.0),
        };
        let said = epsilon(u64::from(rho) * reports, DELTA);
        assert!(said.min(pure * reports as f64) >= tight - 1e-3, "{row}: {said}");
        if noise == "gaussian" {
            assert!(said <= 1.30 * tight, "{row}: {said}");
        }
    }
}

#[test]
fn rho_and_epsilon_are_inverses() {
    for target in [0.1, 0.5, 1.0, 2.0, 8.0] {
        let micro_rho = micro_rho_of(target, DELTA);
        let said = epsilon(micro_rho, DELTA);
        assert!(said <= target && said > target - 0.01, "{target}: {said}");
    }
    assert_eq!(micro_rho_of(-1.0, DELTA), 0);
}

#[test]
fn what_is_spent_adds_up() {
    let parts: u64 = [946u64; 30].iter().sum();
    assert_eq!(parts, 28_380);
    assert!(epsilon(parts, DELTA) < epsilon(parts + 1, DELTA));
}
