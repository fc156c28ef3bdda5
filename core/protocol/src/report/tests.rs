use super::*;
use crate::mechanism::{Draw, Hadamard, RandomisedResponse, Secret, Totals, bounded};
use crate::task::TaskId;
use proptest::prelude::*;

fn task(name: &str) -> Task {
    let text = match name {
        "votes" => include_str!("../../testdata/tasks/votes.json"),
        "calibration" => include_str!("../../testdata/tasks/calibration.json"),
        "k-means" => include_str!("../../testdata/tasks/k-means.json"),
        "segments" => include_str!("../../testdata/tasks/segments.json"),
        "categories" => include_str!("../../testdata/tasks/categories.json"),
        _ => panic!("{name}"),
    };
    Task::from_json(text).unwrap()
}

const NAMES: [&str; 5] = ["votes", "calibration", "k-means", "segments", "categories"];

/// What a device with this secret and this cell sends.
fn report(name: &str, number: u8, cell: u32) -> Report {
    let (task, secret) = (task(name), Secret::new([number; 32]));
    let cells = [cell % task.length];
    let mut stream = secret.draw(Draw::Clip, &task.id(), 0);
    let body = match name {
        "segments" => {
            let mechanism = RandomisedResponse::new(task.length, 1_000_000);
            Body::Cell(mechanism.answer(&secret, &task.id(), cells[0]))
        }
        "categories" => {
            let mechanism = Hadamard::new(task.length, 1_000_000);
            Body::Sign(mechanism.answer(&secret, &task.id(), cells[0]))
        }
        "k-means" => Body::Vector(bounded::integers(&task, &[cell; 51])),
        _ => Body::Vector(bounded::ones(&task, &cells, &mut stream)),
    };
    Report { part: task.id().part(0), window: 3, nonce: stream.bytes16(), body }
}

#[test]
fn what_is_written_is_read_and_empty_reports_are_as_long_as_full_ones() {
    for name in NAMES {
        let task = task(name);
        let mut lengths = Vec::new();
        for cell in 0..9 {
            let report = report(name, 7, cell);
            let bytes = report.write(&task);
            assert_eq!(Report::read(&bytes, &task), Ok(report.clone()), "{name}");
            let head = ReportHead::read(&bytes).unwrap();
            assert_eq!((head.part, head.window, head.nonce), (report.part, 3, report.nonce));
            lengths.push(bytes.len());
        }
        let empty = Report { body: Body::Vector(task.default_report()), ..report(name, 7, 0) };
        if !matches!(task.mode, Mode::Local { .. }) {
            lengths.push(empty.write(&task).len());
        }
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{name} {lengths:?}");
    }
}

#[test]
fn golden_bytes_stay_readable() {
    let golden = include_bytes!("../../testdata/report-v1.bin");
    assert_eq!(report("votes", 7, 5).write(&task("votes")), golden);
}

#[test]
fn broken_reports_are_refused_with_their_code() {
    let votes = task("votes");
    let good = report("votes", 7, 5).write(&votes);
    let code = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Report::read(&bytes, &votes).map_err(ReportError::code).err()
    };
    assert_eq!(code(&|_| {}), None);
    assert_eq!(code(&|bytes| bytes[0] = b'X'), Some("report_malformed"));
    assert_eq!(code(&|bytes| bytes[7] = 1), Some("report_malformed"));
    assert_eq!(code(&|bytes| bytes.truncate(40)), Some("report_malformed"));
    assert_eq!(code(&|bytes| bytes.resize(MAX_BYTES + 1, 0)), Some("report_malformed"));
    assert_eq!(code(&|bytes| bytes[4] = 2), Some("report_version"));
    assert_eq!(code(&|bytes| bytes[4] = 0), Some("report_version"));
    assert_eq!(code(&|bytes| bytes[6] = 3), Some("report_form"));
    assert_eq!(code(&|bytes| _ = bytes.pop()), Some("report_form"));
    assert_eq!(code(&|bytes| bytes[60] = 12), Some("report_bound"), "a cell beyond the vector");
    assert_eq!(code(&|bytes| bytes[62..64].copy_from_slice(&[5, 0])), Some("report_bound"), "a cell twice");
    let whole = task("k-means");
    let mut bytes = report("k-means", 7, 1).write(&whole);
    bytes[60] = 15;
    assert_eq!(Report::read(&bytes, &whole), Err(ReportError::Bound));
    let mut bytes = report("segments", 7, 1).write(&task("segments"));
    bytes[60] = 4;
    assert_eq!(Report::read(&bytes, &task("segments")), Err(ReportError::Bound));
    let mut bytes = report("categories", 7, 1).write(&task("categories"));
    bytes[62] = 2;
    assert_eq!(Report::read(&bytes, &task("categories")), Err(ReportError::Bound));
}

#[test]
fn reports_are_taken_from_an_hour_before_their_window_to_two_windows_after() {
    let votes = task("votes");
    let (start, week) = (votes.window_starts_at(3), u64::from(votes.window_s));
    let code = |now_s| votes.takes(3, now_s).map_err(Untimely::code).err();
    assert_eq!(code(start - 3_601), Some("report_early"));
    assert_eq!(code(start - 3_600), None);
    assert_eq!(code(start + 3 * week + 3_599), None);
    assert_eq!(code(start + 3 * week + 3_600), Some("report_late"));
    assert_eq!(votes.takes(8, start).map_err(Untimely::code), Err("report_window"));
    assert_eq!(votes.takes(u32::MAX, start).map_err(Untimely::code), Err("report_window"));
}

#[test]
fn totals_add_up_and_estimate() {
    for name in NAMES {
        let task = task(name);
        let (mut all, mut left, mut right) = (Totals::new(&task), Totals::new(&task), Totals::new(&task));
        for number in 0..200u8 {
            let report = report(name, number, u32::from(number));
            assert!(all.add(&report));
            assert!(if number < 90 { left.add(&report) } else { right.add(&report) });
        }
        assert!(left.merge(&right));
        assert_eq!(left, all, "{name}");
        assert_eq!((all.reports, all.estimate(&task).len()), (200, task.length as usize));
        assert!(!all.merge(&Totals::default()));
        let other = Report { body: Body::Vector(vec![1; 999]), ..report(name, 0, 0) };
        assert!(!all.add(&other));
        assert_eq!(all.reports, 200);
    }
}

#[test]
fn no_two_reports_share_anything_that_could_name_a_device() {
    // Same device, same task, next window: part, version and form are everybody's, the rest is drawn anew.
    let (task, secret) = (task("votes"), Secret::new([7; 32]));
    let nonces: Vec<[u8; 16]> =
        (0..50).map(|window| secret.draw(Draw::Nonce, &task.id(), window).bytes16()).collect();
    let mut sorted = nonces.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), nonces.len());
    assert_ne!(TaskId([0; 32]).part(0), TaskId([1; 32]).part(0));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200), sound: bool) {
        if sound && bytes.len() > 8 {
            bytes[..4].copy_from_slice(b"HBRP");
            bytes[4..6].copy_from_slice(&1u16.to_le_bytes());
            bytes[7] = 0;
        }
        for name in NAMES {
            let task = task(name);
            if let Ok(report) = Report::read(&bytes, &task) {
                prop_assert_eq!(report.write(&task), bytes.clone());
                prop_assert!(Totals::new(&task).add(&report));
            }
        }
    }
}
