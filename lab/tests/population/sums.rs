//! Two servers add up what one would.

use homebody_lab::population::Mode;
use homebody_lab::population::ask::{self, Budget};
use homebody_lab::population::people::{Browser, secret};
use homebody_lab::population::run::Sites;
use homebody_protocol::task::{Mode as Summing, Task};

use crate::stage::{DAY_S, QUIET, has_binary, made_up, report, totals};

/// The same vectors, added up by one server and by two that see nothing, come out the same, and right.
#[test]
fn split_sums_are_trusted_sums() {
    if !has_binary("split against trusted sums") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let world = made_up(folder.path());
    let sites = Sites::open(&world, Mode::Split).unwrap();
    let asked = sites.asked(DAY_S, 9 * 3_600).unwrap();
    let pairs = ask::pairs(&world, Mode::Split, Budget::of(1.0), &asked).unwrap();
    let Summing::Split { aggregators, .. } = pairs.mode.clone() else { panic!("a split task") };
    let quiet = |name: &str, mode| Task { name: name.to_owned(), mode, micro_rho: u32::MAX, ..pairs.clone() };
    let tasks = [
        quiet("halves", Summing::Split { noise: QUIET, aggregators }),
        quiet("whole", Summing::Trusted { noise: QUIET }),
    ];
    let tasks = sites.ask(&tasks).unwrap();
    let (halves, whole) = (&tasks[0], &tasks[1]);
    let mut browser = Browser::open(&sites.leader.pool(0).unwrap()).unwrap();
    let mut door = sites.door().unwrap();
    let mut exact = vec![0i64; pairs.length as usize];
    for visitor in 0..world.visitors.len() {
        let said = browser.says(&world, visitor, secret(0, visitor), halves, 1).remove(0);
        exact.iter_mut().zip(&said.vector).for_each(|(sum, value)| *sum += i64::from(*value));
        door.post_sealed(halves, said.part, 0, &said.vector).unwrap();
        door.post_plain(whole, &report(whole, visitor, said.vector)).unwrap();
    }
    let releases = sites.leader.released(2).unwrap();
    assert!(exact.iter().sum::<i64>() > 500);
    for task in [halves, whole] {
        assert_eq!(totals(&releases, task), (world.visitors.len() as u64, exact.clone()), "{}", task.name);
    }
}
