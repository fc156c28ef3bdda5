//! Bins and cells: experiments, audits, drift, decisions.

use homebody_protocol::task::Edges;

use super::Question;
use super::outcome::outcome;
#[cfg(feature = "contribute")]
use super::visit::bin_of;
#[cfg(feature = "contribute")]
use crate::audit::{Audit, MIN_IMPRESSIONS};

impl Question<'_> {
    /// The cell of variant × outcome. All metrics of an experiment are in one cell, so that one report buys them all.
    pub(super) fn experiment(&self, variants: u32, outcomes: u32) -> Vec<u32> {
        let exposure = self.facts.exposure.filter(|exposure| exposure.variant < variants);
        let came_of_it = |since_ms| outcome(self.facts.profile, since_ms, outcomes);
        exposure
            .map(|exposure| exposure.variant * outcomes + came_of_it(exposure.at_ms))
            .into_iter()
            .collect()
    }

    #[cfg(feature = "contribute")]
    /// The cell of entropy × Gini coefficient of what was shown.
    pub(super) fn diversity(&self, bins: u32) -> Vec<u32> {
        let Some(table) = self.facts.table else { return Vec::new() };
        let audit = Audit::of(self.facts.profile, table, self.facts.now_ms);
        let cell = bin_of(audit.entropy, bins) * bins + bin_of(audit.gini, bins);
        (audit.impressions >= MIN_IMPRESSIONS).then_some(cell).into_iter().collect()
    }

    /// The bins of as many features as fit, drawn anew each window.
    pub(super) fn drift(&self, edges: &Edges) -> Vec<u32> {
        if !self.is_somebody() {
            return Vec::new();
        }
        let features = self.facts.profile.summary(self.facts.now_ms).features();
        let told = self.some_features(edges, self.ones());
        told.into_iter().map(|(feature, first)| first + edges.bin(feature, features[feature])).collect()
    }

    /// The cell of what was granted: personalize 1, contribute 2, share 4, measure 8.
    pub(super) fn decisions(&self) -> Vec<u32> {
        self.facts.granted.map(|granted| u32::from(granted & 0b1111)).into_iter().collect()
    }
}
