//! The features of the linear bandit, see [`homebody_protocol::models::prior::LINEAR_FEATURE_NAMES`].

use homebody_protocol::DeviceClass;
use homebody_protocol::table::{Feature, ListSource};

use super::super::candidates::Scored;
use super::super::{Context, blend, popularity};
use crate::bandit::linear::Features;

/// Of an item under the circumstances of the request.
pub(super) fn features(candidate: &Scored, context: &Context<'_>) -> Features {
    let (table, row, page) = (context.table(candidate.source), candidate.row, context.request.page);
    let (mut collaborative, mut content) = (0.0, 0.0);
    for (list, part) in table.list_sets().zip(candidate.parts) {
        match list.source() {
            ListSource::Collaborative => collaborative += part,
            ListSource::Content => content += part,
        }
    }
    let taste = [Feature::Category, Feature::Brand, Feature::Tag]
        .iter()
        .fold(0.0, |sum, &feature| sum + candidate.parts[blend::part_of(feature)]);
    let price = table.price(row).map_or(0.5, price_level);
    let phone = if page.device == DeviceClass::Phone { 1.0 } else { 0.0 };
    [
        1.0,
        squashed(collaborative, 1.0),
        squashed(content, 1.0),
        squashed(taste, 1.0),
        squashed(table.popularity(row), 3.0),
        squashed(table.trend(row), 3.0),
        popularity::freshness(table, row, context.request.now_ms),
        price,
        page.hour.map_or(0.0, |hour| wave(f32::from(hour % 24))),
        page.hour.map_or(0.0, |hour| wave(f32::from((hour % 24 + 6) % 24))),
        phone,
        phone * price,
    ]
}

fn price_level(price: f32) -> f32 {
    (libm::logf(1.0 + price) * core::f32::consts::LOG2_E / 16.0).min(1.0)
}

fn squashed(value: f32, half: f32) -> f32 {
    value / (half + value.abs())
}

/// 0 at midnight and noon, 1 at six, −1 at eighteen: a sine of parabolas, as the real one would cost a kilobyte.
fn wave(hour: f32) -> f32 {
    let x = hour / 12.0 - 1.0;
    -4.0 * x * (1.0 - x.abs())
}
