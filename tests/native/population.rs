//! A population of devices and a server that knows nothing: what they contribute over HTTP becomes lists that put what
//! they choose next to the front, although every sum is noised and no device can be told from another.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::{SystemTime, UNIX_EPOCH};

use homebody_device::contribute::{Contribution, Facts, Ledger, Model, contribute};
use homebody_device::{Consent, Device, Interaction, Profile, Purpose};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::accounting::gaussian_micro_rho;
use homebody_protocol::manifest::Manifest;
use homebody_protocol::table::Table;
use homebody_protocol::task::{
    Bound, FORMAT, Head, HeadKind, LocalLimits, Measurement, Mode, Noise, SignedTask, TIME_PRECISION_S, Task,
    TaskPurpose,
};
use homebody_protocol::{Kind, derive_key};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::collect::{self, AddOptions};
use homebody_server::config::Config;
use homebody_server::intake::Source;
use homebody_server::publish::{CANDIDATE_BLOB, Placement, PublishOptions, publish};
use homebody_server::serve;
use homebody_server::signing::Signer;
use homebody_server::store::{Publication, Store};
use homebody_server::train::{Outcome, TrainOptions, round};

const SITE: &str = "shop.example";
const DAY_S: u64 = 86_400;
/// Groups of things that are wanted together.
const GROUPS: u64 = 5;
const GROUP_SIZE: u64 = 6;
const DEVICES: u64 = 700;
/// Of noise on each released cell: a pair of a group is wanted by some 28 devices.
const MILLI_SIGMA: u32 = 8_000;

/// A data folder, and the server on it.
struct Site {
    folder: tempfile::TempDir,
    store: Store,
    signer: Signer,
    address: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
}

/// What a visitor wants: three things of one group, and the fourth that comes next.
struct Visitor {
    history: [u64; 3],
    next: u64,
    secret: [u8; 32],
}

#[test]
fn what_devices_contribute_becomes_lists_that_they_judge_better() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let site = Site::open(now);
    let task = pairs_task(&site, now);
    let added = collect::add(&site.store, &site.signer, SITE, &task.canonical(), &AddOptions::default(), now)
        .unwrap();
    wait_for(&site, &added.stored.id);

    let pool = site.blob("home");
    let mut connection = Connection::open(site.address);
    let yesterday_ms = (u64::from(task.starts_at) + DAY_S / 2) * 1_000;
    let visitors: Vec<Visitor> = (0..DEVICES).map(Visitor::draw).collect();
    for visitor in &visitors {
        let said = answer(&task, &visitor.profile(&pool, yesterday_ms), &[], visitor.secret, yesterday_ms);
        let report = said.report(&task);
        assert!(report.len() < 100, "a report says four cells");
        assert_eq!(connection.post(&format!("/v1/reports/{}", added.stored.id), &report), 204);
        // Sent again, because the answer was lost: counted once.
        assert_eq!(connection.post(&format!("/v1/reports/{}", added.stored.id), &report), 204);
    }

    let options = TrainOptions::new(options(now), 100);
    let Outcome::Asked { gate, .. } = round(&site.store, &site.signer, &options, now, &mut |_| {}).unwrap()
    else {
        panic!("the sums make a candidate");
    };
    let releases = site.store.releases(0).unwrap();
    assert_eq!((releases.len(), releases[0].1.reports), (1, DEVICES), "each device once");

    let cells = judged(&site, &gate, &visitors, &pool, now);
    let [neither, old, new, both] = cells;
    assert_eq!(neither + old + new + both, u32::try_from(DEVICES).unwrap());
    assert!(
        new > 3 * old.max(10),
        "neither {neither}, champion alone {old}, candidate alone {new}, both {both}"
    );
    site.stop.send(()).unwrap();
}

/// Every device replays what it chose next against both tables, and says one of four cells.
fn judged(site: &Site, gate: &str, visitors: &[Visitor], pool: &[u8], now: u64) -> [u32; 4] {
    let stored = site.store.task(gate).unwrap().unwrap();
    let signed: SignedTask = serde_json::from_str(&stored.envelope).unwrap();
    let task = Task::from_json(&signed.payload).unwrap();
    let Measurement::Gate { champion, candidate, .. } = &task.measurement else { panic!("a gate") };
    let tables = [site.blob("catalog"), site.blob(CANDIDATE_BLOB)].map(|bytes| Table::read(bytes).unwrap());
    let models = [Model { hash: champion, table: &tables[0] }, Model { hash: candidate, table: &tables[1] }];
    let now_ms = now * 1_000;
    let mut cells = [0; 4];
    for visitor in visitors {
        let mut device = visitor.device(pool, now_ms - 600_000);
        assert!(device.record(&Interaction::new(Kind::Click, &id(visitor.next)), now_ms - 1_000));
        let said = answer(&task, device.profile(), &models, visitor.secret, now_ms);
        let cell = said.vector.iter().position(|&value| value == 1).unwrap();
        cells[cell] += 1;
    }
    cells
}

fn answer(
    task: &Task,
    profile: &Profile,
    models: &[Model<'_>],
    secret: [u8; 32],
    now_ms: u64,
) -> Contribution {
    let yes = Consent::none().granted(Purpose::Contribute).granted(Purpose::Measure);
    let facts = Facts { models, ..Facts::new(profile, now_ms) };
    contribute(&mut Ledger::new(secret), task, &facts, yes, &LocalLimits::default()).unwrap()
}

fn id(item: u64) -> String {
    format!("item-{item}")
}

fn pairs_task(site: &Site, now: u64) -> Task {
    let id_seed = site.manifest().id_seed;
    let keys = (0..GROUPS * GROUP_SIZE).map(|item| derive_key(id_seed, &id(item))).collect();
    let hour = u32::try_from(now - now % u64::from(TIME_PRECISION_S)).unwrap();
    let starts_at = hour - u32::try_from(2 * DAY_S).unwrap();
    let items = u32::try_from(GROUPS * GROUP_SIZE).unwrap();
    Task {
        format: FORMAT,
        site: SITE.to_owned(),
        name: "pairs".to_owned(),
        description: "Which things are wanted together.".to_owned(),
        purpose: TaskPurpose::Contribute,
        measurement: Measurement::CoOccurrence {
            head: Head { of: HeadKind::Items, id_seed, keys },
            shards: 1,
        },
        length: items * (items - 1) / 2,
        bound: Bound::MultiHot { ones: 4 },
        mode: Mode::Trusted { noise: Noise::Gaussian { milli_sigma: MILLI_SIGMA } },
        micro_rho: gaussian_micro_rho(4, MILLI_SIGMA),
        window_s: u32::try_from(DAY_S).unwrap(),
        time_precision_s: TIME_PRECISION_S,
        min_batch_size: 500,
        starts_at,
        ends_at: starts_at + u32::try_from(30 * DAY_S).unwrap(),
    }
}

fn options(now: u64) -> PublishOptions {
    PublishOptions {
        site: SITE.to_owned(),
        placements: vec![Placement::default()],
        table_items: 1_000,
        table_bytes: 1 << 20,
        sensitive_tags: Vec::new(),
        keep: 10,
        now,
    }
}

/// Devices see a task as soon as the server does, a second after it was taken up.
fn wait_for(site: &Site, task: &str) {
    for _ in 0..200 {
        let unknown = Connection::open(site.address).post(&format!("/v1/reports/{task}"), b"HBRP");
        let offered = Connection::open(site.address).get("/v1/tasks").contains("\"pairs\\\"");
        assert_eq!(unknown, 400);
        if offered {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the task is not offered");
}

impl Site {
    fn open(now: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let store = Store::open(&data).unwrap();
        let items: String = (0..GROUPS * GROUP_SIZE)
            .map(|item| format!("{{\"id\":\"{}\",\"title\":\"Thing {item}\"}}\n", id(item)))
            .collect();
        let source = Source::from_reader("items", Cursor::new(items)).unwrap();
        let import = CatalogImport { format: Some(Format::Jsonl), now, ..CatalogImport::default() };
        catalog::import(&store, source, &import, &mut |_| {}).unwrap();
        let signer = Signer::load_or_create(&data, None).unwrap();
        publish(&store, &signer, &options(now)).unwrap();

        let mut config = Config::default();
        (config.site, config.data_dir) = (SITE.to_owned(), data);
        config.listen.set_port(0);
        config.admin.listen.set_port(0);
        // The test takes the steps itself.
        config.train.enabled = false;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (say, hear) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            let listening = move |addresses: serve::Addresses| say.send(addresses.data).unwrap();
            runtime
                .block_on(serve::run_until(config, None, listening, async {
                    stopped.await.unwrap_or_default()
                }))
                .unwrap();
        });
        Self { folder, store, signer, address: hear.recv().unwrap(), stop }
    }

    fn current(&self) -> Publication {
        assert!(self.folder.path().exists());
        self.store.current().unwrap().unwrap()
    }

    fn manifest(&self) -> Manifest {
        let payload = self.store.payload(self.current().version).unwrap().unwrap();
        Manifest::parse(&payload).unwrap()
    }

    fn blob(&self, name: &str) -> Vec<u8> {
        let file = self.current().blobs.into_iter().find(|file| file.name == name).unwrap();
        self.store.blob(&file).unwrap()
    }
}

impl Visitor {
    fn draw(number: u64) -> Self {
        let mut rng = SplitMix64(number);
        let group = rng.below(GROUPS as usize) as u64;
        let mut things: Vec<u64> = (0..GROUP_SIZE).map(|thing| group * GROUP_SIZE + thing).collect();
        let mut take = || things.remove(rng.below(things.len()));
        let (history, next) = ([take(), take(), take()], take());
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&number.to_le_bytes());
        Self { history, next, secret }
    }

    fn device(&self, pool: &[u8], now_ms: u64) -> Device {
        let mut device = Device::new();
        device.load_pool(pool.to_vec()).unwrap();
        let yes = [Purpose::Personalize, Purpose::Contribute, Purpose::Measure];
        device.set_consent(yes.into_iter().fold(Consent::none(), Consent::granted));
        for (item, step) in self.history.into_iter().zip(0..) {
            assert!(device.record(&Interaction::new(Kind::Click, &id(item)), now_ms + 60_000 * step));
        }
        device
    }

    fn profile(&self, pool: &[u8], now_ms: u64) -> Profile {
        let mut device = self.device(pool, now_ms - 600_000);
        Profile::decode(&device.snapshot().unwrap()).unwrap()
    }
}

/// HTTP/1.1 by hand: one connection for all reports of the test.
struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        Self { reader: BufReader::new(TcpStream::connect(address).unwrap()) }
    }

    fn post(&mut self, path: &str, body: &[u8]) -> u16 {
        let head = format!("POST {path} HTTP/1.1\r\nhost: {SITE}\r\ncontent-length: {}\r\n\r\n", body.len());
        self.send(&[head.as_bytes(), body].concat()).0
    }

    fn get(&mut self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: {SITE}\r\n\r\n").as_bytes()).1
    }

    fn send(&mut self, request: &[u8]) -> (u16, String) {
        self.reader.get_mut().write_all(request).unwrap();
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            match line.trim().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}
