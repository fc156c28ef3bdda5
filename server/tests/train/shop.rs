//! A shop whose devices say what a test wants.

use std::io::Cursor;
use std::process::Command;

use homebody_protocol::derive_key;
use homebody_protocol::manifest::Manifest;
use homebody_protocol::mechanism::Pairs;
use homebody_protocol::table::Table;
use homebody_protocol::task::{
    Bound, FORMAT, Head, HeadKind, Measurement, Mode, Noise, SignedTask, TIME_PRECISION_S, Task, TaskPurpose,
};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::collect::{self, AddOptions};
use homebody_server::intake::Source;
use homebody_server::publish::{Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::{Release, Store};
use homebody_server::train::{Outcome, TrainOptions, step};

pub(crate) const SITE: &str = "shop.example";
pub(crate) const NOW: u64 = 1_795_428_000;
pub(crate) const DAY_S: u64 = 86_400;
pub(crate) const WEEK_S: u64 = 7 * DAY_S;

pub(crate) struct Shop {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) signer: Signer,
    pub(crate) options: TrainOptions,
}

impl Shop {
    /// A published catalogue of 12 items, about which nothing is known. Nobody watches a model after its publication.
    pub(crate) fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let publish_options = PublishOptions {
            site: SITE.to_owned(),
            placements: vec![Placement::default()],
            table_items: 100,
            table_bytes: 1 << 20,
            sensitive_tags: Vec::new(),
            keep: 10,
            now: NOW,
        };
        let options = TrainOptions { watch_s: 0, ramp_s: 0, ..TrainOptions::new(publish_options, 500) };
        let signer = Signer::load_or_create(dir.path(), None).unwrap();
        let shop = Self { dir, store, signer, options };
        shop.import(12);
        publish(&shop.store, &shop.signer, &shop.options.publish).unwrap();
        shop
    }

    pub(crate) fn import(&self, items: u32) {
        let line = |id: u32| {
            format!("{{\"id\":\"item-{id}\",\"title\":\"Thing {id}\",\"category\":\"c{}\"}}\n", id / 6)
        };
        let lines: String = (0..items).map(line).collect();
        let source = Source::from_reader("items", Cursor::new(lines)).unwrap();
        let options = CatalogImport { format: Some(Format::Jsonl), ..CatalogImport::default() };
        catalog::import(&self.store, source, &options, &mut |_| {}).unwrap();
    }

    pub(crate) fn step(&self, now: u64) -> Outcome {
        step(&self.store, &self.signer, &self.options, now).unwrap()
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let version = self.store.current_version().unwrap().unwrap();
        Manifest::parse(&self.store.payload(version).unwrap().unwrap()).unwrap()
    }

    pub(crate) fn versions(&self) -> usize {
        self.store.publications(1_000).unwrap().len()
    }

    /// The pool that devices rank with.
    pub(crate) fn pool(&self) -> Table<Vec<u8>> {
        let current = self.store.current().unwrap().unwrap();
        let pool = current.blobs.iter().find(|file| file.name == "home").unwrap();
        Table::read(self.store.blob(pool).unwrap()).unwrap()
    }

    pub(crate) fn head(&self) -> Head {
        let id_seed = self.manifest().id_seed;
        let keys = (0..12).map(|item| derive_key(id_seed, &format!("item-{item}"))).collect();
        Head { of: HeadKind::Items, id_seed, keys }
    }

    /// A task of this site with the form of another.
    pub(crate) fn task(&self, name: &str, measurement: Measurement, bound: Bound, noise: Noise) -> Task {
        let length = measurement.length(&bound);
        let task = Task {
            format: FORMAT,
            site: SITE.to_owned(),
            name: name.to_owned(),
            description: "Whatever the test asks.".to_owned(),
            purpose: TaskPurpose::Contribute,
            measurement,
            length,
            bound,
            mode: Mode::Trusted { noise },
            micro_rho: 0,
            window_s: 604_800,
            time_precision_s: TIME_PRECISION_S,
            min_batch_size: 500,
            starts_at: 1_795_392_000,
            ends_at: 1_795_392_000 + 8 * 604_800,
        };
        Task { micro_rho: task.least_micro_rho(), ..task }
    }

    /// Offers a task; its id.
    pub(crate) fn add(&self, task: &Task) -> String {
        let text = task.canonical();
        collect::add(&self.store, &self.signer, SITE, &text, &AddOptions::default(), NOW).unwrap().stored.id
    }

    /// Offers a question about pairs; its id.
    pub(crate) fn ask_pairs(&self) -> String {
        let measurement = Measurement::CoOccurrence { head: self.head(), shards: 1 };
        let noise = Noise::Gaussian { milli_sigma: 20_000 };
        self.add(&self.task("pairs", measurement, Bound::MultiHot { ones: 4 }, noise))
    }

    /// What devices said of pairs: items 2k and 2k + 1 are wanted together.
    pub(crate) fn release_pairs(&self) -> String {
        let task = self.ask_pairs();
        self.release(&task, 0, 2_000, self.pair_cells());
        task
    }

    pub(crate) fn pair_cells(&self) -> Vec<i64> {
        let measurement = Measurement::CoOccurrence { head: self.head(), shards: 1 };
        let (pairs, _) = Pairs::of(&measurement).unwrap();
        let mut cells = vec![0; 66];
        for (from, to, at) in pairs.all() {
            cells[at.cell as usize] = if from / 2 == to / 2 { 400 } else { 12 };
        }
        cells
    }

    pub(crate) fn release(&self, task: &str, window: u32, reports: u64, cells: Vec<i64>) {
        self.release_at(task, window, reports, cells, NOW);
    }

    pub(crate) fn release_at(&self, task: &str, window: u32, reports: u64, cells: Vec<i64>, at: u64) {
        let release = Release { task: task.to_owned(), part: 0, window, reports, cells, at };
        self.store
            .write(|transaction| Store::add_release(transaction, &release).map(|added| assert!(added)))
            .unwrap();
    }

    /// A task as devices get it.
    pub(crate) fn asked(&self, id: &str) -> Task {
        let stored = self.store.task(id).unwrap().unwrap();
        let signed: SignedTask = serde_json::from_str(&stored.envelope).unwrap();
        Task::from_json(&signed.payload).unwrap()
    }

    /// Makes a candidate of pairs, and devices choose it.
    pub(crate) fn promote(&self, now: u64) -> u64 {
        self.release_pairs();
        let Outcome::Asked { model, gate } = self.step(now) else { panic!("a candidate") };
        self.release(&gate, 0, 4_000, vec![3_300, 150, 500, 50]);
        let Outcome::Promoted { .. } = self.step(now + WEEK_S) else { panic!("better") };
        model
    }

    /// The binary on this data folder, deaf to the variables of whoever runs the tests.
    pub(crate) fn homebody(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homebody"));
        let ours = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("HOMEBODY_"));
        for name in ours {
            command.env_remove(name);
        }
        command.env("HOMEBODY_SITE", SITE).arg("--data").arg(self.dir.path()).args(arguments);
        command
    }

    /// What the binary prints.
    pub(crate) fn printed(&self, arguments: &[&str]) -> String {
        let output = self.homebody(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Actions of the audit log, newest first.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.store.audit(100).unwrap().into_iter().map(|entry| entry.action).collect()
    }
}
