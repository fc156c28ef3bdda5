//! Any text as a task: refused, or a task whose canonical text is the same task, by the server's reader and the device's.

use homebody_device::contribute::read_task;
use homebody_protocol::task::{LocalLimits, Task};

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Ok(task) = str::from_utf8(bytes).map_err(drop).and_then(|text| Task::from_json(text).map_err(drop))
    {
        let canonical = task.canonical();
        assert_eq!(Task::from_json(&canonical).expect("own text is readable"), task);
        let _ = (task.id(), task.parts(), task.least_micro_rho(), LocalLimits::default().refuses(&task));
        assert_eq!(task.default_report().len(), task.length as usize);
    }
    if let Ok(task) = read_task(bytes) {
        assert!(task.check().is_ok(), "a device holds tasks to the same");
    }
}
