//! How many decided how, as [`crate::consent::figures`] lets it out of the server.

use super::{Column, Value};
use crate::consent::figures::Row;
use crate::consent::last_day;

/// Actions, and the columns of their counts.
const ACTIONS: [(&str, &str); 9] = [
    ("accept", "accept"),
    ("partial", "partial"),
    ("refuse", "refuse"),
    ("later", "later"),
    ("noticed", "noticed"),
    ("object", "object"),
    ("withdraw", "withdraw"),
    ("served", "served"),
    ("served-gpc", "served_gpc"),
];

/// `period` is a day or a month; `variant`, `region` and `language` are missing where small groups were joined, a count
/// where it is hidden or of another kind.
pub(super) const COLUMNS: &[Column] = &[
    Column::text("kind"),
    Column::text("notice"),
    Column::text("variant"),
    Column::text("region"),
    Column::text("language"),
    Column::text("period"),
    Column::flag("is_open"),
    Column::whole("total"),
    Column::whole(ACTIONS[0].1),
    Column::whole(ACTIONS[1].1),
    Column::whole(ACTIONS[2].1),
    Column::whole(ACTIONS[3].1),
    Column::whole(ACTIONS[4].1),
    Column::whole(ACTIONS[5].1),
    Column::whole(ACTIONS[6].1),
    Column::whole(ACTIONS[7].1),
    Column::whole(ACTIONS[8].1),
];

/// The partition of a row. A month lies at its end: whoever exports from a day on gets the month again, which takes in
/// what was small on that day.
pub(super) fn day_of(row: &Row) -> String {
    last_day(&row.day)
}

pub(super) fn values(row: &Row) -> Vec<Value<'_>> {
    let mut values = vec![
        Value::text(row.kind),
        Value::text(&row.notice),
        Value::text_if(row.variant.as_deref()),
        Value::text_if(row.region.as_deref()),
        Value::text_if(row.language.as_deref()),
        Value::text(&row.day),
        Value::Flag(row.is_open),
        Value::count(row.total),
    ];
    values.extend(ACTIONS.map(|(action, _)| Value::count_if(row.counts.get(action).copied())));
    values
}
