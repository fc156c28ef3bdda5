//! Colours and shapes of the banner and the panel.

use serde::{Deserialize, Serialize};

use super::colour::Colour;

/// Colours and shapes. Accept and reject share one style: there is no way to give them two.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentTheme"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Theme {
    /// Colours on a light page.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub light: Palette,
    /// Colours on a dark page.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub dark: Palette,
    /// Which of the two are used.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub scheme: Scheme,
    /// Radius of corners in CSS pixels, 0 to 40.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub radius: u8,
    /// Font family, as in CSS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub font: Option<String>,
    /// Shape of the buttons, of yes and no alike.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub button: ButtonStyle,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            light: Palette::default(),
            dark: Palette::default(),
            scheme: Scheme::default(),
            radius: 10,
            font: None,
            button: ButtonStyle::default(),
        }
    }
}

/// Whether the banner follows the visitor's wish for dark pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentScheme"))]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// As the visitor's system says.
    #[default]
    Auto,
    /// Always the light colours.
    Light,
    /// Always the dark colours.
    Dark,
}

/// Colours; what is left out is built in. The button is by default the text on the surface, bordered by the accent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentPalette"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Palette {
    /// Links, borders of the buttons, focus.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub accent: Option<Colour>,
    /// Headings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub text: Option<Colour>,
    /// Body and the lesser buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub muted: Option<Colour>,
    /// Background.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub surface: Option<Colour>,
    /// The banner's edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub line: Option<Colour>,
    /// Background of accept and reject.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub button: Option<Colour>,
    /// Their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub button_text: Option<Colour>,
    /// Their border.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub button_border: Option<Colour>,
}

/// Shape of the buttons.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentButtonStyle"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ButtonStyle {
    /// Height of the letters in CSS pixels, 14 to 32.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub font_size: u8,
    /// Weight of the letters, 400 to 900.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub font_weight: u16,
}

impl Default for ButtonStyle {
    fn default() -> Self {
        Self { font_size: 16, font_weight: 600 }
    }
}

/// Colours with nothing left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colours {
    pub(super) accent: Colour,
    pub(super) text: Colour,
    pub(super) muted: Colour,
    pub(super) surface: Colour,
    pub(super) button: Colour,
    pub(super) button_text: Colour,
    pub(super) button_border: Colour,
}

/// Built-in accent, text, muted, surface; the same as in the banner's style sheet.
const LIGHT: [Colour; 4] =
    [Colour([0x1d, 0x4e, 0xd8]), Colour([0x16, 0x18, 0x1d]), Colour([0x4b, 0x51, 0x60]), Colour([255; 3])];
const DARK: [Colour; 4] = [
    Colour([0x9d, 0xb8, 0xff]),
    Colour([0xee, 0xf0, 0xf4]),
    Colour([0xb6, 0xbc, 0xc9]),
    Colour([0x1b, 0x1e, 0x25]),
];

impl Theme {
    /// The palettes in use, each with its place in the file.
    pub(super) fn colours(&self) -> Vec<(&'static str, Colours)> {
        let light = ("theme.light", self.light.over(LIGHT));
        let dark = ("theme.dark", self.dark.over(DARK));
        match self.scheme {
            Scheme::Auto => vec![light, dark],
            Scheme::Light => vec![light],
            Scheme::Dark => vec![dark],
        }
    }
}

impl Palette {
    fn over(&self, [accent, text, muted, surface]: [Colour; 4]) -> Colours {
        let (accent, text) = (self.accent.unwrap_or(accent), self.text.unwrap_or(text));
        let surface = self.surface.unwrap_or(surface);
        Colours {
            accent,
            text,
            muted: self.muted.unwrap_or(muted),
            surface,
            button: self.button.unwrap_or(surface),
            button_text: self.button_text.unwrap_or(text),
            button_border: self.button_border.unwrap_or(accent),
        }
    }
}
