//! The questionnaire: what is asked, what answers do, and that asking well saves questions.

use crate::market::{self, Draws, NOW_MS, draft, keys, list, plain, visitor};
use homebody_device::{Consent, Device, Interaction, Purpose, ReasonKind, onboarding};
use homebody_protocol::models::{Answer, Question, Questions};
use homebody_protocol::table::{FacetKind, Feature, TableDraft, TableKind};
use homebody_protocol::{FacetKey, Kind, Policy};
use proptest::prelude::*;

fn facet(category: usize) -> FacetKey {
    FacetKind::Category.key(0, &format!("category-{category}"))
}

/// Eight clusters, each of which likes one category; one question a category.
#[cfg(test)]
fn one_a_category() -> Questions {
    let clusters = market::CATEGORIES;
    let question = |category| Question {
        text: format!("Do you like category {category}?"),
        facet: facet(category),
        yes: (0..clusters).map(|cluster| if cluster == category { 0.9 } else { 0.1 }).collect(),
    };
    Questions {
        shares: vec![1.0 / clusters as f32; clusters],
        tastes: (0..clusters).map(|cluster| vec![(facet(cluster), 1.0)]).collect(),
        all: (0..clusters).map(question).collect(),
    }
}

#[cfg(test)]
fn shop() -> TableDraft {
    let mut pool = draft(TableKind::Pool, 60, 8);
    pool.extras.questions = one_a_category();
    pool.rows.iter_mut().zip(0..).for_each(|(row, item)| row.facets[0] = item % market::CATEGORIES as u16);
    pool
}

#[cfg(test)]
fn newcomer(pool: &TableDraft) -> Device {
    visitor(pool, &[])
}

/// Items of a category among the first ten.
#[cfg(test)]
fn of_category(device: &Device, pool: &TableDraft, category: usize) -> usize {
    let first = keys(&list(device, plain(), 10));
    let rows = pool.rows.iter().filter(|row| usize::from(row.facets[0]) == category);
    rows.filter(|row| first.contains(&homebody_protocol::ItemKey::derive(0, &row.id))).count()
}

#[test]
fn nothing_is_asked_or_kept_without_consent() {
    let mut device = Device::new();
    device.load_pool(shop().encode().unwrap()).unwrap();
    assert!(device.next_question().is_none());
    assert!(!device.answer(facet(0), Answer::Yes));
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    assert!(device.next_question().is_some());
    assert!(!device.is_dirty());
    assert!(device.answer(facet(0), Answer::Yes) && device.is_dirty());
    device.erase();
    assert!(device.profile().answers().is_empty());
}

#[test]
fn only_what_is_asked_can_be_answered() {
    let mut device = newcomer(&shop());
    assert!(!device.answer(FacetKey(99), Answer::Yes));
    assert!(device.answer(facet(2), Answer::Yes) && device.answer(facet(2), Answer::No));
    assert_eq!(device.profile().answers(), [(facet(2), Answer::No)], "the last word counts");
}

#[test]
fn five_questions_at_most_and_none_twice() {
    let mut device = newcomer(&shop());
    let mut asked = Vec::new();
    while let Some(question) = device.next_question() {
        let facet = question.facet;
        assert!(!asked.contains(&facet));
        asked.push(facet);
        assert!(device.answer(facet, Answer::Skip));
    }
    assert_eq!(asked.len(), onboarding::MAX_ASKED);
}

#[test]
fn what_is_certain_or_tells_nothing_is_not_asked() {
    let mut questions = one_a_category();
    for question in &mut questions.all {
        question.yes.fill(0.4);
    }
    assert!(onboarding::next_question(&questions, &[]).is_none(), "all clusters answer alike");
    let questions = Questions { shares: vec![1.0], all: one_a_category().all, ..Questions::default() };
    assert!(onboarding::next_question(&questions, &[]).is_none(), "there is but one cluster");
    assert!(onboarding::next_question(&Questions::default(), &[]).is_none());
}

#[test]
fn skipping_changes_nothing() {
    let pool = shop();
    let mut device = newcomer(&pool);
    let before = list(&device, Policy::default(), 60);
    while let Some(facet) = device.next_question().map(|question| question.facet) {
        device.answer(facet, Answer::Skip);
    }
    assert_eq!(list(&device, Policy::default(), 60), before);
    let answers = device.profile().answers();
    assert_eq!(onboarding::posterior(&pool.extras.questions, answers), pool.extras.questions.shares);
}

#[test]
fn the_first_list_after_answers_is_not_the_popular_one() {
    // A blend as learned from visitors with a history: it knows no tastes, and popularity speaks loudly.
    let mut pool = shop();
    pool.blend.features.retain(|weight| weight.feature == Feature::Popularity);
    pool.blend.features[0].weight = 3.0;
    let mut device = newcomer(&pool);
    let before = of_category(&device, &pool, 5);
    assert!(device.answer(facet(5), Answer::Yes));
    assert!(device.answer(facet(1), Answer::No));
    let after = of_category(&device, &pool, 5);
    assert!(after >= 4 && after > before, "{before} then {after} of the first ten");
    let reasons = list(&device, Policy::default(), 1)[0].reasons;
    assert!(reasons.iter().any(|reason| reason.kind == ReasonKind::Category && reason.key == facet(5).0));
    let alone = Policy { alpha: 1.0, ..Policy::default() };
    assert!(
        list(&device, alone, 10).iter().all(|ranked| ranked.score == list(&device, alone, 1)[0].score),
        "the pure collaborative model does not know what was answered"
    );
}

#[test]
fn a_dislike_takes_back() {
    let pool = shop();
    let mut liked = newcomer(&pool);
    liked.answer(facet(3), Answer::Yes);
    let mut disliked = newcomer(&pool);
    disliked.answer(facet(3), Answer::No);
    assert!(of_category(&liked, &pool, 3) > of_category(&disliked, &pool, 3));
}

#[test]
fn answers_fade_as_real_interactions_come() {
    let pool = shop();
    let by_popularity = of_category(&visitor_of_elsewhere(&pool, 1, None), &pool, 5);
    let counts = [0, 5, 300]
        .map(|clicks| of_category(&visitor_of_elsewhere(&pool, clicks, Some(Answer::Yes)), &pool, 5));
    assert!(counts[0] >= counts[1] && counts[1] > counts[2], "{counts:?}");
    assert_eq!(counts[2], by_popularity);
}

/// Somebody who clicked items of which no table knows anything, after one answer.
#[cfg(test)]
fn visitor_of_elsewhere(pool: &TableDraft, clicks: usize, answer: Option<Answer>) -> Device {
    let mut device = newcomer(pool);
    if let Some(answer) = answer {
        assert!(device.answer(facet(5), answer));
    }
    for item in 0..clicks {
        device.record(&Interaction::new(Kind::Click, &format!("elsewhere-{item}")), NOW_MS);
    }
    device
}

/// Asks a visitor of a cluster until one cluster has nine tenths of the posterior; the number of questions, one more
/// than is allowed where that was not enough.
#[cfg(test)]
fn asked_until_sure<'a>(
    questions: &'a Questions,
    cluster: usize,
    seed: u32,
    next: impl Fn(&[(FacetKey, Answer)]) -> Option<&'a Question>,
) -> usize {
    let mut answers = Vec::new();
    loop {
        let posterior = onboarding::posterior(questions, &answers);
        if posterior[cluster] > 0.9 {
            return answers.len();
        }
        let Some(question) = next(&answers) else { return onboarding::MAX_ASKED + 1 };
        // The same visitor answers the same question alike, whenever it comes.
        let yes = Draws::new(seed * 64 + question.facet.0).unit() < question.yes[cluster];
        answers.push((question.facet, if yes { Answer::Yes } else { Answer::No }));
    }
}

/// Eight clusters as leaves of a tree of tastes: who likes neither branch is not told apart by its twigs. The order is
/// a good fixed one: what tells most of somebody unknown comes first.
#[cfg(test)]
fn tree_of_tastes(seed: u32) -> Questions {
    let mut draws = Draws::new(seed);
    let shares: Vec<f32> = {
        let raw: Vec<f32> = (0..8).map(|_| 0.5 + draws.unit()).collect();
        raw.iter().map(|share| share / raw.iter().sum::<f32>()).collect()
    };
    let branches = [0..4, 0..2, 4..6, 0..1, 2..3, 4..5, 6..7];
    let mut question = |(index, branch): (u32, core::ops::Range<usize>)| Question {
        text: String::new(),
        facet: FacetKey(index + 1),
        yes: (0..8)
            .map(|cluster| {
                let doubt = 0.01 + 0.05 * draws.unit();
                if branch.contains(&cluster) { 1.0 - doubt } else { doubt }
            })
            .collect(),
    };
    let mut all: Vec<Question> = (0..).zip(branches).map(&mut question).collect();
    let gain = |question: &Question| onboarding::information_gain(&shares, question);
    all.sort_by(|a, b| gain(b).total_cmp(&gain(a)));
    Questions { tastes: vec![Vec::new(); 8], all, shares }
}

#[test]
fn asking_what_tells_most_needs_fewer_questions_than_a_fixed_order() {
    let (mut adaptive, mut fixed, mut visitors) = (0, 0, 0);
    for population in 0..10 {
        let questions = tree_of_tastes(population);
        for visitor in 0..80 {
            let (cluster, seed) = (visitor % 8, population * 1_000 + visitor as u32);
            adaptive += asked_until_sure(&questions, cluster, seed, |answers| {
                onboarding::next_question(&questions, answers)
            });
            fixed += asked_until_sure(&questions, cluster, seed, |answers| {
                questions.all.get(answers.len()).filter(|_| answers.len() < onboarding::MAX_ASKED)
            });
            visitors += 1;
        }
    }
    let (adaptive, fixed) = (adaptive as f32 / visitors as f32, fixed as f32 / visitors as f32);
    assert!(adaptive < 0.8 * fixed, "{adaptive} questions against {fixed}");
}

proptest! {
    #[test]
    fn posteriors_are_distributions_and_gains_what_they_promise(
        shares in prop::collection::vec(0.01f32..1.0, 2..9), yes in prop::collection::vec(0.001f32..0.999, 9 * 6),
        answers in prop::collection::vec((0u32..8, 1u8..4), 0..12),
    ) {
        let clusters = shares.len();
        let question = |index: usize| Question {
            text: String::new(), facet: FacetKey(index as u32), yes: yes[index * 9..][..clusters].to_vec(),
        };
        let questions = Questions { shares, tastes: vec![Vec::new(); clusters], all: (0..6).map(question).collect() };
        let told = |code| [Answer::Yes, Answer::No, Answer::Skip][usize::from(code) - 1];
        let answers: Vec<_> = answers.into_iter().map(|(facet, code)| (FacetKey(facet), told(code))).collect();
        let chances = onboarding::posterior(&questions, &answers);
        prop_assert!((chances.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        prop_assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
        let entropy = |chances: &[f32]| -> f64 {
            chances.iter().map(|&c| f64::from(c)).filter(|&c| c > 0.0).map(|c| -c * libm::log(c)).sum()
        };
        for question in &questions.all {
            let yes: f64 = chances.iter().zip(&question.yes).map(|(c, y)| f64::from(c * y)).sum();
            let after = |answer| {
                let mut answers = answers.clone();
                answers.push((question.facet, answer));
                entropy(&onboarding::posterior(&questions, &answers))
            };
            let expected = entropy(&chances) - yes * after(Answer::Yes) - (1.0 - yes) * after(Answer::No);
            let gain = onboarding::information_gain(&chances, question);
            prop_assert!((f64::from(gain) - expected).abs() < 1e-3, "{gain} {expected}");
        }
    }
}
