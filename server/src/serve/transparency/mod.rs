//! What anybody may know of a site: how lists come about (Digital Services Act, Art. 27), what devices are asked and what
//! became of the answers, which models were tried, and what is kept for how long.
//!
//! Nothing in it is written by hand: it is read from the tables that devices rank with, from the signed tasks that devices
//! answer, and from the store. It says nothing of fewer than [`LEAST_SHOWN`] devices, and nothing that is secret: of what
//! two aggregators share only the signed task is read.
//!
//! | part | file |
//! | --- | --- |
//! | how lists come about, list by list | `lists` |
//! | what devices are asked, what was released | `tasks`, in words `words` |
//! | models and publications | `models` |
//! | what is kept, and what a visitor can do | `kept` |
//! | the same as a page | `page` |

mod kept;
mod lists;
mod models;
mod page;
mod tasks;
mod words;

use axum::http::{HeaderName, HeaderValue, header};
use homebody_protocol::consent::ConsentConfig;
use homebody_protocol::manifest::Manifest;
use serde::Serialize;

use self::kept::{Choice, DEVICE_CAPS, DeviceBudget, Kept};
use self::lists::Lists;
use self::models::{ModelEntry, PublicationEntry};
use self::tasks::TaskEntry;
use super::asset::Asset;
use super::compress;
use super::library::{Library, LibraryError, MANIFEST_LIFE, common_headers};
use crate::config::Config;
use crate::consent;
use crate::signing::key_id_of;
use crate::store::{AccountStamp, Store, StoreError};

/// No count of fewer devices is told, and larger ones in steps of as many.
const LEAST_SHOWN: u64 = 20;

/// Format of the account.
const FORMAT: u32 = 1;

/// The whole account. `docs/transparency.schema.json` describes it.
#[derive(Debug, Serialize)]
pub(super) struct Account {
    format: u32,
    site: String,
    software: Software,
    signing_key: SigningKey,
    responsible: Option<Responsible>,
    #[serde(flatten)]
    lists: Lists,
    choices: Vec<Choice>,
    device_budget: DeviceBudget,
    tasks: Vec<TaskEntry>,
    past_tasks: Vec<TaskEntry>,
    models: Vec<ModelEntry>,
    publications: Vec<PublicationEntry>,
    retention: Vec<Kept>,
}

/// What runs here.
#[derive(Debug, Serialize)]
struct Software {
    name: &'static str,
    version: &'static str,
}

/// What tables and tasks are signed with.
#[derive(Debug, Serialize)]
struct SigningKey {
    algorithm: &'static str,
    /// 32 bytes, base64.
    public_key: String,
    /// First 16 hexadecimal digits of the key's SHA-256.
    key_id: String,
}

/// Who is responsible, as the published consent configuration says.
#[derive(Debug, Serialize)]
struct Responsible {
    name: String,
    contact: String,
    policy_url: String,
    authority: String,
}

/// What an account is drawn up from.
pub(super) struct Sources<'a> {
    pub(super) config: &'a Config,
    /// Of the site, base64.
    pub(super) public_key: &'a str,
    /// What is served: the manifest, and the bytes of a blob by its hash.
    pub(super) manifest: Option<&'a Manifest>,
    pub(super) blob: &'a dyn Fn(&str) -> Option<&'a [u8]>,
    /// What visitors are asked in the banner.
    pub(super) notice: Option<&'a ConsentConfig>,
    /// Unix seconds.
    pub(super) now: u64,
}

impl Account {
    /// The account as everything stands.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub(super) fn draw(sources: &Sources<'_>, store: &Store) -> Result<Self, StoreError> {
        let (tasks, past_tasks) = tasks::entries(store, sources.config, sources.now)?;
        let (models, publications) = models::entries(store, &tasks, &past_tasks)?;
        Ok(Self { tasks, past_tasks, models, publications, ..Self::without_store(sources) })
    }

    /// What can be told without the store: of what is served and configured.
    fn without_store(sources: &Sources<'_>) -> Self {
        let Sources { config, public_key, manifest, notice, .. } = *sources;
        Self {
            format: FORMAT,
            site: config.site.clone(),
            software: Software { name: "homebody", version: env!("CARGO_PKG_VERSION") },
            signing_key: SigningKey {
                algorithm: "Ed25519",
                public_key: public_key.to_owned(),
                key_id: key_id_of(public_key),
            },
            responsible: notice.map(Responsible::of),
            lists: Lists::of(manifest, sources.blob),
            choices: kept::choices(),
            device_budget: DeviceBudget::of(DEVICE_CAPS),
            tasks: Vec::new(),
            past_tasks: Vec::new(),
            models: Vec::new(),
            publications: Vec::new(),
            retention: kept::retention(config, notice),
        }
    }

    /// When tasks begin or end next, so that the account changes by itself.
    fn changes_at(&self, now: u64) -> u64 {
        let times = self.tasks.iter().flat_map(|task| [task.starts_at, task.ends_at]);
        times.filter(|time| *time > now).min().unwrap_or(u64::MAX)
    }
}

impl Responsible {
    fn of(notice: &ConsentConfig) -> Self {
        let controller = notice.controller.clone();
        Self {
            name: controller.name,
            contact: controller.contact,
            policy_url: controller.policy_url,
            authority: controller.authority,
        }
    }
}

/// A count of devices as it may be told: rounded down to whole twenties, none below.
fn told(devices: u64) -> Option<u64> {
    Some(devices - devices % LEAST_SHOWN).filter(|told| *told >= LEAST_SHOWN)
}

/// What an account was drawn up of: publication, notice, and the store's stamp.
pub(super) type Stamp = (Option<u64>, u64, Option<AccountStamp>);

/// An account, ready to be answered.
#[derive(Debug)]
pub(crate) struct Ready {
    stamp: Stamp,
    changes_at: u64,
    pub(super) json: Asset,
    pub(super) page: Asset,
}

impl Ready {
    /// Before the store was looked at.
    pub(super) fn of_nothing(config: &Config, public_key: &str) -> Self {
        let sources = Sources { config, public_key, manifest: None, blob: &|_| None, notice: None, now: 0 };
        Self::of(&Account::without_store(&sources), (None, 0, None), 0)
    }

    pub(super) fn of(account: &Account, stamp: Stamp, now: u64) -> Self {
        let json = serde_json::to_string_pretty(account).unwrap_or_default();
        let plain = common_headers("application/json", MANIFEST_LIFE);
        let mut of_page = common_headers("text/html; charset=utf-8", MANIFEST_LIFE).to_vec();
        let page = page::of(account, "");
        let policy = HeaderValue::from_str(&page.policy());
        of_page.extend(policy.ok().map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
        of_page.push((HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")));
        Self {
            stamp,
            changes_at: account.changes_at(now),
            json: Asset::new(compress::small(json.into()), &plain),
            page: Asset::new(compress::small(page.markup.into()), &of_page),
        }
    }

    /// Whether it still says what is so.
    pub(super) fn is_current(&self, stamp: &Stamp, now: u64) -> bool {
        self.stamp == *stamp && now < self.changes_at
    }
}

/// The account of a site that is exported as files, by their names in its folder. Nobody takes contributions there.
pub(super) fn files(
    store: &Store,
    config: &Config,
    public_key: &str,
    now: u64,
) -> Result<[(&'static str, String); 2], LibraryError> {
    let library = Library::load(store, public_key, &Library::default())?;
    let mut config = config.clone();
    (config.collect.enabled, config.collect.helper) = (false, false);
    // What may not be asked any more has nobody responsible to name.
    let notice = consent::check(store).ok().flatten();
    let account = Account::draw(
        &Sources {
            config: &config,
            public_key,
            manifest: library.content.as_ref(),
            blob: &|sha256| library.bytes(sha256),
            notice: notice.as_ref().map(|notice| &notice.config),
            now,
        },
        store,
    )?;
    let json = serde_json::to_string_pretty(&account).unwrap_or_default();
    Ok([(".well-known/homebody.json", json), ("transparency/index.html", page::of(&account, "../").markup)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_devices_are_not_counted_and_many_not_exactly() {
        let cases = [(0, None), (19, None), (20, Some(20)), (39, Some(20)), (1_034, Some(1_020))];
        for (devices, expected) in cases {
            assert_eq!(told(devices), expected, "{devices}");
        }
    }
}
