//! Batches that never fill, and data folders that are busy or full.

use homebody_server::store::{Store, Taken};

use super::contributions::{HOUR, add, now, plain, post, report, task, task_from, trusted};
use super::harness::{Data, Server, wait_until};

fn database(data: &Data) -> rusqlite::Connection {
    rusqlite::Connection::open(data.path().join("homebody.db")).unwrap()
}

fn names_kept(data: &Data, window: u32) -> u32 {
    let sql = "SELECT count(*) FROM report_nonces WHERE window = ?1";
    database(data).query_row(sql, [window], |row| row.get(0)).unwrap()
}

/// One that stays too small is dropped with its names after its windows, and no other sum gets its reports.
#[test]
fn a_batch_that_never_fills_is_dropped_and_joined_with_nothing() {
    let data = Data::empty();
    // Hourly: window 7 runs, 6 to 3 could still become large enough, 2 could not.
    let task = task_from("never", &trusted(), 20, now() / HOUR * HOUR - 7 * HOUR);
    add(&data, &task, &[]);
    let store = Store::open(&data.path()).unwrap();
    for (window, count) in [(2, 19), (5, 19), (6, 20)] {
        for _ in 0..count {
            let mut vector = vec![0; super::contributions::CELLS];
            vector[window as usize] = 1;
            // As if it had come in its time.
            let taken = store.take_reports(&[(&task, &report(&task, window, vector))]).unwrap();
            assert_eq!(taken, [Taken::Added]);
        }
    }
    assert_eq!((names_kept(&data, 2), names_kept(&data, 5)), (19, 19));
    let server = Server::start(&data);
    let batch = |window: u32| {
        let listed = data.run(&["batches", "list"]);
        let all = listed["batches"].as_array().unwrap().clone();
        all.into_iter().find(|batch| batch["window"] == window).unwrap()
    };
    wait_until(|| batch(2)["state"] == "dropped");
    assert_eq!((batch(2)["reports"].as_u64(), names_kept(&data, 2)), (Some(0), 0), "sums and names are gone");
    assert_eq!((batch(5)["state"].as_str(), batch(5)["reports"].as_u64()), (Some("open"), Some(19)));
    assert_eq!(names_kept(&data, 5), 19, "one that may still fill keeps both");
    let released = data.run(&["batches", "release"])["released"].clone();
    assert_eq!(released.as_array().unwrap().len(), 1, "{released}");
    assert_eq!((&released[0]["window"], &released[0]["reports"]), (&6.into(), &20.into()));
    let cells: Vec<i64> = serde_json::from_value(released[0]["cells"].clone()).unwrap();
    assert_eq!((cells[6], cells.iter().sum::<i64>()), (20, 20), "nobody of another window is in it");
    let (id, late) = (task.id().to_hex(), post(server.data, &task, &plain(&task, 2, 1)));
    assert_eq!((late.status, late.problem().as_str()), (422, "report_late"));
    let again = data.try_run(&["batches", "release", "--task", &id, "--window", "2"], &[]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("batch_closed"), "{again:?}");
}

/// More waits than the queue holds: whoever is too much is told to come again, and is counted then.
#[test]
fn a_queue_that_is_full_is_told_and_nothing_is_lost() {
    let (data, task) = (Data::empty(), task("busy", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Server::start_with(&data, &[("HOMEBODY_COLLECT_QUEUE", "1")]);
    let reports: Vec<Vec<u8>> = (0..8).map(|cell| plain(&task, 0, cell)).collect();
    // Whoever writes holds the others up.
    let writer = database(&data);
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let posted: Vec<_> =
            reports.iter().map(|report| scope.spawn(|| post(server.data, &task, report))).collect();
        // One is being written, and one waits.
        wait_until(|| posted.iter().filter(|posted| posted.is_finished()).count() >= 5);
        writer.execute_batch("COMMIT").unwrap();
        posted.into_iter().map(|posted| posted.join().unwrap()).collect()
    });
    let (taken, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 204);
    assert!(!taken.is_empty() && busy.len() >= 5, "{answers:?}");
    for answer in busy {
        assert_eq!((answer.status, answer.problem().as_str()), (503, "intake_busy"));
        assert!(answer.header("retry-after").is_some());
    }
    for report in &reports {
        assert_eq!(post(server.data, &task, report).status, 204);
    }
    assert_eq!(data.run(&["batches", "list"])["batches"][0]["reports"], 8);
}

/// The database can grow no more: devices are told to come again, the server lives, and each report is counted once.
#[test]
fn a_disk_that_is_full_loses_nothing_and_counts_nothing_twice() {
    let (data, task) = (Data::empty(), task("cramped", &trusted(), 20));
    add(&data, &task, &[]);
    let mut server = Server::start_cramped(&data, 1_024);
    let mut reports = Vec::new();
    let refused = loop {
        let report = plain(&task, 0, reports.len());
        let answer = post(server.data, &task, &report);
        reports.push(report);
        if answer.status != 204 {
            break answer;
        }
        assert!(reports.len() < 5_000, "the disk is never full");
    };
    assert!(reports.len() > 5, "it took some: {}", refused.text());
    assert_eq!((refused.status, refused.problem().as_str()), (503, "intake_stuck"));
    assert!(refused.header("retry-after").is_some());
    let again = post(server.data, &task, &reports[reports.len() - 1]);
    assert_eq!(again.status, 503, "it lives, and takes nothing");
    server.kill();
    let server = Server::start(&data);
    for report in reports.iter().chain(&reports) {
        assert_eq!(post(server.data, &task, report).status, 204);
    }
    assert_eq!(data.run(&["batches", "list"])["batches"][0]["reports"], reports.len());
}
