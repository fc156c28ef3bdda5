//! Experiments as a page: one document without scripts, in the style of the public account, for the operator.

mod words;

use homebody_learn::from_sums::metric::MetricArm;

use self::words::{Words, words};
use super::document::{Document, Head, add, below, contents, date, escape, number};
use super::rates::STYLE;
use crate::collect::experiments::{Answer, Question};

/// The page.
pub(super) fn of(site: &str, all: &[Question]) -> Document {
    let site = escape(site);
    let mut document = Head {
        eyebrow: &below("Experiments"),
        title: &format!("Experiments of {site}"),
        lead: "What visitors did who were shown one variant or another, from sums with noise. Nobody knows who saw which.",
        links: "",
        own: STYLE,
    }
    .open();
    let page = &mut document.markup;
    let named = by_name(all);
    let sections = named.iter().enumerate().map(|(place, (name, _))| (format!("e{place}"), escape(name)));
    let last = ("reading".to_owned(), "How to read it".to_owned());
    contents(sections.chain([last]), page);
    if named.is_empty() {
        page.push_str("<section><p class=\"none\">No task asks about an experiment yet.</p></section>\n");
    }
    for (place, (name, questions)) in named.iter().enumerate() {
        let name = escape(name);
        add(
            page,
            format_args!(
                "<section aria-labelledby=\"e{place}\" data-experiment=\"{name}\"><h2 id=\"e{place}\">{name}</h2>\n"
            ),
        );
        questions.iter().for_each(|question| one(question, page));
        page.push_str("</section>\n");
    }
    reading(page);
    document.close()
}

/// They are sorted by name.
fn by_name(all: &[Question]) -> Vec<(&str, &[Question])> {
    let groups = all.chunk_by(|one, other| one.experiment == other.experiment);
    groups.filter_map(|group| Some((group.first()?.experiment.as_str(), group))).collect()
}

fn one(question: &Question, page: &mut String) {
    let (words, task) = (words(question.metric), &question.task);
    add(
        page,
        format_args!(
            "<h3>{}</h3>\n<p>{} Task <code>{}</code>: {}</p>\n",
            words.name,
            words.what,
            escape(&task.name),
            escape(&task.description)
        ),
    );
    let Some(answer) = &question.answer else {
        page.push_str("<p class=\"none\">No sum is released yet.</p>\n");
        return;
    };
    let begin = task.window_starts_at(answer.window);
    add(
        page,
        format_args!(
            "<p>{} answers of the window from {} to {}, of visitors with a part in it and without one.</p>\n",
            number(answer.reports),
            date(begin),
            date(begin + u64::from(task.window_s) - 1)
        ),
    );
    table(question, answer, &words, page);
}

fn table(question: &Question, answer: &Answer, words: &Words, page: &mut String) {
    let (task, caption) = (escape(&question.task.name), format!("{}, {}", words.name, words.unit));
    add(
        page,
        format_args!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}, task {task}\" \
             data-metric=\"{}\"><table><caption>{caption}</caption><thead><tr>",
            words.code
        ),
    );
    for column in ["Variant", "Visitors", "Value", "95 % interval", "Difference", "95 % interval"] {
        add(page, format_args!("<th scope=\"col\">{column}"));
    }
    page.push_str("<tbody>\n");
    for (place, arm) in answer.arms.iter().enumerate() {
        let control = if place == 0 { ", the control" } else { "" };
        add(page, format_args!("<tr><th scope=\"row\">{}{control}", place + 1));
        match arm {
            Some(arm) => row(arm, words, page),
            None => page.push_str("<td colspan=\"5\">Too few to be told from noise"),
        }
        page.push('\n');
    }
    page.push_str("</table></div>\n");
}

fn row(arm: &MetricArm, words: &Words, page: &mut String) {
    let (low, high) = arm.metric.ends();
    // Noise and the normal curve's tail go below nothing, and beyond all of a share.
    let within = |value: f64| value.clamp(0.0, if words.is_share { 1.0 } else { f64::MAX });
    add(
        page,
        format_args!(
            "<td><data class=\"visitors\" value=\"{0:.0}\">{1}</data><td><data class=\"value\" value=\"{2}\">{3}</data>\
             <td>{4} to {5}",
            arm.visitors,
            number(arm.visitors.max(0.0).round() as u64),
            arm.metric.value,
            words.told(within(arm.metric.value)),
            words.told(within(low)),
            words.told(within(high))
        ),
    );
    let Some(change) = arm.change else {
        page.push_str("<td>–<td>–");
        return;
    };
    let (low, high) = change.ends();
    let sure = if change.is_beyond_chance() { "beyond chance" } else { "may be chance" };
    add(
        page,
        format_args!(
            "<td><data class=\"change\" value=\"{}\">{}</data><small>{sure}</small><td>{} to {}",
            change.value,
            words.apart(change.value),
            words.apart(low),
            words.apart(high)
        ),
    );
}

fn reading(page: &mut String) {
    page.push_str(
        "<section aria-labelledby=\"reading\"><h2 id=\"reading\">How to read it</h2>\n<p>Variants are numbered in the order \
         that the page names them in. In 95 of 100 cases the interval has what all visitors like these would make, the \
         noise of the sum counted in. Where a difference is beyond chance, its interval is on one side of 0: of twenty \
         comparisons of what is alike, one looks so. Decide by one number that was chosen before, in the last whole \
         window; windows have the same visitors again. What visitors had done before they were shown a variant makes \
         differences of means surer, so that a difference is not exactly that of the two values.</p>\n\
         <p>Values of one visitor count up to the limit of the task. Times and values are exact to the hour of the first \
         exposure and look back 31 days at the most.</p>\n</section>\n",
    );
}
