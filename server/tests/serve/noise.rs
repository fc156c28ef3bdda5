//! What is released carries the task's noise: of one party in `trusted`, of both in `split`.

use super::contributions::{add, errors, post, report, six_hourly, wanted};
use super::harness::{Data, Server};
use super::pair::Pair;

/// Cells of a report: with two windows 1,026 numbers.
const CELLS: usize = 513;
const REPORTS: usize = 20;

fn vector(cell: usize) -> Vec<u32> {
    (0..CELLS).map(|at| u32::from(at == cell)).collect()
}

/// Standard deviation or scale 5.
fn noise(kind: &str) -> String {
    format!("{{ \"{kind}\": {{ \"milli_{}\": 5000 }} }}", if kind == "gaussian" { "sigma" } else { "scale" })
}

/// Variance of one party's noise and the variance of its square over the square of that.
fn expected(kind: &str) -> (f64, f64) {
    // Of the discrete Laplace distribution 2 p / (1 − p)², p = e^(−1/5), with the excess of the continuous one.
    let p = (-0.2_f64).exp();
    if kind == "gaussian" { (25.0, 2.0) } else { (2.0 * p / (1.0 - p).powi(2), 5.0) }
}

/// All windows: what was released less what devices said of cell `window`.
fn deviations(released: &serde_json::Value) -> Vec<f64> {
    let released = released.as_array().unwrap();
    assert_eq!(released.len(), 2, "{released:?}");
    let deviations = released.iter().flat_map(|release| {
        assert_eq!(release["reports"], REPORTS);
        let said = release["window"].as_u64().unwrap() as usize;
        let cells = release["cells"].as_array().unwrap();
        assert_eq!(cells.len(), CELLS);
        let said = move |at| if at == said { REPORTS as f64 } else { 0.0 };
        cells.iter().enumerate().map(move |(at, cell)| cell.as_i64().unwrap() as f64 - said(at))
    });
    deviations.collect()
}

/// Five standard errors of mean and variance: wrong once in a million runs.
fn assert_noise(numbers: &[f64], kind: &str, parties: f64) {
    let count = numbers.len() as f64;
    let (one, spread) = expected(kind);
    let wanted = parties * one;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|number| number.powi(2)).sum::<f64>() / count;
    assert!(mean.abs() < 5.0 * (wanted / count).sqrt(), "{kind} of {parties}: mean {mean}");
    let error = wanted * (spread / count).sqrt();
    assert!((variance - wanted).abs() < 5.0 * error, "{kind} of {parties}: {variance}, not {wanted}");
}

#[test]
fn a_trusted_sum_carries_the_noise_of_its_task() {
    let data = Data::empty();
    let kinds = ["gaussian", "laplace"];
    let tasks = kinds.map(|kind| {
        let mode = format!("{{ \"trusted\": {{ \"noise\": {} }} }}", noise(kind));
        let task = six_hourly(kind, &mode, &wanted(CELLS - 1));
        add(&data, &task, &[]);
        task
    });
    let server = Server::start(&data);
    for (task, window) in tasks.iter().flat_map(|task| [(task, 0), (task, 1)]) {
        for _ in 0..REPORTS {
            let bytes = report(task, window, vector(window as usize)).write(task);
            assert_eq!(post(server.data, task, &bytes).status, 204);
        }
    }
    data.run(&["batches", "release"]);
    let listed = data.run(&["batches", "list"])["releases"].clone();
    for (task, kind) in tasks.iter().zip(kinds) {
        let of_task = |release: &&serde_json::Value| release["task"] == task.id().to_hex();
        let released: Vec<_> = listed.as_array().unwrap().iter().filter(of_task).cloned().collect();
        assert_noise(&deviations(&released.into()), kind, 1.0);
    }
}

#[test]
fn a_split_sum_carries_the_noise_of_both() {
    for kind in ["gaussian", "laplace"] {
        let mode = format!(
            "{{ \"split\": {{ \"noise\": {}, \"aggregators\": {{ \"leader\": \"https://leader.example/dap/\", \
             \"helper\": \"https://helper.example/dap/\", \"helper_operator\": \"Partner\" }} }} }}",
            noise(kind)
        );
        let pair = Pair::of(six_hourly(kind, &mode, &wanted(CELLS - 1)), &[]);
        let device = pair.device();
        for window in 0..2 {
            let at = pair.at() + 21_600 * window as u64;
            let reports: Vec<_> = (0..REPORTS).map(|_| device.seal_vector(&vector(window), at)).collect();
            for some in reports.chunks(5) {
                assert!(errors(&device.upload(pair.leader(), some)).is_empty());
            }
        }
        pair.wait_for_aggregation();
        (0..2).for_each(|window| drop(pair.release(window)));
        let listed = pair.leader_data.run(&["batches", "list"]);
        assert_noise(&deviations(&listed["releases"]), kind, 2.0);
    }
}
