//! What a visitor can do, what was learned, what is kept, who is responsible, and how to check all of it.

use super::super::Account;
use super::super::kept::Kept;
use super::super::models::{ModelEntry, PublicationEntry};
use super::{open, term};
use crate::serve::document::{add, date, escape, number};

pub(super) fn choices(account: &Account, page: &mut String) {
    open("choices", page);
    page.push_str(
        "<p>All of it in the privacy panel that pages of this site link to.</p>\n<dl class=\"terms\">\n",
    );
    for choice in &account.choices {
        term(page, choice.name, choice.about);
    }
    page.push_str("</dl></section>\n");
}

pub(super) fn models(account: &Account, page: &mut String) {
    open("models", page);
    page.push_str(
        "<p>A model is the table of what goes with what. One that was learned from devices replaces the one in use only \
         after devices have compared the two and found it better.</p>\n",
    );
    if account.models.is_empty() {
        page.push_str("<p class=\"none\">Nothing was learned yet.</p>\n");
    } else {
        page.push_str("<ul class=\"rows\">\n");
        account.models.iter().for_each(|each| model(each, page));
        page.push_str("</ul>\n");
    }
    if let Some(ramp) = &account.lists.ramp {
        let share = f64::from(ramp.per_mille) / 10.0;
        add(
            page,
            format_args!(
                "<p>The newest model is in use on {share} % of the devices; each draws by itself whether it is one of them.</p>\n"
            ),
        );
    }
    publications(&account.publications, page);
    page.push_str("</section>\n");
}

fn model(model: &ModelEntry, page: &mut String) {
    let ModelEntry { id, name, source, trained_at, state, why, versions, .. } = model;
    let versions: Vec<String> = versions.iter().map(u64::to_string).collect();
    let published = match versions.is_empty() {
        true => String::new(),
        false => format!(" Published as version {}.", versions.join(", ")),
    };
    let word = if *state == "champion" { "in use" } else { state };
    add(
        page,
        format_args!(
            "<li><span class=\"mark {state}\">{word}</span> <strong>Model {id}, {}</strong>\
             <span class=\"about\">Learned {} from {}. {}.{published}</span>\n",
            escape(name),
            date(*trained_at),
            escape(&source.replace('_', " ")),
            escape(why),
        ),
    );
}

fn publications(publications: &[PublicationEntry], page: &mut String) {
    if publications.is_empty() {
        return;
    }
    page.push_str(
        "<table><caption>Published, newest first</caption><thead><tr><th scope=\"col\">Version<th scope=\"col\">Day\
         <th scope=\"col\">What<tbody>\n",
    );
    for PublicationEntry { version, published_at, rolled_back_to, .. } in publications {
        let what =
            rolled_back_to.map_or_else(|| "new tables".to_owned(), |to| format!("back to version {to}"));
        let version = number(*version);
        add(page, format_args!("<tr><th scope=\"row\">{version}<td>{}<td>{what}\n", date(*published_at)));
    }
    page.push_str("</table>\n");
}

pub(super) fn kept(account: &Account, page: &mut String) {
    open("kept", page);
    for (place, title) in [("device", "On your device"), ("server", "On the server")] {
        add(
            page,
            format_args!(
                "<table><caption>{title}</caption><thead><tr><th scope=\"col\">What<th scope=\"col\">How long<tbody>\n"
            ),
        );
        for Kept { what, how_long, .. } in account.retention.iter().filter(|each| each.place == place) {
            let (what, how_long) = (escape(what), escape(how_long));
            add(page, format_args!("<tr><th scope=\"row\">{what}<td>{how_long}\n"));
        }
        page.push_str("</table>\n");
    }
    page.push_str("</section>\n");
}

pub(super) fn responsible(account: &Account, page: &mut String) {
    open("responsible", page);
    match &account.responsible {
        None => page.push_str(
            "<p class=\"none\">The site has published no notice that says so. Look for its imprint or privacy policy.</p>\n",
        ),
        Some(responsible) => {
            page.push_str("<dl class=\"terms\">\n");
            term(page, "Responsible", &escape(&responsible.name));
            term(page, "Contact", &contact(&responsible.contact));
            term(page, "Privacy policy", &link(&responsible.policy_url));
            term(page, "Complaints", &escape(&responsible.authority));
            page.push_str("</dl>\n");
        }
    }
    page.push_str("</section>\n");
}

/// An address of a page or of mail becomes a link, nothing else.
fn contact(text: &str) -> String {
    match text.contains('@') && !text.contains(['/', ' ', ':', '?', '&']) {
        true => format!("<a href=\"mailto:{0}\">{0}</a>", escape(text)),
        false => link(text),
    }
}

fn link(text: &str) -> String {
    let is_page = text.starts_with("https://") || (text.starts_with('/') && !text.starts_with("//"));
    let text = escape(text);
    if is_page { format!("<a href=\"{text}\" rel=\"noreferrer\">{text}</a>") } else { text }
}

pub(super) fn check(account: &Account, root: &str, page: &mut String) {
    open("check", page);
    add(
        page,
        format_args!(
            "<p>The same as data: <a href=\"{root}.well-known/homebody.json\">/.well-known/homebody.json</a>. What devices \
             rank with: <a href=\"{root}v1/manifest.json\">/v1/manifest.json</a>. What they are asked, signed: \
             <a href=\"{root}v1/tasks\">/v1/tasks</a>. A device takes nothing that is not signed with this key, and refuses \
             tasks that ask for too much, whoever signs. The site serves the code that does so, and could serve other code: \
             that would show, it would not be prevented.</p>\n<dl class=\"terms\">\n"
        ),
    );
    let (key, software) = (&account.signing_key, &account.software);
    term(page, "Key", &format!("<code>{}</code> ({}, id {})", key.public_key, key.algorithm, key.key_id));
    term(page, "Software", &format!("{} {}", software.name, software.version));
    page.push_str("</dl></section>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_become_links() {
        for (text, is_link) in [
            ("privacy@shop.example", true),
            ("https://shop.example/contact", true),
            ("/privacy", true),
            ("javascript:alert(1)@x", false),
            ("//elsewhere.example", false),
            ("a letter to 1 Main Street", false),
        ] {
            assert_eq!(contact(text).starts_with("<a "), is_link, "{text}");
        }
    }
}
