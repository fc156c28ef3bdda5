//! Prices as feeds write them: `12.50 EUR`, `EUR 12.50`, `1.234,50 €`, `$1,234.50`.

use crate::intake::{NumberFault, number_from_text};

/// An amount and, when written with it, its currency.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Price {
    pub(super) amount: f64,
    pub(super) currency: Option<String>,
}

/// Reads a price. A single comma or point before exactly three digits separates thousands when a comma,
/// decimals when a point: `1,234` is a thousand, `1.234` is one and a bit, as in Google's feeds.
pub(super) fn price_from_text(text: &str) -> Result<Price, NumberFault> {
    let text = text.trim();
    let (amount, currency) = match split_currency(text) {
        Some((amount, currency)) => (amount, Some(currency)),
        None => (text, None),
    };
    Ok(Price { amount: number_from_text(&plain(amount))?, currency })
}

fn split_currency(text: &str) -> Option<(&str, String)> {
    const SYMBOLS: [(&str, &str); 4] = [("€", "EUR"), ("$", "USD"), ("£", "GBP"), ("¥", "JPY")];
    for (symbol, code) in SYMBOLS {
        if let Some(amount) = text.strip_suffix(symbol).or_else(|| text.strip_prefix(symbol)) {
            return Some((amount.trim(), code.to_owned()));
        }
    }
    let is_code = |code: &str| {
        // `inf` and `nan` have three letters too.
        code.len() == 3
            && code.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !["inf", "nan"].contains(&code.to_ascii_lowercase().as_str())
    };
    let (start, end) = (text.get(..3), text.len().checked_sub(3).and_then(|at| text.get(at..)));
    if let Some(code) = end.filter(|code| is_code(code)) {
        return Some((text[..text.len() - 3].trim(), code.to_ascii_uppercase()));
    }
    let code = start.filter(|code| is_code(code))?;
    Some((text[3..].trim(), code.to_ascii_uppercase()))
}

/// Drops thousands separators and makes the decimal sign a point.
fn plain(amount: &str) -> String {
    let amount: String = amount.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    match (amount.rfind(','), amount.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => amount.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => amount.replace(',', ""),
        (Some(comma), None) if amount.len() - comma - 1 == 3 || amount.matches(',').count() > 1 => {
            amount.replace(',', "")
        }
        (Some(_), None) => amount.replace(',', "."),
        (None, Some(_)) if amount.matches('.').count() > 1 => amount.replace('.', ""),
        (None, _) => amount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_feeds_write() {
        for (text, amount, currency) in [
            ("12.50 EUR", 12.5, Some("EUR")),
            ("eur 12.50", 12.5, Some("EUR")),
            ("12", 12.0, None),
            ("12,5", 12.5, None),
            ("1,234", 1234.0, None),
            ("1.234,50 €", 1234.5, Some("EUR")),
            ("$1,234.50", 1234.5, Some("USD")),
            ("1.234.567", 1_234_567.0, None),
            ("1 234,50", 1234.5, None),
            ("15.00USD", 15.0, Some("USD")),
        ] {
            let price = price_from_text(text).unwrap();
            assert_eq!((price.amount, price.currency.as_deref()), (amount, currency), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "EUR", "free", "12.50 EUR EUR", "--1"] {
            assert_eq!(price_from_text(text), Err(NumberFault::NotANumber), "{text}");
        }
        for text in ["inf", "NaN", "-inf", "1e999 EUR", "inf EUR"] {
            assert_eq!(price_from_text(text), Err(NumberFault::NotFinite), "{text}");
        }
    }
}
