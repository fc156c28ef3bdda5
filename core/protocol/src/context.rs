//! Under what circumstances a list is asked for. What is unknown stays unknown: no guess, no default country.

use crate::ids::derive_key;

/// The kind of device, judged by the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum DeviceClass {
    /// Not known.
    #[default]
    #[cfg_attr(feature = "json", serde(skip))]
    Unknown = 0,
    /// A large screen with a pointer.
    Desktop = 1,
    /// A phone.
    Phone = 2,
    /// A tablet.
    Tablet = 3,
}

/// Where the visit came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Referrer {
    /// Not known.
    #[default]
    #[cfg_attr(feature = "json", serde(skip))]
    Unknown = 0,
    /// Typed or bookmarked.
    Direct = 1,
    /// A search engine.
    Search = 2,
    /// A social network.
    Social = 3,
    /// A mail.
    Mail = 4,
    /// An advertisement.
    Ad = 5,
    /// Another page of the same site.
    Internal = 6,
    /// Another site.
    Other = 7,
}

/// The circumstances of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageContext {
    /// The kind of device.
    pub device: DeviceClass,
    /// Width of the viewport in CSS pixels; 0 unknown.
    pub viewport_px: u16,
    /// Hour of the visitor's local time, 0–23.
    pub hour: Option<u8>,
    /// Day of the visitor's local week, 0 = Monday to 6.
    pub weekday: Option<u8>,
    /// Key of the coarse region (see [`PageContext::region_key`]); 0 unknown.
    pub region: u32,
    /// Where the visit came from.
    pub referrer: Referrer,
}

impl DeviceClass {
    /// The class with this code; unknown codes are [`DeviceClass::Unknown`].
    pub fn from_code(code: u8) -> Self {
        [Self::Unknown, Self::Desktop, Self::Phone, Self::Tablet]
            .get(usize::from(code))
            .copied()
            .unwrap_or_default()
    }
}

impl Referrer {
    /// The class with this code; unknown codes are [`Referrer::Unknown`].
    pub fn from_code(code: u8) -> Self {
        const ALL: [Referrer; 8] = [
            Referrer::Unknown,
            Referrer::Direct,
            Referrer::Search,
            Referrer::Social,
            Referrer::Mail,
            Referrer::Ad,
            Referrer::Internal,
            Referrer::Other,
        ];
        ALL.get(usize::from(code)).copied().unwrap_or_default()
    }
}

impl PageContext {
    /// The key of a region as the page names it, for example `DE` or `America`; 0 for an empty name.
    pub fn region_key(name: &str) -> u32 {
        if name.is_empty() { 0 } else { derive_key(0, name) }
    }
}
