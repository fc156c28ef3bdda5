//! A page written in Rust: `homebody-device` in the browser without the npm package, `web-sys` for the page, `gloo` for
//! events, timers and the network.
//!
//! What the package does besides (the banner, storage under a key, several tabs) is not here: the answer and the profile
//! live as long as the page.

mod page;
mod pool;

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest};
use homebody_protocol::Kind;
use homebody_protocol::table::Table;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Places of the list.
const PLACES: usize = 18;

/// Clicks within this time are answered by one new order.
const PAUSE_MS: u32 = 50;

/// What the page holds while it lives.
struct Shop {
    device: Device,
    pool: Table<Vec<u8>>,
    next: Option<Timeout>,
}

/// Called by the module's glue.
#[wasm_bindgen(start)]
pub fn start() {
    spawn_local(async {
        match open().await {
            Ok(shop) => listen(&Rc::new(RefCell::new(shop))),
            Err(problem) => page::tell(&problem),
        }
    });
}

async fn open() -> Result<Shop, String> {
    let bytes = pool::fetch("/reco", "home").await?;
    let mut device = Device::new();
    device.load_pool(bytes.clone()).map_err(|error| error.to_string())?;
    let pool = Table::read(bytes).map_err(|error| error.to_string())?;
    let shop = Shop { device, pool, next: None };
    shop.show();
    Ok(shop)
}

/// Listens for as long as the page lives.
fn listen(shop: &Rc<RefCell<Shop>>) {
    for (button, granted) in [("yes", true), ("no", false)] {
        let shop = Rc::clone(shop);
        EventListener::new(&page::element(button), "click", move |_| shop.borrow_mut().answer(granted))
            .forget();
    }
    let shop = Rc::clone(shop);
    EventListener::new(&page::element("items"), "click", move |event| {
        if let Some(id) = page::item_of(event) {
            click(&shop, &id);
        }
    })
    .forget();
}

fn click(shop: &Rc<RefCell<Shop>>, id: &str) {
    let later = Rc::clone(shop);
    let mut shop = shop.borrow_mut();
    if shop.device.record(&Interaction::new(Kind::Click, id), page::now_ms()) {
        // The one before is dropped, and thereby cancelled.
        shop.next = Some(Timeout::new(PAUSE_MS, move || later.borrow().show()));
    }
}

impl Shop {
    /// Takes the visitor's answer; a no drops what is known.
    fn answer(&mut self, granted: bool) {
        let none = Consent::none();
        self.device.set_consent(if granted { none.granted(Purpose::Personalize) } else { none });
        page::tell(if granted {
            "Clicks sort this list now; nothing leaves this page."
        } else {
            "The same order for everybody."
        });
        self.show();
    }

    fn show(&self) {
        let now_ms = page::now_ms();
        let ranked = self.device.rank(&RankRequest { limit: PLACES, now_ms, ..RankRequest::default() });
        let rows = ranked.iter().map(|item| {
            let display = serde_json::from_str(self.pool.display(item.row)).unwrap_or_default();
            page::Row {
                id: self.pool.id(item.row).to_owned(),
                display,
                because: self.reason(&item.reasons[0]),
            }
        });
        page::show(rows);
    }

    /// Names the strongest reason, where it has a name.
    fn reason(&self, reason: &homebody_device::Reason) -> Option<String> {
        use homebody_device::ReasonKind::{Brand, Category, Collaborative, Content, Tag};
        let name = match reason.kind {
            Collaborative | Content => self.device.id_of(homebody_protocol::ItemKey(reason.key))?,
            Category | Brand | Tag => self.device.facet_name(homebody_protocol::FacetKey(reason.key))?,
            _ => return None,
        };
        Some(format!("because of {name}, {:.0} %", reason.share * 100.0))
    }
}
