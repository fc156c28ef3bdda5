//! Numbers and times as people write them.

/// Why a text is not a usable number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// It is no number at all.
    NotANumber,
    /// It is NaN or infinite, or too large for the column.
    NotFinite,
}

/// Reads a decimal number; surrounding space is ignored.
///
/// # Errors
/// [`NumberFault`] when it is no number or none to calculate with.
pub fn number_from_text(text: &str) -> Result<f64, NumberFault> {
    let number: f64 = text.trim().parse().map_err(|_| NumberFault::NotANumber)?;
    if (number as f32).is_finite() { Ok(number) } else { Err(NumberFault::NotFinite) }
}

/// Reads a time as unix seconds, fractions cut off: digits are unix time, in seconds, milliseconds or microseconds, anything
/// else an ISO 8601 date with an optional time and zone (`2026-01-31`, `2026-01-31 10:00:00`, `2026-01-31T10:00:00.5+02:00`).
/// Without a zone it is UTC.
pub fn time_from_text(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !text.is_empty() {
        return seconds(text.parse().ok()?);
    }
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let (year, month, day) =
        (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some()
        || !(1..=12).contains(&month)
        || !(1..=days_of_month(year, month)).contains(&day)
    {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * 86_400;
    match text.get(10..)? {
        "" => Some(midnight),
        rest => Some(midnight + seconds_of_day(rest.strip_prefix(['T', 't', ' '])?)?),
    }
}

/// Unix seconds of a number that claims to be a time. Its size tells the unit: 10¹¹ seconds are the year 5138, as many
/// milliseconds 1973. `None` beyond the year 2105.
pub(crate) fn seconds(number: f64) -> Option<i64> {
    let number = match number.abs() {
        late if late >= 1e14 => number / 1e6,
        late if late >= 1e11 => number / 1e3,
        _ => number,
    };
    (number.is_finite() && number.abs() <= f64::from(u32::MAX)).then_some(number.floor() as i64)
}

/// Unix seconds of the first of January, 00:00 UTC.
pub fn year_start(year: u16) -> i64 {
    days_since_1970(i64::from(year), 1, 1) * 86_400
}

/// `10:00`, `10:00:00`, `10:00:00.25`, each with an optional `Z` or `±hh:mm`; seconds from midnight UTC.
fn seconds_of_day(text: &str) -> Option<i64> {
    let (clock, offset_s) = match text.find(['Z', 'z', '+', '-']) {
        None => (text, 0),
        Some(at) => (&text[..at], zone_seconds(&text[at..])?),
    };
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let whole = |text: &str| digits(text.split_once('.').map_or(text, |(whole, _)| whole), 2);
    let seconds = parts.next().map_or(Some(0), whole)?;
    let in_range = hours < 24 && minutes < 60 && seconds <= 60;
    in_range.then_some(hours * 3600 + minutes * 60 + seconds - offset_s)
}

fn zone_seconds(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = &text[1..];
    let (hours, minutes) = text.split_once(':').or_else(|| text.split_at_checked(2))?;
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
    Some(sign * (digits(hours, 2)? * 3600 + minutes * 60))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let good = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar; Howard Hinnant, `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_to_write_a_time() {
        for (text, expected) in [
            ("0", 0),
            ("874724710", 874_724_710),
            ("874724710.9", 874_724_710),
            ("1795428000999", 1_795_428_000),
            ("1795428000000000", 1_795_428_000),
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("1969-12-31", -86_400),
            ("2026-11-23T10:00:00Z", 1_795_428_000),
            ("2026-11-23 10:00", 1_795_428_000),
            ("2026-11-23T12:00:00.250+02:00", 1_795_428_000),
            ("2026-11-23T05:30:00-0430", 1_795_428_000),
        ] {
            assert_eq!(time_from_text(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-02-29",
            "2026-1-1",
            "2026-11-23T25:00",
            "99999999999",
            "1e300",
            "ä0260101xx",
        ] {
            assert_eq!(time_from_text(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number_from_text(" 12.5 "), Ok(12.5));
        for text in ["NaN", "inf", "-Infinity", "1e999", "1e39"] {
            assert_eq!(number_from_text(text), Err(NumberFault::NotFinite), "{text}");
        }
        assert_eq!(number_from_text("twelve"), Err(NumberFault::NotANumber));
    }

    #[test]
    fn years_start_in_january() {
        assert_eq!(year_start(1970), 0);
        assert_eq!(year_start(1995), 788_918_400);
    }
}
