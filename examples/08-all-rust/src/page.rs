//! The page itself.

use gloo::utils::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event};

/// One place of the list.
pub struct Row {
    pub id: String,
    pub display: serde_json::Map<String, serde_json::Value>,
    pub because: Option<String>,
}

/// An element that the page's HTML has.
pub fn element(id: &str) -> Element {
    document().get_element_by_id(id).expect("index.html has it")
}

/// The item that was clicked.
pub fn item_of(event: &Event) -> Option<String> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("[data-hb-id]").ok()??.get_attribute("data-hb-id")
}

/// Says a sentence in the line under the title.
pub fn tell(sentence: &str) {
    element("told").set_text_content(Some(sentence));
}

/// Puts rows into the list.
pub fn show(rows: impl Iterator<Item = Row>) {
    let list = element("items");
    list.set_text_content(None);
    for row in rows {
        let text = |name: &str| {
            row.display
                .get(name)
                .map(|value| value.to_string().trim_matches('"').to_owned())
                .unwrap_or_default()
        };
        let place = child(&list, "li", "");
        let _dataset = place.set_attribute("data-hb-id", &row.id);
        child(&place, "strong", &text("title"));
        child(
            &place,
            "small",
            &row.because.unwrap_or_else(|| format!("{} · €{}", text("brand"), text("price"))),
        );
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    gloo::utils::window().performance().map_or(0, |clock| (clock.time_origin() + clock.now()) as u64)
}

fn child(parent: &Element, name: &str, text: &str) -> Element {
    let element = document().create_element(name).expect("a name of HTML");
    element.set_text_content(Some(text));
    let _appended = parent.append_child(&element);
    element
}
