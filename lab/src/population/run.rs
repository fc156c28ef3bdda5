//! The whole loop over HTTP: devices contribute to a site that knows nothing, it learns from the sums, devices judge what
//! it learned, and their lists are compared with those of popularity and of a server that has all rows.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use homebody_device::contribute::Model;
use homebody_protocol::accounting::{MICRO, laplace_micro_rho, pure_micro_rho};
use homebody_protocol::table::Table;
use homebody_protocol::task::{Answer, Measurement, Mode as Asked, Noise, Task};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::ask::{self, Budget, WINDOW_S};
use super::model::{In, Served, centralised, popularity, worth};
use super::people::{Browser, Person, population};
use super::site::{Door, Party, binary};
use super::world::{Visitor, World};
use super::{Mode, ask::MAX_ITEMS};
use crate::dataset::Event;

const DAY_S: u32 = 86_400;
const HOUR_S: u32 = 3_600;
/// Devices that a released sum has at the least: what devices insist on.
const LEAST: usize = 100;
/// Parts are drawn: some get fewer than their share.
const SPREAD: f64 = 1.5;
/// Devices at a time; they wait for the disk, not for the processor.
const THREADS: usize = 16;
/// Of the question which model is better: ε = .1 a report.
const GATE_MILLI_SCALE: u32 = 20_000;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How reports are added up.
    pub mode: Mode,
    /// Devices.
    pub devices: usize,
    /// ε of a device for what is learned from; the question which model is better costs .1 more, under `local` ε again.
    pub epsilon: f64,
    /// Seed of the devices' secrets.
    pub seed: u64,
    /// Whether to show how far it is.
    pub quiet: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// How reports were added up.
    pub mode: Mode,
    /// Devices, each with its own ledger.
    pub devices: usize,
    /// Visitors of the set that they behave like.
    pub visitors: usize,
    /// Items of the catalogue.
    pub items: usize,
    /// ε of a device.
    pub epsilon: f64,
    /// Reports that were posted.
    pub reports: u64,
    /// Lists judged.
    pub lists: usize,
    /// NDCG@10 of the site before it learned anything.
    pub start: f64,
    /// Of popularity counted from the rows.
    pub popularity: f64,
    /// Of what the site publishes after devices have judged it.
    pub learned: f64,
    /// Of the model that the server learns from the rows.
    pub centralised: f64,
    /// What devices decided: `promoted`, `rejected`, `waiting`, or `nothing_learned`.
    pub outcome: String,
    /// Hits in ten by which devices found the candidate better.
    pub difference: Option<f64>,
    /// Seconds it took.
    pub seconds: f64,
}

/// Runs it.
///
/// # Errors
/// When the binary is not there, and as site and devices say.
pub fn run(world: &World, options: Options) -> Result<Found> {
    check(world, options)?;
    let started = Instant::now();
    let mut found = Found {
        mode: options.mode,
        devices: options.devices,
        visitors: world.visitors.len(),
        items: world.data.items.len(),
        epsilon: options.epsilon,
        reports: 0,
        lists: world.split.cases.len(),
        start: 0.0,
        popularity: worth(world, &popularity(world)?)?,
        learned: 0.0,
        centralised: worth(world, &centralised(world)?)?,
        outcome: String::new(),
        difference: None,
        seconds: 0.0,
    };
    let mut sites = Sites::open(world, options.mode)?;
    found.start = sites.worth(world, 0)?;
    let mut people = population(world, options.devices, options.seed);
    let learned = sites.contribute(world, options, &mut people)?;
    found.reports = 2 * options.devices as u64;
    let (mut outcome, mut version) = (learned, 0);
    if outcome["outcome"] == "asked" {
        outcome = sites.judge(world, options, &mut people)?;
        found.reports += options.devices as u64;
        version = outcome["version"].as_u64().unwrap_or(0);
    }
    if options.mode == Mode::Local {
        // Counts alone were asked.
        found.reports -= options.devices as u64;
    }
    found.outcome = outcome["outcome"].as_str().unwrap_or("unknown").to_owned();
    found.difference = outcome["difference"].as_f64();
    found.learned = sites.worth(world, version)?;
    found.seconds = started.elapsed().as_secs_f64();
    Ok(found)
}

fn check(world: &World, options: Options) -> Result<()> {
    let items = world.data.items.len();
    if !(2..=MAX_ITEMS).contains(&items) {
        bail!("`--items` is between 2 and {MAX_ITEMS}, not `{items}`: pairs of more do not fit a task");
    }
    let most = if options.mode == Mode::Local { 4.0 } else { 2.0 };
    if !(0.1..=most).contains(&options.epsilon) {
        bail!(
            "`--epsilon` is between 0.1 and {most}, the most that a device spends in a month; `population sweep` shows more"
        );
    }
    let asked = ask::Asked::offline(0);
    let parts = match options.mode {
        Mode::Local => 1,
        mode => ask::pairs(world, mode, Budget::of(options.epsilon), &asked)?.parts() as usize,
    };
    let least = (LEAST as f64 * parts as f64 * if parts > 1 { SPREAD } else { 1.0 }).ceil() as usize;
    if options.devices < least {
        bail!(
            "{} devices are too few: {parts} parts of the pairs need {least}; take more, or fewer `--items`",
            options.devices
        );
    }
    Ok(())
}

/// The site, and its helper under `split`.
pub struct Sites {
    /// The site; the leader.
    pub leader: Party,
    /// The helper.
    pub helper: Option<Party>,
    /// Releases so far.
    releases: usize,
    hour: u32,
}

impl Sites {
    /// Publishes the world's catalogue, about which nothing is known, and serves.
    ///
    /// # Errors
    /// As the binary says.
    pub fn open(world: &World, mode: Mode) -> Result<Self> {
        let binary = binary()?;
        let mut leader = Party::new(&binary)?;
        leader.publish(world)?;
        leader.serve(&[])?;
        let mut helper = (mode == Mode::Split).then(|| Party::new(&binary)).transpose()?;
        if let Some(helper) = &mut helper {
            helper.serve(&[("HOMEBODY_COLLECT_HELPER", "true"), ("HOMEBODY_COLLECT_ENABLED", "false")])?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let hour = u32::try_from(now - now % u64::from(HOUR_S))?;
        Ok(Self { leader, helper, releases: 0, hour })
    }

    /// A task of a window that ended a while ago, so that its sum is due.
    ///
    /// # Errors
    /// When the site does not answer.
    pub fn asked(&self, window_s: u32, ended_before_s: u32) -> Result<ask::Asked> {
        let helper = self.helper.as_ref().map(Party::address).transpose()?;
        let address = |address| format!("http://{address}/dap/");
        let leader = address(self.leader.address()?);
        Ok(ask::Asked {
            site: "localhost".to_owned(),
            id_seed: self.leader.manifest()?.id_seed,
            starts_at: self.hour - ended_before_s - window_s,
            window_s,
            reports: 1,
            min_batch_size: LEAST as u32,
            aggregators: [leader, helper.map(address).unwrap_or_default()],
        })
    }

    /// Takes tasks up, at the helper too; as they are offered.
    ///
    /// # Errors
    /// As the binary says.
    pub fn ask(&self, tasks: &[Task]) -> Result<Vec<Task>> {
        for task in tasks {
            self.leader.add(task, &[])?;
            if let (Some(helper), Asked::Split { .. }) = (&self.helper, &task.mode) {
                helper.joins(&self.leader, task)?;
            }
        }
        let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
        self.leader.offered(&names)
    }

    /// Where devices post.
    ///
    /// # Errors
    /// When a party does not answer.
    pub fn door(&self) -> Result<Door> {
        let helper = self.helper.as_ref().map(Party::address).transpose()?;
        Door::open(self.leader.address()?, helper)
    }

    /// NDCG@10 of what is published, once it is this version.
    fn worth(&self, world: &World, version: u64) -> Result<f64> {
        worth(world, &In(world, &Served::read(world, self.leader.pool(version)?)?))
    }

    /// Every device answers what is asked about the head; the sums are released, and learned from.
    fn contribute(
        &mut self,
        world: &World,
        options: Options,
        people: &mut [Person],
    ) -> Result<serde_json::Value> {
        let (asked, budget) = (self.asked(WINDOW_S, 41 * HOUR_S)?, Budget::of(options.epsilon));
        let mut tasks = vec![ask::counts(world, options.mode, budget, &asked)?];
        if options.mode != Mode::Local {
            tasks.push(ask::pairs(world, options.mode, budget, &asked)?);
        }
        let tasks = self.ask(&tasks)?;
        // Early in the month, so that the question which model is better falls into the next.
        let at_ms = u64::from(asked.starts_at + 2 * HOUR_S) * 1_000;
        let contributed: fn(&Visitor) -> &[Event] = |visitor| &visitor.contributed;
        self.all(world, options, people, "contributing", contributed, &tasks, &[], at_ms)?;
        self.release(&tasks)?;
        self.leader.run(&["train"])
    }

    /// Every device compares the candidate with the model in use, by what its visitor came to want last.
    fn judge(&mut self, world: &World, options: Options, people: &mut [Person]) -> Result<serde_json::Value> {
        let gate = self.leader.run(&["models"])?;
        let number = gate["models"].as_array().and_then(|all| all.last().map(|model| model["id"].clone()));
        let name = format!("gate-{}", number.context("no candidate")?);
        let asked = self.leader.offered(&[&name])?.remove(0);
        let Measurement::Gate { champion, candidate, .. } = asked.measurement.clone() else {
            bail!("`{name}` does not ask which model is better");
        };
        // The same question about a day that is over, so that nobody has to wait a week.
        let task = self.ask(&[earlier(asked, options, &self.asked(DAY_S, 9 * HOUR_S)?)])?.remove(0);
        let read = |hash: &str| Table::read(self.leader.blob(hash)?).context("a table to be judged");
        let tables = [read(&champion)?, read(&candidate)?];
        let models =
            [Model { hash: &champion, table: &tables[0] }, Model { hash: &candidate, table: &tables[1] }];
        let at_ms = u64::from(task.starts_at + 12 * HOUR_S) * 1_000;
        let known: fn(&Visitor) -> &[Event] = |visitor| &visitor.known;
        let tasks = [task];
        self.all(world, options, people, "judging", known, &tasks, &models, at_ms)?;
        self.release(&tasks)?;
        self.leader.run(&["train"])
    }

    fn release(&mut self, tasks: &[Task]) -> Result<()> {
        self.releases += tasks.iter().map(|task| task.parts() as usize).sum::<usize>();
        self.leader.released(self.releases).map(|_| ())
    }

    #[expect(clippy::too_many_arguments, reason = "one loop for both times that all devices answer")]
    fn all(
        &self,
        world: &World,
        options: Options,
        people: &mut [Person],
        words: &'static str,
        rows: fn(&Visitor) -> &[Event],
        tasks: &[Task],
        models: &[Model<'_>],
        at_ms: u64,
    ) -> Result<()> {
        let pool = self.leader.pool(0)?;
        let bar = bar(options.quiet, people.len() as u64, words);
        let share = people.len().div_ceil(THREADS);
        let work = |people: &mut [Person]| -> Result<()> {
            let (mut browser, mut door) = (Browser::open(&pool)?, self.door()?);
            for person in people {
                for task in tasks {
                    let said = browser.answers(world, person, rows, task, models, at_ms)?;
                    door.post(task, &said)?;
                }
                bar.inc(1);
            }
            Ok(())
        };
        let done: Result<()> = std::thread::scope(|scope| {
            let work = &work;
            let handles: Vec<_> =
                people.chunks_mut(share).map(|people| scope.spawn(move || work(people))).collect();
            let ended = handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            ended.collect()
        });
        bar.finish_and_clear();
        done
    }
}

/// The question in the mode of the run, about another time.
fn earlier(gate: Task, options: Options, asked: &ask::Asked) -> Task {
    let noise = Noise::Laplace { milli_scale: GATE_MILLI_SCALE };
    let micro_epsilon = (options.epsilon * MICRO as f64) as u32;
    let (mode, micro_rho) = match options.mode {
        Mode::Trusted => (Asked::Trusted { noise }, laplace_micro_rho(2, GATE_MILLI_SCALE)),
        Mode::Split => {
            let [leader, helper] = asked.aggregators.clone();
            let helper_operator = "Partner".to_owned();
            let aggregators = homebody_protocol::task::Aggregators { leader, helper, helper_operator };
            (Asked::Split { noise, aggregators }, laplace_micro_rho(2, GATE_MILLI_SCALE))
        }
        Mode::Local => (
            Asked::Local { answer: Answer::RandomisedResponse, micro_epsilon },
            pure_micro_rho(micro_epsilon),
        ),
    };
    Task {
        name: "gate-of-the-day".to_owned(),
        mode,
        micro_rho,
        window_s: asked.window_s,
        starts_at: asked.starts_at,
        ends_at: asked.starts_at + 4 * asked.window_s,
        min_batch_size: asked.min_batch_size,
        ..gate
    }
}

fn bar(quiet: bool, length: u64, words: &'static str) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:20} {wide_bar} {pos}/{len} {eta}");
    let bar = ProgressBar::new(length).with_message(words);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
