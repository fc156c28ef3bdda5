//! Thirty answers to one question are no better than one.

use homebody_device::contribute::{Contribution, Facts, Ledger, contribute};
use homebody_device::{Consent, Purpose};
use homebody_lab::population::ask::{self, Asked, Budget};
use homebody_lab::population::people::{Browser, secret};
use homebody_lab::population::world::World;
use homebody_lab::population::{Mode, model};
use homebody_protocol::accounting::{MICRO, pure_micro_rho};
use homebody_protocol::report::{Body, Report};
use homebody_protocol::task::{Answer, Bound, LocalLimits, Measurement, Mode as Summing, Task, TaskPurpose};

use crate::stage::{DAY_S, GROUPS, made_up};

/// What somebody who sees all thirty reports of a device, and knows that they are of one device, makes of them.
#[test]
fn thirty_daily_reports_about_one_wish_say_no_more_than_one() {
    let folder = tempfile::tempdir().unwrap();
    let world = made_up(folder.path());
    let task = wish(&world);
    let Summing::Local { micro_epsilon, .. } = task.mode else { panic!("a local task") };
    let odds = (f64::from(micro_epsilon) / MICRO as f64).exp();
    let truth = odds / (odds + f64::from(task.length) - 1.0);
    let mut browser = Browser::open(&model::popularity(&world).unwrap().pool).unwrap();
    let (mut kept, mut anew) = (0, 0);
    for visitor in 0..world.visitors.len() {
        let wanted = {
            let said = browser.says(&world, visitor, secret(0, visitor), &task, 1).remove(0);
            said.vector.iter().position(|value| *value == 1).unwrap()
        };
        let mut ledger = Ledger::new(secret(3, visitor));
        let mut paid = 0;
        let daily: Vec<Vec<u8>> = (0..30)
            .map(|day| {
                let said = says(&mut browser, &world, visitor, &mut ledger, &task, day);
                paid += said.debit.micro_epsilon();
                said.report(&task)
            })
            .collect();
        assert_eq!(paid, micro_epsilon, "thirty reports cost what one costs");
        kept += usize::from(guessed(&task, &daily) == wanted);
        // The same with a device that forgets what it said: the attack is a real one.
        let forgetful: Vec<Vec<u8>> = (0..30)
            .map(|day| {
                let mut ledger = Ledger::new(secret(1_000 + u64::from(day), visitor));
                says(&mut browser, &world, visitor, &mut ledger, &task, day).report(&task)
            })
            .collect();
        anew += usize::from(guessed(&task, &forgetful) == wanted);
    }
    let count = world.visitors.len() as f64;
    let (kept, anew) = (kept as f64 / count, anew as f64 / count);
    let luck = 4.0 * (truth * (1.0 - truth) / count).sqrt();
    println!(
        "guessed of thirty reports: {kept:.2} where one tells {truth:.2}; drawn anew each day {anew:.2}"
    );
    assert!((kept - truth).abs() < luck, "{kept} of {truth} ± {luck}");
    assert!(anew > 0.85, "{anew}");
}

/// Which of four things is wanted most, once a day, ε = 1.
fn wish(world: &World) -> Task {
    let asked = Asked::offline(world.keyed.id_seed);
    let counts = ask::counts(world, Mode::Local, Budget::of(1.0), &asked).unwrap();
    let Measurement::Popularity { mut head } = counts.measurement.clone() else { panic!("counts") };
    head.keys = (0..GROUPS).map(|group| head.keys[group]).collect();
    let measurement = Measurement::Popularity { head };
    let micro_epsilon = MICRO as u32;
    let task = Task {
        length: measurement.length(&Bound::OneHot),
        measurement,
        purpose: TaskPurpose::Contribute,
        mode: Summing::Local { answer: Answer::RandomisedResponse, micro_epsilon },
        micro_rho: pure_micro_rho(micro_epsilon),
        ends_at: counts.starts_at + 40 * DAY_S,
        ..counts
    };
    task.check().unwrap();
    task
}

fn says(
    browser: &mut Browser,
    world: &World,
    visitor: usize,
    ledger: &mut Ledger,
    task: &Task,
    day: u32,
) -> Contribution {
    let now_ms = (u64::from(task.starts_at) + u64::from(day * DAY_S + DAY_S - 3_600)) * 1_000;
    let profile = browser.lives(world, &world.visitors[visitor].contributed, now_ms);
    let yes = Consent::none().granted(Purpose::Contribute).granted(Purpose::Measure);
    contribute(ledger, task, &Facts::new(profile, now_ms), yes, &LocalLimits::default()).unwrap()
}

/// The cell that most reports name: the likeliest, as every wrong cell is as likely as the others.
fn guessed(task: &Task, reports: &[Vec<u8>]) -> usize {
    let mut named = vec![0; task.length as usize];
    for bytes in reports {
        let Body::Cell(cell) = Report::read(bytes, task).unwrap().body else { panic!("a cell") };
        named[cell as usize] += 1;
    }
    let most = named.iter().copied().max().unwrap();
    named.iter().position(|count| *count == most).unwrap()
}
