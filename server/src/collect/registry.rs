//! The tasks of this server, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CollectError, Part};
use crate::store::{Store, StoreError};

/// One consistent view: replaced as a whole, never changed.
#[derive(Debug, Default)]
pub struct Registry {
    /// What [`Store::tasks_stamp`] said before it was read.
    pub stamp: (u64, u64),
    parts: BTreeMap<[u8; 32], Arc<Part>>,
    /// Envelopes of the tasks that devices are asked, with their last seconds.
    offered: Vec<(u64, String)>,
}

impl Registry {
    /// Reads all tasks. One that is not signed by its site, or cannot be read, is left out and told.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn load(store: &Store) -> Result<Self, StoreError> {
        let mut registry = Self { stamp: store.tasks_stamp()?, ..Self::default() };
        for stored in store.tasks()? {
            match Part::of(&stored) {
                Ok(parts) => {
                    let task = parts.first().and_then(|first| first.task.as_ref());
                    if let (None, Some(task)) = (stored.closed_at, task) {
                        registry.offered.push((task.ends_at.into(), stored.envelope.clone()));
                    }
                    registry.parts.extend(parts.into_iter().map(|part| (part.id, Arc::new(part))));
                }
                Err(error) => tell(&stored.id, &error),
            }
        }
        Ok(registry)
    }

    /// A part by its id.
    #[must_use]
    pub fn part(&self, id: &[u8; 32]) -> Option<&Arc<Part>> {
        self.parts.get(id)
    }

    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<Part>> {
        self.parts.values()
    }

    /// What devices are asked, as JSON: the signed tasks that are not over.
    #[must_use]
    pub fn offer(&self, now: u64) -> String {
        let current = self.offered.iter().filter(|(ends_at, _)| now < *ends_at);
        let envelopes: Vec<&str> = current.map(|(_, envelope)| envelope.as_str()).collect();
        format!("{{\"tasks\":[{}]}}", envelopes.join(","))
    }
}

fn tell(id: &str, error: &CollectError) {
    tracing::error!(code = error.code(), task = id, "task left out: {error}");
}
