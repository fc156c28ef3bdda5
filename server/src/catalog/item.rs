//! One item of a site's catalogue.

/// An item, validated. Unknown text is empty, unknown numbers are absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The site's own id; not empty, at most 512 bytes.
    pub id: String,
    /// What a list shows.
    pub title: String,
    /// Where a click leads.
    pub url: String,
    /// Address of a picture.
    pub image: String,
    /// Price in `currency`, finite and ≥ 0.
    pub price: Option<f64>,
    /// ISO 4217 code.
    pub currency: String,
    /// Brand, maker or author.
    pub brand: String,
    /// Category path as the site writes it.
    pub category: String,
    /// Free tags, without duplicates.
    pub tags: Vec<String>,
    /// Text that content similarity is computed from; never sent to browsers.
    pub description: String,
    /// Whether it can be had now.
    pub available: bool,
    /// When it appeared, unix seconds; 0 unknown.
    pub added_at: u32,
    /// Whether it may be recommended again after it was bought.
    pub rebuyable: bool,
    /// Placements it may appear in; empty = all.
    pub placements: Vec<String>,
}

impl Default for Item {
    fn default() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            url: String::new(),
            image: String::new(),
            price: None,
            currency: String::new(),
            brand: String::new(),
            category: String::new(),
            tags: Vec::new(),
            description: String::new(),
            available: true,
            added_at: 0,
            rebuyable: false,
            placements: Vec::new(),
        }
    }
}

impl Item {
    /// Empties every field and keeps the memory, so that one item serves a whole import.
    pub(super) fn reset(&mut self) {
        let texts = [
            &mut self.id,
            &mut self.title,
            &mut self.url,
            &mut self.image,
            &mut self.currency,
            &mut self.brand,
            &mut self.category,
            &mut self.description,
        ];
        texts.into_iter().for_each(String::clear);
        self.tags.clear();
        self.placements.clear();
        self.price = None;
        self.available = true;
        self.added_at = 0;
        self.rebuyable = false;
    }
}
