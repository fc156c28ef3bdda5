//! Answers by day, region, language and variant.

use super::page::{count, interval, rate, stacked, table};
use super::{ANSWERS, Answers, By, NoticeRates};
use crate::serve::document::{add, escape};

/// Days that the page lists; the rows to download have all of them.
const DAYS: usize = 90;

pub(super) fn write(notice: &NoticeRates, by: By, page: &mut String) {
    let groups = of(notice, by);
    // One nameless arm is no experiment.
    if by == By::Variant && groups.iter().all(|(name, _)| name == NO_VARIANT) {
        return;
    }
    let mut columns = vec![by.name(), "Answers"];
    columns.extend(ANSWERS.map(|(_, name)| name));
    columns.push("Share");
    table(page, by.title(), notice, &columns);
    for (name, answers) in groups {
        let total = super::page::data("total", answers.total);
        add(
            page,
            format_args!("<tr class=\"by-{}\"><th scope=\"row\">{name}<td>{total}", by.name().to_lowercase()),
        );
        for ((action, _), span) in ANSWERS.into_iter().zip(answers.counts) {
            add(
                page,
                format_args!(
                    "<td>{}<small>{}</small><small>({})</small>",
                    count(action, span),
                    rate(span, answers.total),
                    interval(span, answers.total)
                ),
            );
        }
        add(page, format_args!("<td>{}\n", stacked(&answers)));
    }
    page.push_str("</table></div>\n");
}

const NO_VARIANT: &str = "Without a variant";

fn of(notice: &NoticeRates, by: By) -> Vec<(String, Answers)> {
    let named = |(key, answers): (&Option<String>, &Answers)| {
        let name = match key.as_deref() {
            Some("") => by.unknown().to_owned(),
            Some(key) => escape(key),
            None => format!("Small {}s together", by.name().to_lowercase()),
        };
        (name, *answers)
    };
    let mut groups: Vec<(String, Answers)> = match by {
        By::Day => return days(notice),
        By::Region => notice.regions.iter().map(named).collect(),
        By::Language => notice.languages.iter().map(named).collect(),
        By::Variant => notice.variants.iter().map(named).collect(),
    };
    groups.sort_by(|(name, one), (other, two)| two.total.cmp(&one.total).then(name.cmp(other)));
    groups
}

/// Newest first. A month holds the small groups of its days.
fn days(notice: &NoticeRates) -> Vec<(String, Answers)> {
    let named = |(day, answers): (&String, &Answers)| {
        let together = if day.len() == 7 { ", small days together" } else { "" };
        (format!("<time datetime=\"{day}\">{day}</time>{together}"), *answers)
    };
    notice.days.iter().rev().take(DAYS).map(named).collect()
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Day => "Day",
            Self::Region => "Region",
            Self::Language => "Language",
            Self::Variant => "Variant",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Day => "By day",
            Self::Region => "By region",
            Self::Language => "By language",
            Self::Variant => "By variant",
        }
    }

    /// What an empty word means.
    fn unknown(self) -> &'static str {
        match self {
            Self::Region => "Unknown",
            Self::Variant => NO_VARIANT,
            Self::Language | Self::Day => "Not said",
        }
    }
}
