//! The baselines against scores worked out here from their formulae, on a small matrix.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::baselines;
use homebody_lab::evaluate::metrics::of_list;
use homebody_lab::evaluate::model::lists;
use homebody_lab::evaluate::split::{Case, Protocol};
use homebody_lab::evaluate::{Prepared, Settings, defaults, prepare};
use homebody_learn::bootstrap::SplitMix64;
use std::collections::BTreeSet;
use std::fmt::Write;

const ITEMS: usize = 30;
const ITEM_KNN: usize = 2;
const EASE: usize = 3;
/// λ of EASE, as multiples of the mean of the diagonal.
const LAMBDAS: [f64; 3] = [1.0, 4.0, 16.0];

type Matrix = Vec<Vec<f64>>;

struct Stage {
    _folder: tempfile::TempDir,
    settings: Settings,
    prepared: Prepared,
}

/// Visitors who like one of three groups of items more than the rest.
fn stage(protocol: Protocol) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = SplitMix64(11);
    let mut rows = "user,item,ts\n".to_owned();
    for visitor in 0..60usize {
        let mut own = BTreeSet::new();
        while own.len() < 4 + visitor % 4 {
            let drawn = rng.below(ITEMS);
            if drawn % 3 == visitor % 3 || rng.unit() < 0.3 {
                own.insert((rng.below(1_000), drawn));
            }
        }
        for (step, (_, item)) in own.iter().enumerate() {
            writeln!(rows, "v{visitor},i{item},{}", 1_700_000_000 + visitor * 4_000 + step * 60).unwrap();
        }
    }
    let history = folder.path().join("history.csv");
    std::fs::write(&history, rows).unwrap();
    let settings = Settings {
        history,
        items: None,
        shuffle: false,
        rules: defaults(protocol),
        visitors: None,
        diversity: 1.0,
        seed: 1,
        baselines: true,
        head_items: None,
    };
    let prepared = prepare(&settings).unwrap();
    Stage { _folder: folder, settings, prepared }
}

impl Stage {
    /// Each visitor's distinct items of the train part.
    fn visitors(&self) -> Vec<Vec<usize>> {
        let train = &self.prepared.split.train;
        let own = train.chunk_by(|left, right| left.visitor == right.visitor);
        own.map(|rows| rows.iter().map(|row| row.item as usize).collect::<Vec<usize>>())
            .map(|items| {
                // By the last touch.
                let last =
                    |(place, item): (usize, &usize)| (!items[place + 1..].contains(item)).then_some(*item);
                items.iter().enumerate().filter_map(last).collect()
            })
            .collect()
    }

    fn history(&self, case: &Case) -> BTreeSet<usize> {
        self.prepared.split.known[case.known.clone()].iter().map(|event| event.item as usize).collect()
    }

    fn listed(&self, baseline: usize) -> Vec<Vec<u32>> {
        let model = baselines::ALL[baseline](&self.prepared, &self.settings).unwrap();
        lists(model.as_ref(), &self.prepared.split, &|_| ()).unwrap()
    }
}

/// Who touched what together: `[i][j]` visitors of both.
fn gram(visitors: &[Vec<usize>], items: usize) -> Matrix {
    let mut gram = vec![vec![0.0; items]; items];
    for own in visitors {
        for &left in own {
            own.iter().for_each(|&right| gram[left][right] += 1.0);
        }
    }
    gram
}

/// By Gauss and Jordan, with the largest pivot first, on the matrix with the identity beside it.
fn inverse(matrix: Matrix) -> Matrix {
    let side = matrix.len();
    let unit = |row: usize| (0..side).map(move |column| f64::from(u8::from(row == column)));
    let mut wide: Matrix = matrix
        .into_iter()
        .enumerate()
        .map(|(row, cells)| cells.into_iter().chain(unit(row)).collect())
        .collect();
    (0..side).for_each(|pivot| {
        let size = |row: &usize| wide[*row][pivot].abs();
        let largest = (pivot..side).max_by(|one, other| size(one).total_cmp(&size(other))).unwrap();
        wide.swap(pivot, largest);
        let factor = 1.0 / wide[pivot][pivot];
        wide[pivot].iter_mut().for_each(|cell| *cell *= factor);
        let chosen = wide[pivot].clone();
        for (_, row) in wide.iter_mut().enumerate().filter(|(row, _)| *row != pivot) {
            let factor = row[pivot];
            row.iter_mut().zip(&chosen).for_each(|(cell, chosen)| *cell -= factor * chosen);
        }
    });
    wide.into_iter().map(|cells| cells[side..].to_vec()).collect()
}

/// Steck's B: 0 on the diagonal, else −P_ij / P_jj with P = (G + λI)⁻¹. Items that nobody touched have none.
fn ease(visitors: &[Vec<usize>], items: usize, lambda: f64) -> Matrix {
    let mut gram = gram(visitors, items);
    let touched: Vec<usize> = (0..items).filter(|&item| gram[item][item] > 0.0).collect();
    let mean = touched.iter().map(|&item| gram[item][item]).sum::<f64>() / touched.len() as f64;
    (0..items).for_each(|item| gram[item][item] += lambda * mean);
    let inverse = inverse(gram);
    let weight = |row: usize, column: usize| {
        let is_known = row != column && touched.contains(&row) && touched.contains(&column);
        if is_known { -inverse[row][column] / inverse[column][column] } else { 0.0 }
    };
    (0..items).map(|row| (0..items).map(|column| weight(row, column)).collect()).collect()
}

fn cosine(visitors: &[Vec<usize>], items: usize) -> Matrix {
    let gram = gram(visitors, items);
    let weight = |row: usize, column: usize| {
        if row == column || gram[row][column] == 0.0 {
            return 0.0;
        }
        gram[row][column] / (gram[row][row] * gram[column][column]).sqrt()
    };
    (0..items).map(|row| (0..items).map(|column| weight(row, column)).collect()).collect()
}

fn scores(weights: &Matrix, history: &BTreeSet<usize>) -> Vec<f64> {
    (0..weights.len()).map(|item| history.iter().map(|&known| weights[known][item]).sum()).collect()
}

/// Whether a list has the best unmasked items by these scores, best first; popularity decides below a millionth.
fn is_best(list: &[u32], scores: &[f64], masked: &[u32]) -> bool {
    let at = |item: &u32| scores[*item as usize];
    let falls = list.windows(2).all(|pair| at(&pair[0]) >= at(&pair[1]) - 2e-5);
    let least = list.last().map_or(f64::INFINITY, at);
    let others = (0..scores.len() as u32).filter(|item| !list.contains(item) && !masked.contains(item));
    falls && others.into_iter().all(|item| at(&item) <= least + 2e-5)
}

fn best(scores: &[f64], masked: &[usize]) -> Vec<u32> {
    let mut free: Vec<u32> =
        (0..scores.len() as u32).filter(|item| !masked.contains(&(*item as usize))).collect();
    free.sort_by(|one, other| scores[*other as usize].total_cmp(&scores[*one as usize]));
    free
}

#[test]
fn item_knn_adds_up_cosines() {
    let stage = stage(Protocol::Llo);
    let weights = cosine(&stage.visitors(), stage.prepared.data.items.len());
    let listed = stage.listed(ITEM_KNN);
    assert_eq!(listed.len(), 60);
    for (case, list) in stage.prepared.split.cases.iter().zip(&listed) {
        assert!(is_best(list, &scores(&weights, &stage.history(case)), &case.masked), "{list:?}");
        assert!(list.len() >= 20 && list.iter().all(|item| !case.masked.contains(item)));
    }
}

#[test]
fn in_a_session_item_knn_looks_at_the_last_item_alone() {
    let stage = stage(Protocol::Session);
    let weights = cosine(&stage.visitors(), stage.prepared.data.items.len());
    for (case, list) in stage.prepared.split.cases.iter().zip(&stage.listed(ITEM_KNN)) {
        let last = stage.prepared.split.known[case.known.clone()].last().unwrap().item as usize;
        assert!(is_best(list, &weights[last], &[]), "{list:?}");
    }
}

#[test]
fn ease_is_the_closed_form_with_the_lambda_that_foresees_last_items() {
    let stage = stage(Protocol::Llo);
    let (visitors, items) = (stage.visitors(), stage.prepared.data.items.len());
    let shorter: Vec<Vec<usize>> = visitors.iter().map(|own| own[..own.len() - 1].to_vec()).collect();
    let worth = |lambda: f64| -> f64 {
        let weights = ease(&shorter, items, lambda);
        let foreseen = |(own, before): (&Vec<usize>, &Vec<usize>)| {
            let scores = scores(&weights, &before.iter().copied().collect());
            of_list(&best(&scores, before), &[*own.last().unwrap() as u32])[0]
        };
        visitors.iter().zip(&shorter).filter(|(_, before)| !before.is_empty()).map(foreseen).sum()
    };
    let worths = LAMBDAS.map(worth);
    let mut chosen = 0;
    (1..3).for_each(|place| chosen = if worths[place] > worths[chosen] { place } else { chosen });
    let listed = stage.listed(EASE);
    let fits = |lambda: f64| {
        let weights = ease(&visitors, items, lambda);
        let cases = stage.prepared.split.cases.iter().zip(&listed);
        cases
            .filter(|(case, list)| is_best(list, &scores(&weights, &stage.history(case)), &case.masked))
            .count()
    };
    let fitting = LAMBDAS.map(fits);
    assert_eq!(fitting[chosen], listed.len(), "λ {}: {fitting:?}, worth {worths:?}", LAMBDAS[chosen]);
    assert!((0..3).all(|place| place == chosen || fitting[place] < listed.len()), "λ tells: {fitting:?}");
}
