//! What the visitor allowed, and the permit without which no profile can be touched.

use core::marker::PhantomData;

/// Something a visitor may allow or refuse on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Purpose {
    /// Keep a profile on this device and rank with it.
    Personalize = 1,
    /// Contribute protected statistics to sums.
    Contribute = 2,
    /// Hand a segment label or an experiment variant to the site's other tools.
    Share = 4,
    /// Measure how well lists work.
    Measure = 8,
}

/// The purposes granted, and the epoch they were granted in.
///
/// The epoch grows by one whenever a profile is erased. A permit of an older epoch opens nothing: what was
/// erased cannot be written back by a call that was under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    bits: u8,
    epoch: u32,
}

/// Marks permits for [`Purpose::Personalize`].
#[derive(Clone, Copy, Debug)]
pub struct Personalize;

/// Proof that a purpose is granted now. Only [`Consent`] makes one, so code that reaches a profile without
/// having asked does not compile:
///
/// ```compile_fail
/// use homebody_device::{Permit, Personalize};
/// let forged: Permit<Personalize> = Permit { epoch: 0, purpose: core::marker::PhantomData };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Permit<P> {
    epoch: u32,
    purpose: PhantomData<P>,
}

impl Consent {
    /// Nothing granted: the state of every new device.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the bits the shells pass on: the sum of the granted [`Purpose`] codes. Unknown bits are dropped.
    pub fn from_bits(bits: u8, epoch: u32) -> Self {
        Self { bits: bits & 0b1111, epoch }
    }

    /// The same, with one purpose more.
    #[must_use]
    pub fn granted(self, purpose: Purpose) -> Self {
        Self { bits: self.bits | purpose as u8, ..self }
    }

    /// Whether a purpose is granted.
    pub fn allows(self, purpose: Purpose) -> bool {
        self.bits & purpose as u8 != 0
    }

    /// The sum of the codes of what is granted.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// The epoch of the grants.
    pub fn epoch(self) -> u32 {
        self.epoch
    }

    /// The permit to keep and use a profile, if that is granted.
    pub fn personalize(self) -> Option<Permit<Personalize>> {
        self.allows(Purpose::Personalize).then_some(Permit { epoch: self.epoch, purpose: PhantomData })
    }
}

impl<P> Permit<P> {
    /// The epoch the permit is good for.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_grant_gives_a_permit() {
        assert!(Consent::none().personalize().is_none());
        assert!(Consent::none().granted(Purpose::Contribute).personalize().is_none());
        let permit = Consent::from_bits(1, 7).personalize().unwrap();
        assert_eq!(permit.epoch(), 7);
    }

    #[test]
    fn unknown_bits_grant_nothing() {
        let consent = Consent::from_bits(0b1111_0000, 0);
        for purpose in [Purpose::Personalize, Purpose::Contribute, Purpose::Share, Purpose::Measure] {
            assert!(!consent.allows(purpose));
        }
    }
}
