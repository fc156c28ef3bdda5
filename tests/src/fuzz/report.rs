//! Any bytes as a report of a task of each form: refused, or a report within the bound that is written as it was read.

use std::sync::LazyLock;

use homebody_protocol::report::{Body, Report};
use homebody_protocol::task::Task;

static TASKS: LazyLock<Vec<Task>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../core/protocol/testdata/tasks/gate.json"),
        include_str!("../../../core/protocol/testdata/tasks/votes.json"),
        include_str!("../../../core/protocol/testdata/tasks/k-means.json"),
        include_str!("../../../core/protocol/testdata/tasks/segments.json"),
        include_str!("../../../core/protocol/testdata/tasks/categories.json"),
    ];
    texts.iter().map(|text| Task::from_json(text).expect("they are tasks")).collect()
});

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    for task in TASKS.iter() {
        let Ok(report) = Report::read(bytes, task) else { continue };
        if let Body::Vector(vector) = &report.body {
            assert!(task.bound.admits(vector));
        }
        let written = report.write(task);
        assert_eq!(Report::read(&written, task).expect("own bytes are readable"), report);
    }
}
