//! Devices with the behaviour of a set's visitors.

use anyhow::{Context, Result};
use homebody_device::contribute::{Contribution, Facts, Ledger, Measured, Model, contribute, measure};
use homebody_device::{Consent, Device, Profile, Purpose};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::mechanism::Secret;
use homebody_protocol::task::{LocalLimits, Task};

use super::world::{Visitor, World};
use crate::dataset::Event;

/// Between one row and the next.
const STEP_MS: u64 = 60_000;

/// A device, and its ledger.
#[derive(Clone, Debug)]
pub struct Person {
    /// Whose behaviour it has: an index into [`World::visitors`]. Several devices may share one.
    pub visitor: usize,
    /// What it has said.
    pub ledger: Ledger,
}

/// So many devices; where there are more than visitors, several behave alike.
pub fn population(world: &World, devices: usize, seed: u64) -> Vec<Person> {
    let person = |number: usize| Person {
        visitor: number % world.visitors.len(),
        ledger: Ledger::new(secret(seed, number)),
    };
    (0..devices).map(person).collect()
}

/// A secret that follows from the seed, so that a run can be repeated.
pub fn secret(seed: u64, number: usize) -> [u8; 32] {
    let mut rng = SplitMix64(seed.wrapping_mul(0x9e37_79b9).wrapping_add(number as u64));
    let mut secret = [0; 32];
    secret.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&rng.next_u64().to_le_bytes()));
    secret
}

/// A device that meets one visitor after the other, with the keys of a pool.
#[derive(Debug)]
pub struct Browser {
    device: Device,
}

impl Browser {
    /// A browser on a page with this pool.
    ///
    /// # Errors
    /// When the device refuses the pool.
    pub fn open(pool: &[u8]) -> Result<Self> {
        let mut device = Device::new();
        let yes = [Purpose::Personalize, Purpose::Contribute, Purpose::Measure];
        device.set_consent(yes.into_iter().fold(Consent::none(), Consent::granted));
        device.load_pool(pool.to_vec()).context("the device refuses the pool")?;
        Ok(Self { device })
    }

    /// The profile of somebody who did these rows, the last of them a step before `now_ms`.
    pub fn lives(&mut self, world: &World, rows: &[Event], now_ms: u64) -> &Profile {
        self.device.erase();
        for (back, event) in (1..=rows.len() as u64).rev().zip(rows) {
            self.device.record(&world.interaction(event), now_ms.saturating_sub(back * STEP_MS));
        }
        self.device.profile()
    }

    /// Answers a task as a browser does: within limits and budget, debited.
    ///
    /// # Errors
    /// When the device declines.
    pub fn answers(
        &mut self,
        world: &World,
        person: &mut Person,
        rows: fn(&Visitor) -> &[Event],
        task: &Task,
        models: &[Model<'_>],
        now_ms: u64,
    ) -> Result<Contribution> {
        let profile = self.lives(world, rows(&world.visitors[person.visitor]), now_ms);
        let facts = Facts { models, ..Facts::new(profile, now_ms) };
        let yes = Consent::none().granted(Purpose::Contribute).granted(Purpose::Measure);
        contribute(&mut person.ledger, task, &facts, yes, &LocalLimits::default())
            .with_context(|| format!("a device declines the task `{}`", task.name))
    }

    /// What it would say to a task in each of its windows, budget or not.
    pub fn says(
        &mut self,
        world: &World,
        visitor: usize,
        secret: [u8; 32],
        task: &Task,
        windows: u32,
    ) -> Vec<Measured> {
        let now_ms = (u64::from(task.starts_at) + u64::from(task.window_s) - 3_600) * 1_000;
        let profile = self.lives(world, &world.visitors[visitor].contributed, now_ms);
        let (facts, secret, id) = (Facts::new(profile, now_ms), Secret::new(secret), task.id());
        (0..windows).map(|window| measure(task, &id, &facts, &secret, window)).collect()
    }
}
