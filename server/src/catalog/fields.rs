//! From the values of a record to the fields of an item.

use super::Item;
use super::price::{Price, price_from_text};
use crate::intake::{NumberFault, ProblemCode, quoted, seconds, time_from_text, year_start};

/// Longest id in bytes; ids stand in every table.
const ID_BYTES: usize = 512;
/// Longest title, brand, category, tag or placement in bytes.
const LABEL_BYTES: usize = 1024;
/// Longest address in bytes.
const ADDRESS_BYTES: usize = 4096;
/// Bytes of a description that are kept: more text does not make better neighbours.
const DESCRIPTION_BYTES: usize = 4096;
/// Most tags or placements of an item.
const LIST_ENTRIES: usize = 64;

/// A field of an item, as records name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Title,
    Url,
    Image,
    Price,
    Currency,
    Brand,
    Category,
    /// A category that yields to [`Field::Category`].
    FallbackCategory,
    Tags,
    Description,
    Available,
    AddedAt,
    /// A year that yields to [`Field::AddedAt`]; anything that is no year is unknown.
    Year,
    Rebuyable,
    Placements,
}

/// What JSON Lines and CSV call the fields.
pub const FIELD_NAMES: [&str; 15] = [
    "id",
    "title",
    "url",
    "image",
    "price",
    "currency",
    "brand",
    "category",
    "tags",
    "description",
    "available",
    "added_at",
    "year",
    "rebuyable",
    "placements",
];

impl Field {
    /// The field that JSON Lines and CSV call `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "id" | "item" => Self::Id,
            "title" => Self::Title,
            "url" => Self::Url,
            "image" => Self::Image,
            "price" => Self::Price,
            "currency" => Self::Currency,
            "brand" => Self::Brand,
            "category" => Self::Category,
            "tags" => Self::Tags,
            "description" => Self::Description,
            "available" => Self::Available,
            "added_at" => Self::AddedAt,
            "year" => Self::Year,
            "rebuyable" => Self::Rebuyable,
            "placements" => Self::Placements,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Url => "url",
            Self::Image => "image",
            Self::Price => "price",
            Self::Currency => "currency",
            Self::Brand => "brand",
            Self::Category | Self::FallbackCategory => "category",
            Self::Tags => "tags",
            Self::Description => "description",
            Self::Available => "available",
            Self::AddedAt => "added_at",
            Self::Year => "year",
            Self::Rebuyable => "rebuyable",
            Self::Placements => "placements",
        }
    }
}

/// A value of a record, in the types that formats have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(&'a str),
    /// One entry of a list; lists are handed over entry by entry.
    Entry(&'a str),
}

/// Why a value does not fit its field.
pub(super) type Fault = (ProblemCode, String);

/// Puts `value` into `field` of `item`.
pub(super) fn set(item: &mut Item, field: Field, value: Value<'_>) -> Result<(), Fault> {
    match (field, value) {
        (Field::Tags, Value::Text(text)) => list(&mut item.tags, field, text.split('|')),
        (Field::Tags, Value::Entry(text)) => list(&mut item.tags, field, [text]),
        (Field::Placements, Value::Text(text)) => list(&mut item.placements, field, text.split('|')),
        (Field::Placements, Value::Entry(text)) => list(&mut item.placements, field, [text]),
        (_, Value::Entry(_)) => Err(wrong_type(field, "a list")),
        (_, Value::Text(text)) => set_text(item, field, text.trim()),
        (Field::Id, Value::Integer(number)) => {
            item.id.clear();
            item.id.push_str(&number.to_string());
            Ok(())
        }
        (Field::Available, Value::Bool(value)) => {
            item.available = value;
            Ok(())
        }
        (Field::Rebuyable, Value::Bool(value)) => {
            item.rebuyable = value;
            Ok(())
        }
        (Field::Available | Field::Rebuyable, Value::Integer(number @ (0 | 1))) => {
            set(item, field, Value::Bool(number == 1))
        }
        (Field::Price, Value::Integer(number)) => set_price(item, number as f64),
        (Field::Price, Value::Number(number)) => set_price(item, number),
        (Field::AddedAt, Value::Integer(number)) => {
            set_time(item, seconds(number as f64), &number.to_string())
        }
        (Field::AddedAt, Value::Number(number)) => set_time(item, seconds(number), &number.to_string()),
        (Field::Year, Value::Integer(number)) => {
            set_year(item, &number.to_string());
            Ok(())
        }
        (_, Value::Bool(_)) => Err(wrong_type(field, "a truth value")),
        (_, Value::Integer(_) | Value::Number(_)) => Err(wrong_type(field, "a number")),
    }
}

/// A value of a type that no field has.
pub(super) fn wrong_type(field: Field, found: &str) -> Fault {
    let wanted = match field {
        Field::Price => "a number or a text such as `12.50 EUR`",
        Field::Available | Field::Rebuyable => "`true` or `false`",
        Field::Tags | Field::Placements => "a list of texts",
        Field::AddedAt => "unix seconds or an ISO 8601 date",
        Field::Year => "a year",
        _ => "a text",
    };
    (ProblemCode::WrongType, format!("`{}` is {found}, not {wanted}", field.name()))
}

/// What is missing from an item whose record has ended.
pub(super) fn check(item: &Item) -> Result<(), Fault> {
    if item.id.is_empty() {
        return Err((ProblemCode::MissingId, "the item has no `id`".to_owned()));
    }
    Ok(())
}

fn set_text(item: &mut Item, field: Field, text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    match field {
        Field::Id => fill(&mut item.id, field, text, ID_BYTES),
        Field::Title => fill(&mut item.title, field, text, LABEL_BYTES),
        Field::Brand => fill(&mut item.brand, field, text, LABEL_BYTES),
        Field::Category => fill(&mut item.category, field, text, LABEL_BYTES),
        Field::FallbackCategory if item.category.is_empty() => {
            fill(&mut item.category, field, text, LABEL_BYTES)
        }
        Field::FallbackCategory => Ok(()),
        Field::Url => address(&mut item.url, field, text),
        Field::Image => address(&mut item.image, field, text),
        Field::Description => {
            let end = (0..=DESCRIPTION_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
            item.description.clear();
            item.description.push_str(&text[..end.unwrap_or(0)]);
            Ok(())
        }
        Field::Currency => set_currency(item, text),
        Field::Price => match price_from_text(text).map_err(|fault| number_fault(field, fault, text))? {
            Price { amount, currency: Some(currency) } => {
                item.currency.clear();
                item.currency.push_str(&currency);
                set_price(item, amount)
            }
            Price { amount, currency: None } => set_price(item, amount),
        },
        Field::Available => truth(field, text).map(|value| item.available = value),
        Field::Rebuyable => truth(field, text).map(|value| item.rebuyable = value),
        Field::AddedAt => set_time(item, time_from_text(text), text),
        Field::Year => {
            set_year(item, text);
            Ok(())
        }
        Field::Tags | Field::Placements => set(item, field, Value::Text(text)),
    }
}

fn fill(target: &mut String, field: Field, text: &str, limit: usize) -> Result<(), Fault> {
    if text.len() > limit {
        return Err(too_long(field, text.len(), limit));
    }
    target.clear();
    target.push_str(text);
    Ok(())
}

fn too_long(field: Field, length: usize, limit: usize) -> Fault {
    (ProblemCode::FieldTooLong, format!("`{}` has {length} bytes, more than {limit}", field.name()))
}

/// Pages put addresses into links: one that runs script must not come in with a feed.
fn address(target: &mut String, field: Field, text: &str) -> Result<(), Fault> {
    let scheme = text.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    let good = match scheme {
        None => true,
        Some((name, rest)) if field == Field::Image && name.eq_ignore_ascii_case("data") => {
            rest.starts_with("image")
        }
        Some((name, _)) => name.eq_ignore_ascii_case("https") || name.eq_ignore_ascii_case("http"),
    };
    if !good || text.contains(char::is_control) {
        return Err((ProblemCode::BadUrl, format!("`{}` is {}", field.name(), quoted(text))));
    }
    fill(target, field, text, ADDRESS_BYTES)
}

fn list<'a>(
    target: &mut Vec<String>,
    field: Field,
    entries: impl IntoIterator<Item = &'a str>,
) -> Result<(), Fault> {
    for entry in entries {
        let entry = entry.trim();
        if entry.is_empty() || target.iter().any(|known| known == entry) {
            continue;
        }
        if entry.len() > LABEL_BYTES {
            return Err(too_long(field, entry.len(), LABEL_BYTES));
        }
        if target.len() == LIST_ENTRIES {
            let detail = format!("`{}` has more than {LIST_ENTRIES} entries", field.name());
            return Err((ProblemCode::FieldTooLong, detail));
        }
        target.push(entry.to_owned());
    }
    Ok(())
}

fn set_price(item: &mut Item, amount: f64) -> Result<(), Fault> {
    // Tables carry prices in 32 bits.
    if !(amount as f32).is_finite() {
        return Err((ProblemCode::NotFinite, "`price` is not a finite number".to_owned()));
    }
    if amount < 0.0 {
        return Err((ProblemCode::NotFinite, format!("`price` is {amount}, below 0")));
    }
    item.price = Some(amount);
    Ok(())
}

fn set_currency(item: &mut Item, text: &str) -> Result<(), Fault> {
    if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let detail = format!("`currency` is {}, not an ISO 4217 code such as `EUR`", quoted(text));
        return Err((ProblemCode::WrongType, detail));
    }
    item.currency.clear();
    item.currency.push_str(&text.to_ascii_uppercase());
    Ok(())
}

fn set_time(item: &mut Item, seconds: Option<i64>, shown: &str) -> Result<(), Fault> {
    let Some(seconds) = seconds else {
        let detail = format!("`added_at` is {}", quoted(shown));
        return Err((ProblemCode::BadTime, detail));
    };
    // 0 says "unknown"; anything older than 1970 is as old as can be written.
    item.added_at = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
    Ok(())
}

/// Years come from collections that write `unknown` and `c. 1920` too: what is no year says nothing, and is no
/// reason to refuse the item.
fn set_year(item: &mut Item, text: &str) {
    if let Some(year) = text.parse().ok().filter(|year| item.added_at == 0 && (1..=2105).contains(year)) {
        item.added_at = u32::try_from(year_start(year).max(1)).unwrap_or(u32::MAX);
    }
}

fn truth(field: Field, text: &str) -> Result<bool, Fault> {
    let word = text.to_ascii_lowercase().replace(['_', '-'], " ");
    match word.as_str() {
        "true" | "1" | "yes" | "in stock" | "available" | "preorder" | "backorder" => Ok(true),
        "false" | "0" | "no" | "out of stock" | "unavailable" | "sold out" | "discontinued" => Ok(false),
        _ => Err(wrong_type(field, &quoted(text))),
    }
}

fn number_fault(field: Field, fault: NumberFault, text: &str) -> Fault {
    match fault {
        NumberFault::NotFinite => (ProblemCode::NotFinite, format!("`{}` is {}", field.name(), quoted(text))),
        NumberFault::NotANumber => wrong_type(field, &quoted(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(field: Field, value: Value<'_>) -> ProblemCode {
        set(&mut Item::default(), field, value).unwrap_err().0
    }

    #[test]
    fn takes_values_in_the_ways_people_write_them() {
        let mut item = Item::default();
        for (field, value) in [
            (Field::Id, Value::Integer(7)),
            (Field::Title, Value::Text("  Kettle ")),
            (Field::Price, Value::Text("12,50 €")),
            (Field::Tags, Value::Text("red| hot |red|")),
            (Field::Available, Value::Text("out_of_stock")),
            (Field::Year, Value::Text("1995")),
        ] {
            set(&mut item, field, value).unwrap();
        }
        assert_eq!((item.id.as_str(), item.title.as_str()), ("7", "Kettle"));
        assert_eq!((item.price, item.currency.as_str()), (Some(12.5), "EUR"));
        assert_eq!(item.tags, ["red", "hot"]);
        assert_eq!((item.available, item.added_at), (false, 788_918_400));
    }

    #[test]
    fn every_field_has_its_name() {
        assert!(FIELD_NAMES.into_iter().all(|name| Field::from_name(name).is_some()));
    }

    #[test]
    fn refuses_values_that_do_not_fit() {
        assert_eq!(fault(Field::Title, Value::Integer(5)), ProblemCode::WrongType);
        assert_eq!(fault(Field::Title, Value::Entry("x")), ProblemCode::WrongType);
        assert_eq!(fault(Field::Price, Value::Text("cheap")), ProblemCode::WrongType);
        assert_eq!(fault(Field::Price, Value::Text("NaN")), ProblemCode::NotFinite);
        assert_eq!(fault(Field::Price, Value::Number(-1.0)), ProblemCode::NotFinite);
        assert_eq!(fault(Field::Price, Value::Number(1e39)), ProblemCode::NotFinite);
        assert_eq!(fault(Field::AddedAt, Value::Integer(99_999_999_999)), ProblemCode::BadTime);
        assert_eq!(fault(Field::Available, Value::Text("maybe")), ProblemCode::WrongType);
        assert_eq!(fault(Field::Id, Value::Text(&"x".repeat(513))), ProblemCode::FieldTooLong);
    }

    #[test]
    fn addresses_cannot_run_script() {
        for text in ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "java\nscript:x"] {
            assert_eq!(fault(Field::Url, Value::Text(text)), ProblemCode::BadUrl, "{text}");
        }
        assert_eq!(fault(Field::Image, Value::Text("data:text/html,x")), ProblemCode::BadUrl);
        for text in
            ["https://a.example/x?y=a:b", "/p/1", "p:1/../x".trim_start_matches("p:"), "?q=javascript:"]
        {
            assert!(set(&mut Item::default(), Field::Url, Value::Text(text)).is_ok(), "{text}");
        }
        assert!(set(&mut Item::default(), Field::Image, Value::Text("data:image/png;base64,AA")).is_ok());
    }
}
