//! Taking tasks up.

use homebody_protocol::task::{Mode, SignedTask, Task};

use super::sensitive::Sensitive;
use super::settings::{Invitation, SplitSettings};
use super::{CollectError, Part};
use crate::signing::{self, Signer};
use crate::store::{Store, StoredTask, TaskRole};

/// How a task is taken up.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// Public key of a collector elsewhere; else this leader collects for itself.
    pub collector: Option<String>,
    /// Where the helper is reached, when not at the address in the task.
    pub helper_url: Option<String>,
    /// Whether the helper speaks the transitional form of aggregation jobs.
    pub transitional: bool,
    /// Categories, brands and tags whose items no task may ask about.
    pub sensitive_tags: Vec<String>,
}

/// A task that was taken up.
#[derive(Clone, Debug)]
pub struct Added {
    /// As it is stored.
    pub stored: StoredTask,
    /// The word for who may see what.
    pub mode: &'static str,
    /// Whether it was new.
    pub is_new: bool,
}

/// Takes a task of this site up: a task as a site writes it, which is signed here, or one that was signed with the same
/// key before. A `split` task gets fresh secrets.
///
/// # Errors
/// [`CollectError`] when it is not a task, of another site or key, or about what is sensitive, and as the store says.
pub fn add(
    store: &Store,
    signer: &Signer,
    site: &str,
    text: &str,
    options: &AddOptions,
    now: u64,
) -> Result<Added, CollectError> {
    let signed = match serde_json::from_str::<SignedTask>(text) {
        Ok(signed) => signed,
        Err(_) => signer.seal_task(&Task::from_json(text)?),
    };
    let site_key = signer.public_key_base64();
    let task = signing::open_task(&signed, &site_key)?;
    if task.site != site {
        return Err(CollectError::Site { found: task.site, expected: site.to_owned() });
    }
    let denied = Sensitive::load(store, &options.sensitive_tags)?.within(&task.measurement);
    if !denied.is_empty() {
        return Err(CollectError::Sensitive(denied));
    }
    let (role, split) = match task.mode {
        Mode::Split { .. } => (TaskRole::Leader, Some(leader_settings(options)?)),
        _ => (TaskRole::Collector, None),
    };
    keep(store, task, &signed, site_key, role, split.as_ref(), now)
}

/// Takes up what a leader invites to, as its helper.
///
/// # Errors
/// [`CollectError`] when it was not signed by the site that the invitation names, or its secrets cannot be.
pub fn join(store: &Store, invitation: &Invitation, now: u64) -> Result<Added, CollectError> {
    let task = signing::open_task(&invitation.task, &invitation.site_key)?;
    let Invitation { task: signed, site_key, verify_key, token, collector } = invitation.clone();
    if token.len() < 16 {
        return Err(CollectError::Invitation("`token` has fewer than 16 characters".to_owned()));
    }
    let settings = SplitSettings {
        verify_key,
        token,
        collector,
        collector_seed: None,
        collector_token: None,
        helper_url: None,
        transitional: false,
    };
    keep(store, task, &signed, site_key, TaskRole::Helper, Some(&settings), now)
}

/// What a leader hands to its helper.
///
/// # Errors
/// [`CollectError`] when this is not the leader of such a task.
pub fn invite(store: &Store, id: &str) -> Result<Invitation, CollectError> {
    let stored = store.task(id)?.ok_or_else(|| CollectError::UnknownTask(id.to_owned()))?;
    let split = stored.split.filter(|_| stored.role == TaskRole::Leader);
    let split = split.ok_or(CollectError::NotSplit("leader"))?;
    let damaged = |error: serde_json::Error| CollectError::Invitation(format!("not readable: {error}"));
    let settings: SplitSettings = serde_json::from_str(&split).map_err(damaged)?;
    Ok(Invitation {
        task: serde_json::from_str(&stored.envelope).map_err(damaged)?,
        site_key: stored.site_key,
        verify_key: settings.verify_key,
        token: settings.token,
        collector: settings.collector,
    })
}

fn leader_settings(options: &AddOptions) -> Result<SplitSettings, CollectError> {
    let mut settings = SplitSettings::draw()?;
    settings.helper_url.clone_from(&options.helper_url);
    settings.transitional = options.transitional;
    if let Some(collector) = &options.collector {
        settings.collector.clone_from(collector);
        settings.collector_seed = None;
        settings.collector_config()?;
    }
    Ok(settings)
}

fn keep(
    store: &Store,
    task: Task,
    signed: &SignedTask,
    site_key: String,
    role: TaskRole,
    split: Option<&SplitSettings>,
    now: u64,
) -> Result<Added, CollectError> {
    let text = |value: &SplitSettings| serde_json::to_string(value).unwrap_or_default();
    let stored = StoredTask {
        id: task.id().to_hex(),
        name: task.name.clone(),
        role,
        envelope: serde_json::to_string(signed).unwrap_or_default(),
        site_key,
        split: split.map(text),
        added_at: now,
        closed_at: None,
    };
    // What cannot be read again is not taken up.
    Part::of(&stored)?;
    let is_new = store.add_task(&stored)?;
    Ok(Added { mode: task.mode.name(), stored, is_new })
}
