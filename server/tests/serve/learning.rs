//! From what devices send to models, by the server's own clock and over the parts of a matrix.

use std::collections::BTreeMap;

use homebody_protocol::derive_key;
use homebody_protocol::mechanism::Pairs;
use homebody_protocol::table::Table;
use homebody_protocol::task::Task;
use homebody_server::store::{Release, Store};

use super::contributions::{Device, add, errors, post, report, six_hourly, split, trusted};
use super::harness::{Data, Server, manifest, wait_until, wait_within};
use super::http::{PATIENCE, get};
use super::pair::{FAST, Pair};

const ITEMS: u32 = 12;
const REPORTS: usize = 60;

/// Pairs of the twelve items of a catalogue, summed in so many parts.
fn pairs_task(name: &str, mode: &str, shards: u32) -> Task {
    let keys: Vec<String> = (0..ITEMS).map(|item| derive_key(0, &format!("i{item}")).to_string()).collect();
    let about = format!(
        "\"measurement\": {{ \"co_occurrence\": {{ \"head\": {{ \"of\": \"items\", \"id_seed\": 0, \"keys\": [{}] }}, \
         \"shards\": {shards} }} }}, \"length\": {}, \"bound\": {{ \"multi_hot\": {{ \"ones\": 6 }} }}",
        keys.join(","),
        66 / shards
    );
    six_hourly(name, mode, &about)
}

/// What everybody says of a part: items 2k and 2k + 1 are wanted together.
fn couples(task: &Task, part: u32) -> Vec<u32> {
    let (pairs, _) = Pairs::of(&task.measurement).unwrap();
    let mut cells = vec![0; task.length as usize];
    for (from, to, at) in pairs.all() {
        if from / 2 == to / 2 && at.part == part {
            cells[at.cell as usize] = 1;
        }
    }
    cells
}

/// For each item the strongest of its lists in a table.
fn strongest(table: &Table<Vec<u8>>) -> BTreeMap<u32, u32> {
    let sets: Vec<_> = table.list_sets().collect();
    let of_row = |row: usize| {
        let entries = sets.iter().flat_map(|set| set.entries(row)).max_by_key(|(_, weight)| *weight);
        entries.map(|(index, _)| (table.key(row).0, table.vocabulary_key(index).0))
    };
    (0..table.rows()).filter_map(of_row).collect()
}

/// Every item's partner in its couple.
fn partners() -> BTreeMap<u32, u32> {
    let key = |item: u32| derive_key(0, &format!("i{item}"));
    (0..ITEMS).map(|item| (key(item), key(item ^ 1))).collect()
}

/// The table that devices judge.
fn candidate(server: &Server) -> Table<Vec<u8>> {
    let manifest = manifest(server.data);
    let blob = manifest["placements"][".candidate"]["sha256"].as_str().unwrap().to_owned();
    Table::read(get(server.data, &format!("/v1/blobs/{blob}")).body).unwrap()
}

fn actions(data: &Data) -> Vec<String> {
    let audit = Store::open(&data.path()).unwrap().audit(100).unwrap();
    audit.into_iter().rev().map(|entry| entry.action).collect()
}

/// Nobody calls a command: the running server releases, makes a candidate, asks devices, and publishes what they chose.
#[test]
fn a_running_server_learns_by_itself() {
    let data = Data::published(ITEMS as usize);
    let task = pairs_task("pairs", &trusted(), 1);
    add(&data, &task, &[]);
    let mut server = Server::start(&data);
    let version = manifest(server.data)["version"].as_u64().unwrap();
    for _ in 0..REPORTS {
        let bytes = report(&task, 0, couples(&task, 0)).write(&task);
        assert_eq!(post(server.data, &task, &bytes).status, 204);
    }
    // With all reports there, as otherwise the first twenty would be released alone.
    server.kill();
    let learning = [("HOMEBODY_TRAIN_ENABLED", "true"), ("HOMEBODY_TRAIN_INTERVAL_MS", "100")];
    let server = Server::start_with(&data, &learning);
    let models = || data.run(&["models"])["models"].clone();
    wait_until(|| models()[0]["state"] == "candidate" && !models()[0]["gate"].is_null());
    let gate = models()[0]["gate"].as_str().unwrap().to_owned();
    let offered = || get(server.data, "/v1/tasks").json()["tasks"].clone();
    let asked = |task: &serde_json::Value| task["payload"].as_str().unwrap().contains("\"gate\"");
    wait_until(|| offered().as_array().unwrap().iter().any(asked));
    wait_until(|| manifest(server.data)["placements"].get(".candidate").is_some());
    assert_eq!(strongest(&candidate(&server)), partners());
    assert_eq!(server.metric("homebody_models_promoted_total"), 0.0);
    let begun = actions(&data);
    let order = ["release", "candidate"].map(|action| begun.iter().position(|done| done == action).unwrap());
    assert!(order[0] < order[1], "{begun:?}");

    // What devices answer in a week.
    let store = Store::open(&data.path()).unwrap();
    let answers = Release {
        task: gate,
        part: 0,
        window: 0,
        reports: 4_000,
        cells: vec![3_300, 150, 500, 50],
        at: super::contributions::now(),
    };
    store.write(|transaction| Store::add_release(transaction, &answers)).unwrap();
    wait_until(|| server.metric("homebody_models_promoted_total") == 1.0);
    wait_until(|| manifest(server.data)["version"].as_u64().unwrap() > version);
    assert!(actions(&data).iter().any(|action| action == "judge"), "{:?}", actions(&data));
    assert_eq!(
        (models()[0]["state"].as_str(), server.metric("homebody_train_failures_total")),
        (Some("champion"), 0.0)
    );
}

/// A matrix in two parts: devices answer for one each, both are released, and only the whole becomes lists.
#[test]
fn the_parts_of_a_split_matrix_become_lists_together() {
    let mode = split("https://leader.example/dap/", "https://helper.example/dap/");
    let mut pair = Pair::of(pairs_task("shards", &mode, 2), &[]);
    pair.leader_data.import(ITEMS as usize, "first");
    pair.leader_data.publish();
    let devices = [0, 1].map(|part| Device::of_part(&pair.task, part, pair.leader(), pair.helper_address));
    for (device, part) in devices.iter().zip(0..) {
        let said = couples(&pair.task, part);
        assert!(said.iter().sum::<u32>() > 0, "each part has couples");
        let reports: Vec<_> = (0..REPORTS).map(|_| device.seal_vector(&said, pair.at())).collect();
        for some in reports.chunks(10) {
            assert!(errors(&device.upload(pair.leader(), some)).is_empty());
        }
    }
    pair.wait_for_aggregation();
    let id = pair.task.id().to_hex();
    for part in 0..2_u32 {
        let arguments = ["batches", "release", "--task", &id, "--part", &part.to_string(), "--window", "0"];
        let mut released = serde_json::Value::Null;
        wait_within(3 * PATIENCE, || {
            released = pair.leader_data.run(&arguments)["released"][0].clone();
            !released.is_null()
        });
        let cells: Vec<u64> = serde_json::from_value(released["cells"].clone()).unwrap();
        let said = couples(&pair.task, part).into_iter().map(|one| u64::from(one) * REPORTS as u64);
        assert_eq!((released["part"].as_u64(), cells), (Some(part.into()), said.collect()));
        let turn = pair.leader_data.run(&["train"])["outcome"].clone();
        assert_eq!(turn, ["nothing_new", "asked"][part as usize], "half a matrix teaches nothing");
    }
    pair.leader.take().unwrap().kill();
    pair.leader = Some(Server::start_with(&pair.leader_data, &[FAST]));
    assert_eq!(strongest(&candidate(pair.leader.as_ref().unwrap())), partners());
}
