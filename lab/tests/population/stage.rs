//! A made-up world, what asks it, and what is released of it.

use std::fmt::Write as _;
use std::path::Path;

use homebody_lab::evaluate::split::Task as Wanted;
use homebody_lab::population::people::secret;
use homebody_lab::population::site;
use homebody_lab::population::world::{Source, World};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::report::{Body, Report};
use homebody_protocol::task::{Noise, Task};

pub(crate) const GROUPS: usize = 4;
pub(crate) const GROUP_SIZE: usize = 6;
pub(crate) const VISITORS: usize = 240;
pub(crate) const DAY_S: u32 = 86_400;
/// So little noise that its draws are 0 but once in 10²¹; no device would agree to it.
pub(crate) const QUIET: Noise = Noise::Gaussian { milli_sigma: 100 };

/// Visitors who want things of one group, some of them more than others, and one thing of another.
pub(crate) fn made_up(folder: &Path) -> World {
    let mut text = "user,item,ts\n".to_owned();
    for visitor in 0..VISITORS {
        let mut rng = SplitMix64(visitor as u64);
        let group = visitor % GROUPS;
        let mut own: Vec<usize> = (0..GROUP_SIZE).map(|item| group * GROUP_SIZE + item).collect();
        let mut at = 1_700_000_000 + rng.below(1_000_000);
        for step in 0..4 + rng.below(4) {
            let item = match step {
                1 => rng.below(GROUPS * GROUP_SIZE),
                _ => own.swap_remove(rng.below(own.len())),
            };
            writeln!(text, "v{visitor},thing-{item},{at}").unwrap();
            at += 60 + rng.below(4_000);
        }
    }
    let history = folder.join("history.csv");
    std::fs::write(&history, text).unwrap();
    let source = Source { history, items: None, task: Wanted::Any };
    World::open(&source, GROUPS * GROUP_SIZE, 200, 0).unwrap()
}

/// Whether there is a server to talk to.
pub(crate) fn has_binary(what: &str) -> bool {
    let is_there = site::binary().is_ok();
    if !is_there {
        println!(
            "skipped: {what}, because there is no `homebody` beside this test; HOMEBODY_BIN may name one"
        );
    }
    is_there
}

pub(crate) fn report(task: &Task, visitor: usize, vector: Vec<u32>) -> Vec<u8> {
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&secret(7, visitor)[..16]);
    Report { part: task.id().part(0), window: 0, nonce, body: Body::Vector(vector) }.write(task)
}

pub(crate) fn totals(releases: &[serde_json::Value], task: &Task) -> (u64, Vec<i64>) {
    let id = task.id().to_hex();
    let release = releases.iter().find(|release| release["task"] == id).unwrap();
    let cells = release["cells"].as_array().unwrap().iter().map(|cell| cell.as_i64().unwrap());
    (release["reports"].as_u64().unwrap(), cells.collect())
}
