//! The mode of a purpose in a region: what the file says, and never less than the law.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::{ConsentConfig, Minors};
use super::purpose::{Purpose, PurposeKind};
use super::region::{Law, Region, covers};

/// How a purpose may begin. The order is that of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentMode"))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// On after notice; the visitor may object in one click.
    Notice,
    /// Off until the visitor says yes.
    Ask,
    /// Not at all.
    Off,
}

/// What Global Privacy Control does to a purpose. The order is that of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentGpcEffect"))]
#[serde(rename_all = "lowercase")]
pub enum GpcEffect {
    /// It has to be asked, where notice would have been enough.
    Ask,
    /// It is off.
    Deny,
}

impl ConsentConfig {
    /// The mode of a purpose in a region.
    ///
    /// `region` is an ISO 3166 code such as `DE` or `US-CA`, in any case; whatever else stands for "unknown", which is
    /// treated as the strictest. The first entry of `regions` that matches counts, without one the built-in preset. The
    /// result is never looser than the region's law and [`Mode::Off`] for a purpose the file does not have.
    pub fn mode(&self, region: &str, purpose: &str) -> Mode {
        let Some(spec) = self.purposes.get(purpose) else { return Mode::Off };
        if self.minors == Minors::Directed {
            return Mode::Off;
        }
        let region = region.trim().to_ascii_uppercase().replace('_', "-");
        let law = Law::of(&region);
        let said = match self.entry(&region) {
            Some((_, entry)) => of(&entry.modes, purpose).unwrap_or(Mode::Ask),
            None => preset(law, purpose, spec),
        };
        said.max(floor(law, purpose, spec))
    }

    /// The same for a visitor whose browser sends Global Privacy Control and who has not chosen otherwise since.
    pub fn mode_under_gpc(&self, region: &str, purpose: &str) -> Mode {
        let code = region.trim().to_ascii_uppercase().replace('_', "-");
        let said = self.entry(&code).and_then(|(_, entry)| of(&entry.gpc, purpose));
        let effect = said.unwrap_or(GpcEffect::Ask).max(gpc_floor(purpose));
        match effect {
            GpcEffect::Deny => Mode::Off,
            GpcEffect::Ask => self.mode(region, purpose).max(Mode::Ask),
        }
    }

    /// The entry that counts in a region, with its number.
    pub(super) fn entry(&self, region: &str) -> Option<(usize, &Region)> {
        let is_covered = |entry: &Region| entry.matches.iter().any(|code| covers(code, region));
        self.regions.iter().enumerate().find(|(_, entry)| is_covered(entry))
    }
}

fn of<T: Copy>(words: &BTreeMap<String, T>, purpose: &str) -> Option<T> {
    words.get(purpose).or_else(|| words.get("*")).copied()
}

/// What holds where the file says nothing.
fn preset(law: Law, purpose: &str, spec: &Purpose) -> Mode {
    let is_statistics = matches!(purpose, "contribute" | "measure") && spec.kind == PurposeKind::Homebody;
    match law {
        Law::States => Mode::Notice,
        Law::Britain if is_statistics => Mode::Notice,
        _ => Mode::Ask,
    }
}

/// The loosest mode that the law of a region leaves.
pub(super) fn floor(law: Law, purpose: &str, spec: &Purpose) -> Mode {
    let asks_in_britain = matches!(purpose, "personalize" | "share");
    match law {
        _ if spec.is_special() => Mode::Ask,
        Law::OptIn | Law::Unknown => Mode::Ask,
        Law::Britain if asks_in_britain => Mode::Ask,
        Law::Britain | Law::States | Law::Elsewhere => Mode::Notice,
    }
}

/// What leaves the device is off under the signal, everywhere; the server drops it besides.
fn gpc_floor(purpose: &str) -> GpcEffect {
    match purpose {
        "contribute" | "share" => GpcEffect::Deny,
        _ => GpcEffect::Ask,
    }
}
