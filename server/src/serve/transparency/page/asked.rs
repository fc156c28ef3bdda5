//! What devices are asked.

use super::super::Account;
use super::super::tasks::{Aggregator, Budget, Released, TaskEntry};
use super::super::words::duration;
use super::{open, term};
use crate::serve::document::{add, date, escape, number};

pub(super) fn write(account: &Account, page: &mut String) {
    open("asked", page);
    let budget = &account.device_budget;
    add(
        page,
        format_args!(
            "<p>Only with your own yes, and only if something is asked below, your device answers with a few numbers of a \
             fixed form. Answers become part of a sum; only sums are ever looked at. Whoever has nothing to say sends an \
             answer, too, so that silence says nothing. Your privacy panel shows each answer before it leaves.</p>\n\
             <p>Whatever is asked, a device sends at most {} reports a day and gives away at most ε {:.2} in 30 days and \
             ε {:.2} in a year, with noise in the sums; ε {} and ε {} with answers that are random themselves. The smaller \
             ε, the less an answer can say.</p>\n",
            budget.reports_a_day,
            budget.epsilon_30_days,
            budget.epsilon_365_days,
            budget.local_epsilon_30_days,
            budget.local_epsilon_365_days,
        ),
    );
    if account.tasks.is_empty() {
        page.push_str("<p class=\"none\">Nothing is asked now: devices send nothing.</p>\n");
    }
    for task in &account.tasks {
        card(task, account, page);
    }
    past(&account.past_tasks, page);
    page.push_str("</section>\n");
}

fn card(task: &TaskEntry, account: &Account, page: &mut String) {
    let TaskEntry { name, mode, state, .. } = task;
    add(
        page,
        format_args!(
            "<article class=\"card\"><p class=\"marks\"><span class=\"mark {mode}\">{mode}</span> \
             <span class=\"mark {state}\">{}</span></p>\n<h3>{}</h3>\n",
            state.replace('_', " "),
            escape(&task.question)
        ),
    );
    if task.site != account.site {
        let site = escape(&task.site);
        add(page, format_args!("<p>Asked by <strong>{site}</strong>; this server is its helper.</p>\n"));
    }
    if !task.description.is_empty() {
        add(page, format_args!("<p class=\"said\">“{}”</p>\n", escape(&task.description)));
    }
    page.push_str("<dl class=\"terms\">\n");
    term(page, "Who could read an answer", task.mode_words);
    let purpose = serde_json::to_value(task.purpose).unwrap_or_default();
    term(page, "Needs your yes to", &escape(purpose.as_str().unwrap_or_default()));
    term(page, "An answer", &format!("{}; once in {}", task.bound_words, duration(task.window_s.into())));
    term(page, "Noise", &escape(&task.noise.words));
    term(page, "What it costs you", &budget(&task.budget));
    term(page, "Never released below", &format!("{} answers", number(task.min_batch_size.into())));
    term(page, "From, to", &format!("{} – {}", date(task.starts_at), date(task.ends_at)));
    term(page, "Added up by", &task.aggregators.iter().map(aggregator).collect::<Vec<_>>().join("<br>"));
    let kept = &task.kept;
    term(page, "Answers are kept", kept.answers);
    term(page, "Their names are kept", &kept.names);
    term(page, "Sums are kept", kept.sums);
    if let Some(released) = &task.released {
        term(page, "Released so far", &sums(released));
    }
    term(
        page,
        "Name, and SHA-256 of what is signed",
        &format!("{}<br><code>{}</code>", escape(name), task.id),
    );
    page.push_str("</dl></article>\n");
}

fn budget(budget: &Budget) -> String {
    let delta = if budget.delta > 0.0 { " (δ one in a million)" } else { "" };
    let Budget { epsilon_per_report, epsilon_of_all, reports_at_most, .. } = budget;
    match reports_at_most {
        1 => format!("ε {epsilon_per_report}, once{delta}"),
        reports => format!("ε {epsilon_per_report} an answer, ε {epsilon_of_all} for all {reports}{delta}"),
    }
}

fn aggregator(aggregator: &Aggregator) -> String {
    let Aggregator { role, operator, url } = aggregator;
    let at = url.as_ref().map_or_else(String::new, |url| format!(", <code>{}</code>", escape(url)));
    format!("{} ({role}{at})", escape(operator))
}

fn sums(released: &Released) -> String {
    match (released.sums, released.smallest_batch_at_least, released.last_at) {
        (0, ..) => "nothing".to_owned(),
        (count, least, at) => {
            let least = match least {
                Some(least) => format!("at least {} answers", number(least)),
                None => "fewer than 20 answers".to_owned(),
            };
            let at = at.map_or_else(String::new, |at| format!(", the last on {}", date(at)));
            let sums = if count == 1 { "sum" } else { "sums" };
            format!("{} {sums}, {least} in the smallest{at}", number(count))
        }
    }
}

fn past(tasks: &[TaskEntry], page: &mut String) {
    if tasks.is_empty() {
        return;
    }
    page.push_str("<h3>Asked before</h3>\n<ul class=\"rows\">\n");
    for task in tasks {
        let TaskEntry { mode, question, starts_at, ends_at, closed_at, .. } = task;
        let until = closed_at.unwrap_or(*ends_at);
        add(
            page,
            format_args!(
                "<li><span class=\"mark {mode}\">{mode}</span> <strong>{}</strong>\
                 <span class=\"about\">{} – {}. ε {} an answer. Released so far: {}.</span>\n",
                escape(question),
                date(*starts_at),
                date(until),
                task.budget.epsilon_per_report,
                task.released.as_ref().map_or_else(|| "told by its leader".to_owned(), sums),
            ),
        );
    }
    page.push_str("</ul>\n");
}
