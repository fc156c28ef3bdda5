//! Signed tasks as aggregators know them.

use homebody_protocol::dap::{Decode, Encode, Interval, TaskConfiguration, VdafConfig};
use homebody_protocol::split::{Vdaf, configuration};
use homebody_protocol::task::{Mode, Task};

const GATE: &str = include_str!("../../testdata/tasks/gate.json");

#[test]
fn everything_follows_from_the_signed_task() {
    let task = Task::from_json(GATE).unwrap();
    let (id, wire) = configuration(&task, 0).unwrap();
    assert_eq!(id.0, task.id().part(0).0);
    assert_eq!(wire.task_info, task.id().0);
    assert_eq!((wire.time_precision_s, wire.min_batch_size), (3600, 500));
    assert_eq!(wire.interval, Some(Interval { start: 1_767_225_600 / 3600, duration: 8 * 168 }));
    assert_eq!(wire.leader_endpoint, "https://shop.example/dap/");
    let bytes = wire.get_encoded().unwrap();
    assert_eq!(TaskConfiguration::get_decoded(&bytes).unwrap(), wire);
    assert_eq!(configuration(&task, 1), None, "it has one part");
    let mut other = task.clone();
    other.description.push('!');
    assert_ne!(configuration(&other, 0).unwrap().1.get_encoded().unwrap(), bytes);
}

/// Every bound has its proof, and every proof can be made; its parameters never change under a task that is out.
#[test]
fn bounds_become_proofs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tasks");
    let mut kinds = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mut task = Task::from_json(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
        if matches!(task.mode, Mode::Local { .. }) {
            continue;
        }
        task.mode = Task::from_json(GATE).unwrap().mode;
        let (_, wire) = configuration(&task, task.parts() - 1).unwrap();
        let vdaf = Vdaf::new(&wire.vdaf).unwrap_or_else(|error| panic!("{}: {error}", task.name));
        assert_eq!(vdaf.length(), task.length as usize, "{}", task.name);
        kinds.push((task.name.clone(), wire.vdaf));
    }
    let of = |name: &str| kinds.iter().find(|(known, _)| known == name).unwrap().1;
    assert_eq!(of("gate"), VdafConfig::Histogram { length: 4, chunk_length: 2 });
    assert!(matches!(of("head-pairs"), VdafConfig::MultihotCountVec { .. }));
    assert!(matches!(of("blend"), VdafConfig::SumVec { .. }));
    assert!(matches!(of("k-means"), VdafConfig::L1BoundSum { .. }));
}
