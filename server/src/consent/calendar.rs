//! Days in UTC: nothing that is counted or signed is told apart more finely.

/// Seconds of a day; unix time knows no leap seconds.
const DAY_S: u64 = 86_400;

/// `YYYY-MM-DD` of a unix second.
#[must_use]
pub fn day(unix_s: u64) -> String {
    let (year, month, day) = civil(unix_s / DAY_S);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `YYYY-MM` of a day.
pub(super) fn month(day: &str) -> &str {
    day.get(..7).unwrap_or(day)
}

/// The last day, `YYYY-MM-DD`, of a day or of a month (`YYYY-MM`).
#[must_use]
pub fn last_day(period: &str) -> String {
    match (period.len(), period.get(..4), period.get(5..7)) {
        (7, Some(year), Some(month)) => {
            let (year, month) = (year.parse().unwrap_or(1_970), month.parse().unwrap_or(1));
            format!("{period}-{:02}", days_of_month(year, month))
        }
        _ => period.to_owned(),
    }
}

/// Whether a text is a day of the calendar, `YYYY-MM-DD`.
#[must_use]
pub fn is_day(text: &str) -> bool {
    let form =
        |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    text.len() == 10
        && text.bytes().enumerate().all(form)
        && matches!((number(0..4), number(5..7), number(8..10)),
            (Some(year), Some(month), Some(day)) if (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day))
}

fn days_of_month(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Today and yesterday: a choice made before midnight may arrive after it.
pub(super) fn days_of_receipts(now: u64) -> [String; 2] {
    [day(now), day(now.saturating_sub(DAY_S))]
}

/// Year, month and day of a day since 1970; Howard Hinnant, `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * shifted + 2) / 5 + 1, (shifted + 2) % 12 + 1);
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (unix_s, text) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_428_000, "2026-11-23"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day(unix_s), text);
        }
        assert_eq!(month("2026-11-23"), "2026-11");
        let ends = ["2026-11", "2024-02", "2100-02", "2000-02", "2026-12", "2026-11-23"].map(last_day);
        assert_eq!(
            ends,
            ["2026-11-30", "2024-02-29", "2100-02-28", "2000-02-29", "2026-12-31", "2026-11-23"]
        );
        assert!(["2026-11-23", "2024-02-29", "0001-01-31"].into_iter().all(is_day));
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-1-1",
            "2026-11-2x",
            "",
            "2026/11/23",
            "é026-11-2",
        ] {
            assert!(!is_day(text), "{text}");
        }
        assert_eq!(days_of_receipts(1_798_761_600), ["2027-01-01", "2026-12-31"]);
    }
}
