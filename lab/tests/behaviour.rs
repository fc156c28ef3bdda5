//! How the device behaves over many visits, with visitors whose taste is known because it is made up.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::behaviour::bandit::{Chooser, Game};
use homebody_lab::behaviour::off_policy::Logged;
use homebody_lab::behaviour::{Life, Shop, Visit};
use homebody_learn::from_sums::off_policy::Snips;
use homebody_protocol::models::ArmPriors;
use homebody_protocol::{CartPolicy, Exploration, Kind, Policy};

const CATEGORIES: usize = 8;

/// Lists of three places, drawn for with some prior, about which a strength a third lower is asked.
const LOGGED: Logged = Logged {
    items: 12,
    places: 3,
    visitors: 6_000,
    exploration: Exploration::Thompson,
    prior_impressions: 8,
    strength: 1.0,
    judged: 0.7,
    sigma: 5.0,
    seed: 0,
};

fn by_score() -> Policy {
    Policy { diversity: 1.0, ..Policy::default() }
}

/// Somebody who likes one category much and another a little.
fn taste(favourite: usize) -> Vec<f64> {
    let like = |category| match (category + CATEGORIES - favourite) % CATEGORIES {
        0 => 0.6,
        1 => 0.2,
        _ => 0.02,
    };
    (0..CATEGORIES).map(like).collect()
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.into_iter().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn regret(game: Game, chooser: Chooser) -> f64 {
    mean((0..12).map(|seed| Game { seed, ..game }.regret(chooser).unwrap()))
}

#[test]
fn thompson_regrets_less_than_epsilon_greedy_and_less_still_with_a_prior() {
    let game = Game { items: 30, places: 3, rounds: 400, by_price: false, prior_impressions: 0, seed: 0 };
    let [random, greedy, thompson] =
        [Chooser::Random, Chooser::EpsilonGreedy, Chooser::Device(Exploration::Thompson)]
            .map(|chooser| regret(game, chooser));
    let told = Game { prior_impressions: 200, ..game };
    let primed = regret(told, Chooser::Device(Exploration::Thompson));
    println!(
        "random {random:.1}, ε-greedy {greedy:.1}, Thompson {thompson:.1}, with a prior {primed:.1} clicks lost"
    );
    assert!(thompson < 0.9 * greedy && greedy < random);
    assert!(primed < 0.6 * thompson);
}

/// What another strength of exploration earns, by what devices say of one decision each: where what it would list is listed
/// now, too, the interval of the noisy sums holds what lists of that strength do earn as often as it says.
#[test]
fn off_policy_sums_estimate_what_another_policy_earns() {
    for exploration in [Exploration::Thompson, Exploration::LinTs] {
        let (mut seen, mut within, mut bounded, mut apart, seeds) = (0, 0, 0, 0.0, 16);
        for seed in 0..seeds {
            let played = Logged { seed, exploration, ..LOGGED }.play().unwrap();
            let (found, truth) = (Snips::of(&played.task, &played.sums).unwrap(), played.truth);
            bounded += u32::from(found.bounds.0 <= truth && truth <= found.bounds.1);
            if found.missing.value < 0.05 {
                seen += 1;
                within += u32::from(found.reward.low <= truth && truth <= found.reward.high);
                apart += found.reward.value - truth;
            }
        }
        apart /= f64::from(seen);
        println!(
            "{exploration:?}: {within} of {seen} within, {apart:+.4} apart on average, {bounded} of {seeds} bounded"
        );
        // 95 %, less what happens once in 100 times.
        assert!(seen >= 10 && f64::from(within) >= 0.82 * f64::from(seen), "{within} of {seen}");
        assert!(apart.abs() < 0.01 && bounded >= 14, "{apart}, {bounded} of {seeds}");
    }
}

/// Lists that hardly ever show what others would cannot say what those earn, and say so.
#[test]
fn off_policy_sums_tell_what_the_lists_never_showed() {
    let (mut bounded, mut missing, seeds) = (0, 0, 12);
    for seed in 0..seeds {
        let logged = Logged { prior_impressions: 40, strength: 0.3, judged: 3.0, sigma: 1.0, seed, ..LOGGED };
        let played = logged.play().unwrap();
        let found = Snips::of(&played.task, &played.sums).unwrap();
        bounded += u32::from(found.bounds.0 <= played.truth && played.truth <= found.bounds.1);
        missing += u32::from(found.missing.low > 0.1);
    }
    assert!(bounded >= 11 && missing >= 11, "{bounded} within the bounds, {missing} say it of {seeds}");
}

#[test]
fn the_linear_bandit_regrets_less_than_epsilon_greedy_and_less_still_with_a_prior() {
    let game = Game { items: 60, places: 3, rounds: 250, by_price: true, prior_impressions: 0, seed: 0 };
    let [greedy, linear] =
        [Chooser::EpsilonGreedy, Chooser::Device(Exploration::LinTs)].map(|chooser| regret(game, chooser));
    let told = Game { prior_impressions: 100, ..game };
    let primed = regret(told, Chooser::Device(Exploration::LinTs));
    println!("ε-greedy {greedy:.1}, linear {linear:.1}, with a prior from a log {primed:.1} clicks lost");
    assert!(linear < 0.7 * greedy);
    assert!(primed < 0.8 * linear);
}

#[test]
fn a_few_clicks_beat_popularity() {
    let shop = Shop::new(200, CATEGORIES, 1);
    let lives = (0..16u64).map(|seed| {
        let mut life = Life::new(&shop, taste(seed as usize % CATEGORIES), seed).unwrap();
        let popular: Vec<usize> = (0..10).collect();
        let before = life.ndcg(&popular);
        for step in 0..3 {
            life.act(Kind::Click, seed as usize % CATEGORIES + CATEGORIES * (3 + step));
        }
        (before, life.ndcg(&life.list(by_score(), 10)))
    });
    let (popular, personal): (Vec<f64>, Vec<f64>) = lives.unzip();
    let (popular, personal) = (mean(popular), mean(personal));
    println!("NDCG@10 {popular:.3} by popularity, {personal:.3} after three clicks");
    assert!(personal > 2.0 * popular);
}

/// Impressions of each of ten new items after `visits` lists of twenty, the server counting along.
fn impressions_of_new(policy: Policy, visits: usize) -> Vec<f32> {
    let mut shop = Shop::new(120, CATEGORIES, 2);
    let mut counts: Vec<(f32, f32)> =
        (0..120).map(|item| if item < 110 { (50.0, 950.0) } else { (0.5, 4.5) }).collect();
    for visit in 0..visits {
        shop.pool.extras.arms = ArmPriors(counts.clone());
        let mut life = Life::new(&shop, taste(visit % CATEGORIES), visit as u64).unwrap();
        life.act(Kind::Click, visit % CATEGORIES);
        let seen = life.visit(policy, 20);
        for item in seen.shown {
            let clicked = seen.opened.contains(&item);
            counts[item].0 += f32::from(u8::from(clicked));
            counts[item].1 += f32::from(u8::from(!clicked));
        }
    }
    counts[110..].iter().map(|(clicks, left_alone)| clicks + left_alone - 5.0).collect()
}

#[test]
fn new_items_reach_their_impressions() {
    let exploring = Policy {
        exploration: Exploration::Thompson,
        exploration_strength: 1.0,
        fresh_share: 0.1,
        fresh_impressions: 40.0,
        ..by_score()
    };
    let with = impressions_of_new(exploring, 400);
    let without = impressions_of_new(by_score(), 400);
    println!("impressions of ten new items: {with:?}, without exploration {without:?}");
    assert!(with.iter().filter(|&&impressions| impressions >= 28.0).count() >= 9);
    assert!(with.iter().sum::<f32>() > 3.0 * without.iter().sum::<f32>());
    assert!(without.iter().filter(|&&impressions| impressions < 1.0).count() >= 5);
}

#[test]
fn a_changed_taste_is_followed_within_a_dozen_interactions() {
    let shop = Shop::new(200, CATEGORIES, 3);
    let runs = (0..8u64).map(|seed| {
        let mut life = Life::new(&shop, taste(1), seed).unwrap();
        for _ in 0..15 {
            life.visit(by_score(), 10);
        }
        let settled = life.ndcg(&life.list(by_score(), 10));
        life.taste = taste(5);
        let fallen = life.ndcg(&life.list(by_score(), 10));
        // The visitor searches for what the list does not offer.
        for step in 0..12 {
            life.now_ms += 60_000;
            life.act(Kind::Click, 5 + CATEGORIES * (2 + step));
        }
        (settled, fallen, life.ndcg(&life.list(by_score(), 10)))
    });
    let runs: Vec<_> = runs.collect();
    let (settled, fallen) = (mean(runs.iter().map(|run| run.0)), mean(runs.iter().map(|run| run.1)));
    let recovered = mean(runs.iter().map(|run| run.2));
    println!("NDCG@10 {settled:.3}, after the change {fallen:.3}, twelve clicks later {recovered:.3}");
    assert!(fallen < 0.5 * settled);
    assert!(recovered > 0.85 * settled);
}

/// Share of abandoned carts whose item is bought on the return a day later: it must be seen first.
fn recovered(policy: Policy) -> f64 {
    let shop = Shop::new(200, CATEGORIES, 4);
    mean((0..40u64).map(|seed| {
        let favourite = seed as usize % CATEGORIES;
        let mut life = Life::new(&shop, taste(favourite), seed).unwrap();
        let wanted = (favourite + 3) % CATEGORIES + CATEGORIES * (seed as usize % 20);
        for step in 0..4 {
            life.act(Kind::Click, favourite + CATEGORIES * (2 + step));
        }
        life.act(Kind::CartAdd, wanted);
        // The visit went on after that.
        (0..3).for_each(|step| life.act(Kind::Click, favourite + CATEGORIES * (8 + step)));
        let bought = life.visit(policy, 10).shown.contains(&wanted);
        if bought {
            life.act(Kind::Purchase, wanted);
            let after = life.list(policy, 10);
            assert!(!after.contains(&wanted), "what was bought is not offered again");
            assert_eq!(
                after,
                life.list(Policy { cart_boost: 0.0, ..policy }, 10),
                "the boost ended with the purchase"
            );
        }
        f64::from(u8::from(bought))
    }))
}

#[test]
fn abandoned_carts_are_recovered_the_more_the_larger_the_boost() {
    let with = |cart_boost| recovered(Policy { cart: CartPolicy::Abandoned, cart_boost, ..by_score() });
    let [none, some, large] = [0.0, 3.0, 6.0].map(with);
    let never = recovered(Policy { cart: CartPolicy::Exclude, cart_boost: 6.0, ..by_score() });
    println!("carts recovered: {none:.2}, {some:.2}, {large:.2}; excluded {never:.2}");
    assert!(none < some && some < large, "{none} {some} {large}");
    assert!(large > 0.95 && never == 0.0);
}

/// Entropy of what a visitor of mild preferences is shown, in the first and the last ten of a hundred visits.
fn bubble(policy: Policy) -> (f64, f64) {
    let shop = Shop::new(240, CATEGORIES, 5);
    let runs = (0..6u64).map(|seed| {
        let mild = (0..CATEGORIES).map(|category| if category == 2 { 0.25 } else { 0.15 }).collect();
        let mut life = Life::new(&shop, mild, seed).unwrap();
        let visits: Vec<Visit> = (0..100).map(|_| life.visit(policy, 10)).collect();
        (Visit::entropy(&visits[..10], CATEGORIES), Visit::entropy(&visits[90..], CATEGORIES))
    });
    let runs: Vec<_> = runs.collect();
    (mean(runs.iter().map(|run| run.0)), mean(runs.iter().map(|run| run.1)))
}

#[test]
fn diversity_keeps_the_bubble_open() {
    let (_, narrow) = bubble(by_score());
    let varied = Policy { diversity: 0.6, max_per_category: 3, ..Policy::default() };
    let (_, open) = bubble(varied);
    println!(
        "entropy of the categories shown after ninety visits: {narrow:.2} by score alone, {open:.2} with variety"
    );
    assert!(open > 0.7, "{open}");
    assert!(narrow < 0.6 && open > narrow + 0.2, "{narrow} {open}");
}

#[test]
fn what_nobody_opens_gives_way() {
    let shop = Shop::new(200, CATEGORIES, 6);
    let distinct = |impression_discount| {
        let policy = Policy { impression_discount, impression_recovery_hours: 96.0, ..by_score() };
        let mut life = Life::new(&shop, vec![0.0; CATEGORIES], 1).unwrap();
        life.act(Kind::Click, 9);
        let seen = (0..12).flat_map(|_| life.visit(policy, 10).shown);
        seen.collect::<std::collections::BTreeSet<usize>>().len()
    };
    let (tired, fresh) = (distinct(1.0), distinct(0.6));
    println!("different items in twelve lists of ten: {tired} without a discount, {fresh} with");
    assert!(tired <= 15 && fresh >= 30, "{tired} {fresh}");
}
