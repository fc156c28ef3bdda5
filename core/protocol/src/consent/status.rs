//! Where one purpose stands, and what moves it: the state machine of consent. `js/src/consent/machine.ts` is its twin;
//! `testdata/consent/machine.json` holds every cell of both.

use serde::{Deserialize, Serialize};

use super::mode::{GpcEffect, Mode};

/// Where one purpose stands, in the words of the Data Privacy Vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentStatus"))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody was asked.
    #[default]
    Unknown,
    /// The notice is on the page, or has to be again.
    Requested,
    /// Later, said the visitor: for this page.
    Deferred,
    /// On after notice.
    Noticed,
    /// Yes.
    Given,
    /// Yes, once more.
    Renewed,
    /// No.
    Refused,
    /// Yes, and then no.
    Withdrawn,
    /// Yes, too long ago.
    Expired,
    /// Not to be had here: the visitor is a minor.
    Invalidated,
}

/// What happens to a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The notice is on the page.
    Shown,
    /// The visitor says yes.
    Accept,
    /// The visitor says no, or objects.
    Refuse,
    /// The visitor decides later.
    Later,
    /// A yes has outlived its days.
    Expire,
    /// A no has outlived its days.
    Reask,
    /// What is asked is no longer what was answered.
    Change,
    /// Global Privacy Control is on, and no yes was said in its presence.
    Signal,
    /// The visitor is a minor.
    Invalidate,
}

/// What a status means for what is kept on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeping {
    /// It may be read and written.
    Use,
    /// It stays, and nobody touches it.
    Freeze,
    /// It has to go.
    Erase,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Requested,
        Self::Deferred,
        Self::Noticed,
        Self::Given,
        Self::Renewed,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Invalidated,
    ];

    /// Where a purpose stands after a step, under its mode and, when the browser sends Global Privacy Control, the
    /// signal's effect on it. A step that means nothing here changes nothing.
    #[must_use]
    pub fn after(self, step: Step, mode: Mode, signal: Option<GpcEffect>) -> Self {
        match step {
            Step::Shown => self.shown(mode, signal),
            Step::Accept => self.accepted(mode),
            Step::Refuse => self.refused(),
            Step::Later if self.is_open() => Self::Deferred,
            Step::Expire if self.is_yes() => Self::Expired,
            Step::Expire if self == Self::Noticed => Self::Unknown,
            Step::Reask if self.is_no() => Self::Unknown,
            Step::Change => self.changed(),
            Step::Signal => self.signalled(signal),
            Step::Invalidate => Self::Invalidated,
            Step::Later | Step::Expire | Step::Reask => self,
        }
    }

    /// Whether data may be used.
    pub fn is_effective(self) -> bool {
        self.is_yes() || self == Self::Noticed
    }

    /// What it means for what is kept.
    pub fn keeping(self) -> Keeping {
        match self {
            _ if self.is_effective() => Keeping::Use,
            Self::Refused | Self::Withdrawn | Self::Invalidated => Keeping::Erase,
            _ => Keeping::Freeze,
        }
    }

    fn is_yes(self) -> bool {
        matches!(self, Self::Given | Self::Renewed)
    }

    fn is_no(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn)
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Requested | Self::Deferred)
    }

    /// A notice is enough only where nobody has answered yet, and only without the signal.
    fn shown(self, mode: Mode, signal: Option<GpcEffect>) -> Self {
        match self {
            _ if mode == Mode::Off || signal == Some(GpcEffect::Deny) => self,
            _ if self.is_open() && mode == Mode::Notice && signal.is_none() => Self::Noticed,
            Self::Unknown | Self::Deferred | Self::Withdrawn | Self::Expired => Self::Requested,
            _ => self,
        }
    }

    fn accepted(self, mode: Mode) -> Self {
        match self {
            _ if mode == Mode::Off => self,
            Self::Given | Self::Renewed | Self::Expired => Self::Renewed,
            _ => Self::Given,
        }
    }

    fn refused(self) -> Self {
        match self {
            Self::Given | Self::Renewed | Self::Expired | Self::Withdrawn => Self::Withdrawn,
            _ => Self::Refused,
        }
    }

    fn changed(self) -> Self {
        match self {
            Self::Given | Self::Renewed | Self::Expired => Self::Requested,
            Self::Requested | Self::Invalidated => self,
            _ => Self::Unknown,
        }
    }

    /// What leaves the device ends; what stays on it needs a yes instead of a notice.
    fn signalled(self, signal: Option<GpcEffect>) -> Self {
        match (signal, self) {
            (Some(GpcEffect::Deny), Self::Withdrawn | Self::Invalidated) => self,
            (Some(GpcEffect::Deny), _) => Self::Refused,
            (Some(GpcEffect::Ask), Self::Noticed) => Self::Requested,
            _ => self,
        }
    }
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Shown,
        Self::Accept,
        Self::Refuse,
        Self::Later,
        Self::Expire,
        Self::Reask,
        Self::Change,
        Self::Signal,
        Self::Invalidate,
    ];
}
