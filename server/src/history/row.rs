//! One row of a history, from text to what the learner takes.

use std::collections::HashMap;

use homebody_learn::HistoryRow;
use homebody_learn::names::{self, Names};
use homebody_protocol::Kind;

use super::pseudonyms::Pseudonyms;
use crate::intake::{NumberFault, ProblemCode, number_from_text, quoted, time_from_text};

/// A column of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Visitor,
    Item,
    Time,
    Order,
    Kind,
    Basket,
    Quantity,
    Value,
    Rating,
}

/// Number of [`Column`]s.
pub(super) const COLUMNS: usize = 9;

/// What the columns are called.
pub const COLUMN_NAMES: [&str; COLUMNS] =
    ["visitor", "item", "ts", "order", "kind", "basket", "qty", "value", "rating"];

/// All names of each [`Column`], the most fitting first.
const NAMES: [Names; COLUMNS] = [
    names::VISITOR,
    names::ITEM,
    names::TIME,
    names::ORDER,
    names::KIND,
    names::BASKET,
    names::QUANTITY,
    &["value"],
    names::RATING,
];

/// A column as a history calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The place of the [`Column`].
    pub(super) column: usize,
    /// 0 for the most fitting of its names: where a history has several, the lowest counts.
    pub(super) rank: usize,
}

/// What a history calls `name`; case and surrounding space do not matter.
pub(super) fn named(name: &str) -> Option<Named> {
    let name = name.trim().to_ascii_lowercase();
    let rank_in = |names: Names| names.iter().position(|known| *known == name);
    NAMES.into_iter().enumerate().find_map(|(column, names)| Some(Named { column, rank: rank_in(names)? }))
}

/// The values of a row by [`Column`]; empty = absent.
pub(super) type Cells<'a> = [&'a str; COLUMNS];

/// What a row says.
pub(super) enum Parsed<'a> {
    /// It can be learned from.
    Row(HistoryRow),
    /// Its item is not in the catalogue.
    UnknownItem(&'a str),
    /// A return or cancellation: it wants nothing.
    Weightless,
}

/// Why a row cannot be read.
type Fault = (ProblemCode, String);

/// Reads a row: `items` knows the place of every item of the catalogue.
///
/// Without a `kind`, a row with a rating is a rating and any other a click.
pub(super) fn parse<'a>(
    cells: &Cells<'a>,
    items: &HashMap<String, u32>,
    pseudonyms: &mut Pseudonyms,
) -> Result<Parsed<'a>, Fault> {
    let cell = |column: Column| cells[column as usize].trim();
    let missing = |code, name| Err((code, format!("the row has no `{name}`")));
    if cell(Column::Visitor).is_empty() {
        return missing(ProblemCode::MissingVisitor, "visitor");
    }
    if cell(Column::Item).is_empty() {
        return missing(ProblemCode::MissingId, "item");
    }
    let rating = number(cell(Column::Rating), "rating")?;
    let kind = match cell(Column::Kind) {
        "" if rating.is_some() => Kind::Rating,
        "" => Kind::Click,
        name => names::kind(name)
            .ok_or_else(|| (ProblemCode::UnknownKind, format!("`kind` is {}", quoted(name))))?,
    };
    let at = time(cell(Column::Time), cell(Column::Order))?;
    let quantity = number(cell(Column::Quantity), "qty")?;
    let value = number(cell(Column::Value), "value")?;
    let item = cells[Column::Item as usize].trim();
    let Some(&item) = items.get(item) else { return Ok(Parsed::UnknownItem(item)) };
    if quantity.is_some_and(|quantity| quantity <= 0.0) {
        return Ok(Parsed::Weightless);
    }
    let value = value.or(rating).or(quantity).unwrap_or(1.0);
    let basket = Some(cell(Column::Basket)).filter(|id| !id.is_empty()).map(|id| pseudonyms.basket(id));
    let visitor = pseudonyms.visitor(cell(Column::Visitor));
    Ok(Parsed::Row(HistoryRow { visitor, item, kind, value, at, basket }))
}

fn time(time: &str, order: &str) -> Result<i64, Fault> {
    if !time.is_empty() {
        return time_from_text(time)
            .ok_or_else(|| (ProblemCode::BadTime, format!("`ts` is {}", quoted(time))));
    }
    if order.is_empty() {
        return Err((ProblemCode::MissingTime, "the row has neither `ts` nor `order`".to_owned()));
    }
    order
        .parse()
        .map_err(|_| (ProblemCode::WrongType, format!("`order` is {}, not a whole number", quoted(order))))
}

fn number(text: &str, name: &str) -> Result<Option<f32>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    match number_from_text(text) {
        Ok(number) => Ok(Some(number as f32)),
        Err(NumberFault::NotFinite) => Err((ProblemCode::NotFinite, format!("`{name}` is {}", quoted(text)))),
        Err(NumberFault::NotANumber) => {
            Err((ProblemCode::WrongType, format!("`{name}` is {}, not a number", quoted(text))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&'static str; COLUMNS]) -> Result<Parsed<'static>, ProblemCode> {
        let items = HashMap::from([("a".to_owned(), 0)]);
        let cells = Box::leak(Box::new(cells));
        parse(cells, &items, &mut Pseudonyms::salted([1; 32])).map_err(|(code, _)| code)
    }

    #[test]
    fn a_rating_is_a_rating_and_anything_else_a_click() {
        let Ok(Parsed::Row(rated)) = row(["v", "a", "10", "", "", "", "", "", "4"]) else { panic!() };
        assert_eq!((rated.kind, rated.value, rated.at), (Kind::Rating, 4.0, 10));
        let Ok(Parsed::Row(clicked)) = row(["v", "a", "", "3", "", "b", "", "", ""]) else { panic!() };
        assert_eq!((clicked.kind, clicked.value, clicked.at), (Kind::Click, 1.0, 3));
        assert!(clicked.basket.is_some());
        assert_eq!(clicked.visitor, rated.visitor);
    }

    #[test]
    fn every_column_has_its_name() {
        for (place, name) in COLUMN_NAMES.into_iter().enumerate() {
            assert_eq!(named(name), Some(Named { column: place, rank: 0 }), "{name}");
        }
    }

    #[test]
    fn a_return_wants_nothing() {
        assert!(matches!(row(["v", "a", "10", "", "purchase", "", "-2", "", ""]), Ok(Parsed::Weightless)));
        assert!(matches!(row(["v", "z", "10", "", "", "", "", "", ""]), Ok(Parsed::UnknownItem("z"))));
    }

    #[test]
    fn wrong_rows_say_why() {
        for (cells, code) in [
            (["", "a", "1", "", "", "", "", "", ""], ProblemCode::MissingVisitor),
            (["v", "", "1", "", "", "", "", "", ""], ProblemCode::MissingId),
            (["v", "a", "", "", "", "", "", "", ""], ProblemCode::MissingTime),
            (["v", "a", "soon", "", "", "", "", "", ""], ProblemCode::BadTime),
            (["v", "a", "1", "", "teleport", "", "", "", ""], ProblemCode::UnknownKind),
            (["v", "a", "1", "", "", "", "", "NaN", ""], ProblemCode::NotFinite),
            (["v", "a", "1", "", "", "", "many", "", ""], ProblemCode::WrongType),
        ] {
            assert_eq!(row(cells).err(), Some(code));
        }
    }
}
