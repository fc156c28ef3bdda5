//! Times as people write them.

use anyhow::{Result, bail};

const DAY_S: f64 = 86_400.0;

/// Unix seconds of a cell: a number (its unit is settled by [`unit()`] over the whole file) or a date with an optional time.
///
/// # Errors
/// When it is neither.
pub fn parse(cell: &str) -> Result<f64> {
    if let Ok(number) = cell.parse::<f64>()
        && number.is_finite()
    {
        return Ok(number);
    }
    match date_time(cell) {
        Some(seconds) => Ok(seconds),
        None => bail!("`{cell}` is not a time; expected Unix seconds or a date like `2024-05-31T10:00:00Z`"),
    }
}

/// Seconds a unit of these times is worth: files also count milliseconds, microseconds and nanoseconds.
pub fn unit(latest: f64) -> f64 {
    match latest {
        late if late >= 1e17 => 1e-9,
        late if late >= 1e14 => 1e-6,
        late if late >= 1e11 => 1e-3,
        _ => 1.0,
    }
}

/// `2024-05-31`, `2024/05/31`, each with ` 10:00`, `T10:00:00.5`, `Z`, `UTC` or `+02:00`.
fn date_time(cell: &str) -> Option<f64> {
    let (date, time) = match cell.find(['T', ' ']) {
        Some(at) => (&cell[..at], &cell[at + 1..]),
        None => (cell, ""),
    };
    let mut parts = date.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(days_from_civil(year.parse().ok()?, month, day) as f64 * DAY_S + time_of_day(time)?)
}

fn time_of_day(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches("UTC").trim_end_matches('Z').trim();
    let zone = text.rfind(['+', '-']);
    let (clock, zone) = zone.map_or((text, ""), |at| text.split_at(at));
    let offset = match zone.strip_prefix('-') {
        Some(zone) => -clock_seconds(zone)?,
        None => clock_seconds(zone.trim_start_matches('+'))?,
    };
    Some(clock_seconds(clock.trim())? - offset)
}

/// `10:30:15.5`, `10:30` or `1030`; nothing is midnight.
fn clock_seconds(text: &str) -> Option<f64> {
    if text.is_empty() {
        return Some(0.0);
    }
    if text.len() == 4 && text.is_ascii() && !text.contains(':') {
        return clock_seconds(&format!("{}:{}", &text[..2], &text[2..]));
    }
    let mut seconds = 0.0;
    for (part, worth) in text.split(':').zip([3_600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok().filter(|part| (0.0..61.0).contains(part))? * worth;
    }
    Some(seconds)
}

/// Days since 1970 of a date of the Gregorian calendar (Hinnant's algorithm for years that begin in March).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_times() {
        for (cell, seconds) in [
            ("874724710", 874_724_710.0),
            ("1396314141.719", 1_396_314_141.719),
            ("1970-01-01", 0.0),
            ("2000-02-29", 951_782_400.0),
            ("2024-05-31T10:00:00Z", 1_717_149_600.0),
            ("2024/05/31 10:00", 1_717_149_600.0),
            ("2024-05-31T12:00:00+02:00", 1_717_149_600.0),
            ("2024-05-31 04:30:00-0530", 1_717_149_600.0),
            ("2019-11-24 00:01:03.5 UTC", 1_574_553_663.5),
        ] {
            assert!((parse(cell).unwrap() - seconds).abs() < 1e-3, "{cell}: {:?}", parse(cell));
        }
        for cell in ["", "yesterday", "2024-13-01", "31.05.2024", "2024-05-31T99:00", "NaN", "24-05-31"] {
            assert!(parse(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn units_are_told_by_size() {
        assert!((unit(1_700_000_000.0) - 1.0).abs() < f64::EPSILON);
        assert!((unit(1_700_000_000_000.0) - 1e-3).abs() < f64::EPSILON);
        assert!((unit(1.7e15) - 1e-6).abs() < f64::EPSILON);
        assert!((unit(1.7e18) - 1e-9).abs() < f64::EPSILON);
    }
}
