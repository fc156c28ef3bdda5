//! One visitor: what they did over twenty days.

use homebody_device::{Consent, Device, Interaction, Purpose};
use homebody_protocol::Kind;
use serde::{Deserialize, Serialize};

use crate::catalogue::{CREATED_AT_S, ITEMS, id_of};
use crate::numbers::Numbers;

const INTERACTIONS: usize = 120;
const DAYS: u64 = 20;
const DAY_MS: u64 = 86_400_000;

/// What a visitor does, by how often.
const HABITS: [(Kind, f32); 12] = [
    (Kind::Impression, 1.0),
    (Kind::View, 1.0),
    (Kind::Click, 1.0),
    (Kind::Click, 1.0),
    (Kind::View, 1.0),
    (Kind::Click, 1.0),
    (Kind::Dwell, 9_000.0),
    (Kind::View, 1.0),
    (Kind::CartAdd, 1.0),
    (Kind::Purchase, 1.0),
    (Kind::Rating, 4.0),
    (Kind::Dismiss, 1.0),
];

/// One interaction, as the scenario file has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Deed {
    /// Wire code of the kind.
    pub kind: u8,
    /// The site's id.
    pub id: String,
    /// In the unit of the kind.
    pub value: f32,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

/// When the list is asked for, milliseconds since 1970.
pub fn now_ms() -> u64 {
    u64::from(CREATED_AT_S) * 1_000 + DAYS * DAY_MS
}

/// What the visitor did, oldest first.
pub fn deeds() -> Vec<Deed> {
    let mut numbers = Numbers::new(23);
    let start = u64::from(CREATED_AT_S) * 1_000;
    (0..INTERACTIONS)
        .map(|index| {
            let (kind, value) = HABITS[numbers.below(HABITS.len())];
            let now_ms = start + index as u64 * (DAYS * DAY_MS / INTERACTIONS as u64);
            Deed { kind: kind.code(), id: id_of(numbers.skewed(ITEMS)), value, now_ms }
        })
        .collect()
}

/// A device of a visitor who agreed, before they did anything.
pub fn consenting_device() -> Device {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device
}

/// Books deeds on a device, which has its tables already.
pub fn live(device: &mut Device, deeds: &[Deed]) {
    for deed in deeds {
        if let Some(kind) = Kind::from_code(deed.kind) {
            device.record(&Interaction::new(kind, &deed.id).with_value(deed.value), deed.now_ms);
        }
    }
}
