//! Where a price stands among the prices of a table.

use homebody_protocol::table::Table;

/// Bits of a float that are left out: what remains tells prices apart that differ by one percent.
const FINE_BITS: u32 = 16;

/// The prices of a table, counted once when it is loaded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices {
    /// The coarse price that the first count is for.
    first: u32,
    /// For each coarse price, how many are at most that; the last is the number of all.
    up_to: Vec<u32>,
}

impl Prices {
    /// Counts the prices of a table.
    pub(crate) fn of(table: &Table<Vec<u8>>) -> Self {
        let all = || (0..table.rows()).filter_map(|row| coarse(table.price(row)?));
        let (Some(first), Some(last)) = (all().min(), all().max()) else { return Self::default() };
        // At most 2¹⁵ counts, for prices from nothing to infinity; a shop's need some hundred.
        let mut up_to = vec![0u32; (last - first + 1) as usize];
        all().for_each(|price| up_to[(price - first) as usize] += 1);
        let mut sum = 0;
        for count in &mut up_to {
            sum += *count;
            *count = sum;
        }
        Self { first, up_to }
    }

    /// Share of the table's prices that are lower, those about equal counted by half, 0–1. `None` for what is no price.
    pub(crate) fn band(&self, price: f32) -> Option<f32> {
        let all = *self.up_to.last()?;
        let last = self.up_to.len() - 1;
        let place = (coarse(price)?.saturating_sub(self.first) as usize).min(last);
        let lower = place.checked_sub(1).map_or(0, |below| self.up_to[below]);
        Some((lower as f32 + self.up_to[place] as f32) / (2.0 * all as f32))
    }
}

/// The leading bits of a price: they ascend as the price does.
fn coarse(price: f32) -> Option<u32> {
    (price.is_finite() && price >= 0.0).then(|| price.abs().to_bits() >> FINE_BITS)
}
