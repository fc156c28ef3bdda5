//! What sums taught besides lists, laid over model and configuration: segments and intent over those of the history, the
//! numbers that devices voted for over those that the configuration leaves at their default.

use homebody_protocol::Policy;
use homebody_protocol::models::{Intent, Segments};
use homebody_protocol::task::Setting;
use homebody_protocol::wire::{Section as Wire, decode};

use super::{Placement, PublishError};
use crate::history::Learned;
use crate::store::{SectionKind, SectionState, Store, StoreError};

/// The published sections.
#[derive(Clone, Debug, Default)]
pub(super) struct Sections {
    segments: Option<Segments>,
    intent: Option<Intent>,
    setting: Option<Setting>,
}

impl Sections {
    /// Reads them.
    pub(super) fn load(store: &Store) -> Result<Self, PublishError> {
        let setting = body(store, SectionKind::Settings)?.map(|body| {
            serde_json::from_slice(&body)
                .map_err(|error| StoreError::Damaged { what: "section", reason: error.to_string() })
        });
        Ok(Self {
            segments: table_section(store, SectionKind::Segments)?,
            intent: table_section(store, SectionKind::Intent)?,
            setting: setting.transpose()?,
        })
    }

    /// Lays segments and intent over what a history taught.
    pub(super) fn over(&self, learned: &mut Learned) {
        if let Some(segments) = &self.segments {
            learned.segments.clone_from(segments);
        }
        if let Some(intent) = &self.intent {
            learned.intent.clone_from(intent);
        }
    }

    /// The placement with the numbers that devices voted for where the configuration says nothing of its own.
    pub(super) fn voted(&self, placement: &Placement) -> Placement {
        let Some(setting) = self.setting else { return placement.clone() };
        Placement { policy: voted(placement.policy, setting), ..placement.clone() }
    }
}

fn voted(policy: Policy, setting: Setting) -> Policy {
    let usual = Policy::default();
    let Setting { alpha, diversity, calibration } = setting;
    let pick = |own: f32, usual: f32, voted: f32| if own == usual { voted } else { own };
    Policy {
        alpha: pick(policy.alpha, usual.alpha, alpha),
        diversity: pick(policy.diversity, usual.diversity, diversity),
        calibration: pick(policy.calibration, usual.calibration, calibration),
        ..policy
    }
}

fn body(store: &Store, kind: SectionKind) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(store.section(kind, SectionState::Published)?.map(|section| section.body))
}

fn table_section<S: Wire>(store: &Store, kind: SectionKind) -> Result<Option<S>, PublishError> {
    let Some(body) = body(store, kind)? else { return Ok(None) };
    if body.is_empty() {
        return Ok(Some(S::default()));
    }
    let damaged = || StoreError::Damaged { what: "section", reason: format!("{} is not one", kind.word()) };
    Ok(Some(decode(&body).ok_or_else(damaged)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_is_for_what_the_configuration_leaves_open() {
        let setting = Setting { alpha: 0.25, diversity: 0.5, calibration: 0.75 };
        let own = Policy { diversity: 1.0, max_per_brand: 3, ..Policy::default() };
        let policy = voted(own, setting);
        assert_eq!((policy.alpha, policy.diversity, policy.calibration), (0.25, 1.0, 0.75));
        assert_eq!(policy.max_per_brand, 3);
    }
}
