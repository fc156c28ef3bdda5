//! Words that can be read, and buttons that can be seen.

use super::super::colour::Colour;
use super::super::config::ConsentConfig;
use super::super::theme::{Colours, Palette};
use super::Hit;

/// WCAG 2.2, success criterion 1.4.3: <https://www.w3.org/TR/WCAG22/#contrast-minimum>.
const MIN_TEXT_CONTRAST: f64 = 4.5;
/// WCAG 2.2, success criterion 1.4.11: <https://www.w3.org/TR/WCAG22/#non-text-contrast>.
const MIN_EDGE_CONTRAST: f64 = 3.0;
/// Smallest letters on a button, in CSS pixels.
const MIN_FONT_SIZE: u8 = 14;

pub(super) fn contrast(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (path, colours) in config.theme.colours() {
        for (front, back, [one, two]) in pairs(&colours) {
            let contrast = one.contrast(two);
            if contrast < MIN_TEXT_CONTRAST {
                let field = if is_set(palette(config, path), front) { front } else { back };
                let message =
                    format!("{front} {one} on {back} {two} has a contrast of {}:1", shown(contrast));
                hits.push(Hit::new(format!("{path}.{field}"), message));
            }
        }
    }
    hits
}

pub(super) fn hidden(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    let size = config.theme.button.font_size;
    if size < MIN_FONT_SIZE {
        hits.push(Hit::new("theme.button.fontSize", format!("the buttons have letters of {size} px")));
    }
    for (path, colours) in config.theme.colours() {
        let Colours { button, button_border, surface, .. } = colours;
        let edge = button.contrast(surface).max(button_border.contrast(surface));
        if edge < MIN_EDGE_CONTRAST {
            let field =
                if is_set(palette(config, path), "buttonBorder") { "buttonBorder" } else { "surface" };
            let message = format!("the buttons stand out from the surface by {}:1 only", shown(edge));
            hits.push(Hit::new(format!("{path}.{field}"), message));
        }
    }
    hits
}

/// Whatever is written on whatever.
fn pairs(colours: &Colours) -> [(&'static str, &'static str, [Colour; 2]); 4] {
    let Colours { accent, text, muted, surface, button, button_text, .. } = *colours;
    [
        ("text", "surface", [text, surface]),
        ("muted", "surface", [muted, surface]),
        ("accent", "surface", [accent, surface]),
        ("buttonText", "button", [button_text, button]),
    ]
}

fn palette<'a>(config: &'a ConsentConfig, path: &str) -> &'a Palette {
    if path == "theme.dark" { &config.theme.dark } else { &config.theme.light }
}

fn is_set(palette: &Palette, field: &str) -> bool {
    match field {
        "accent" => palette.accent.is_some(),
        "text" => palette.text.is_some(),
        "muted" => palette.muted.is_some(),
        "buttonText" => palette.button_text.is_some(),
        "buttonBorder" => palette.button_border.is_some(),
        _ => false,
    }
}

/// Cut, not rounded, so that 4.497 does not read as 4.50.
fn shown(contrast: f64) -> String {
    format!("{:.2}", (contrast * 100.0).floor() / 100.0)
}
