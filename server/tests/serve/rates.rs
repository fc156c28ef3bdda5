//! How visitors decide, as a page: the numbers of the exported rows, behind the token.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homebody_server::store::{Cell, Counts, Store};
use sha2::{Digest as _, Sha256};

use super::harness::{Data, Server};
use super::http::{get, get_with};
use super::notices::publish;

const TOKEN: &str = "a-token-of-enough-length";

/// Two notices, with regions, languages and days of which some are too small to be told apart.
fn decided() -> (Data, [String; 2]) {
    let data = Data::empty();
    let notices = [publish(&data, "clean.json"), publish(&data, "clean-edges.json")];
    let mut counts = Counts::new();
    let actions =
        ["accept", "partial", "refuse", "later", "withdraw", "noticed", "object", "served", "served-gpc"];
    for (at, notice) in notices.iter().enumerate() {
        for (nth, action) in actions.iter().enumerate() {
            for (region, language, day, times) in [
                ("DE", "de", "2026-02-26", 40),
                ("DE", "en", "2026-02-26", 3),
                ("FR", "en", "2026-02-27", 1),
                ("FR", "en", "2026-02-28", 1),
                ("", "en", "2026-03-01", 12),
                ("US", "en", "2026-03-02", 70),
            ] {
                let text = |text: &str| text.to_owned();
                let (notice, region, language) = (notice.clone(), text(region), text(language));
                let cell = Cell {
                    notice,
                    region,
                    language,
                    variant: String::new(),
                    action: text(action),
                    day: text(day),
                };
                counts.insert(cell, times * (1 + nth as u64 % 4) + 5 * at as u64);
            }
        }
    }
    Store::open(&data.path()).unwrap().add_decisions(&counts).unwrap();
    (data, notices)
}

/// `<data class="…" value="…">` of a piece of the page, added up by class.
fn told(piece: &str) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for tag in piece.split("<data class=\"").skip(1) {
        let (class, rest) = tag.split_once("\" value=\"").unwrap();
        let value: u64 = rest.split_once('"').unwrap().0.parse().unwrap();
        *sums.entry(class.to_owned()).or_default() += value;
    }
    sums
}

#[test]
fn f34_the_numbers_of_the_page_are_sums_of_the_exported_rows() {
    let (data, notices) = decided();
    let server = Server::start(&data);
    let page = get(server.admin, "/consent").text();
    let rows = get(server.admin, "/v1/admin/export/consent").text();
    let rows: Vec<serde_json::Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() > 10);
    for notice in &notices {
        let start = page.find(&format!("data-notice=\"{notice}\"")).unwrap();
        let section = page[start..].split("</section>").next().unwrap();
        let sum = |kind: &str, column: &str| -> u64 {
            let of_it = rows.iter().filter(|row| row["notice"] == **notice && row["kind"] == kind);
            of_it.filter_map(|row| row[column].as_u64()).sum()
        };
        let tables: Vec<&str> = section.split("<table>").collect();
        let facts = told(tables[0]);
        assert_eq!(facts["answers"], sum("answers", "total"));
        assert_eq!(facts["shown"], sum("served", "served") + sum("served", "served_gpc"));
        assert_eq!(facts["served-gpc"], sum("served", "served_gpc"));
        assert_eq!(facts["withdraw"], sum("withdrawals", "withdraw"));
        assert_eq!(
            (facts["noticed"], facts["object"]),
            (sum("notices", "noticed"), sum("notices", "object"))
        );
        assert!(tables.len() >= 6, "answers, purposes, days, regions, languages: {}", tables.len());
        for table in &tables[1..] {
            let told = told(table);
            if told.contains_key("purpose") {
                let purposes = table.matches("<data class=\"purpose\"").count() as u64;
                assert_eq!(told["purpose"], purposes * sum("answers", "accept"));
                continue;
            }
            for action in ["accept", "partial", "refuse", "later"] {
                assert_eq!(told[action], sum("answers", action), "{action} in {table}");
            }
            assert!(told.get("total").is_none_or(|total| *total == facts["answers"]));
        }
    }
    assert!(
        page.contains("Small regions together")
            && page.contains("small days together")
            && page.contains("2026-03-02")
    );
    assert!(page.contains("href=\"v1/admin/export/consent?format=csv\""));
}

#[test]
fn the_page_allows_its_own_styles_and_nothing_else() {
    let (data, _) = decided();
    let server = Server::start(&data);
    let answer = get(server.admin, "/consent");
    let policy = answer.header("content-security-policy").unwrap().to_owned();
    let page = answer.text();
    assert!(
        policy.starts_with("default-src 'none';") && !page.contains("<script") && !page.contains(" style=")
    );
    let styles: Vec<&str> =
        page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap()).collect();
    assert_eq!(styles.len(), 2);
    for style in styles {
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(get(server.data, "/consent").status, 404, "not for visitors");
    assert!(
        get(Server::start(&Data::empty()).admin, "/consent").text().contains("No notice is published here")
    );
}

/// A browser has no bearer token to send: it may send it as a password, to what changes nothing.
#[test]
fn a_browser_is_asked_for_the_token_and_only_reads_with_it() {
    let (data, _) = decided();
    let server = Server::start_with(&data, &[("HOMEBODY_ADMIN_TOKEN", TOKEN)]);
    let basic = |password: &str| format!("Basic {}", STANDARD.encode(format!("me:{password}")));
    for path in ["/consent", "/v1/admin/export/consent"] {
        let asked = get(server.admin, path);
        assert_eq!((asked.status, asked.problem().as_str()), (401, "token_missing"));
        let ways: Vec<&str> = asked
            .headers
            .iter()
            .filter(|(name, _)| name == "www-authenticate")
            .map(|(_, value)| value.split(' ').next().unwrap())
            .collect();
        assert_eq!(ways, ["Bearer", "Basic"]);
        for (given, status) in [
            (basic(TOKEN), 200),
            (format!("Bearer {TOKEN}"), 200),
            (basic("a-token-of-another-site"), 401),
            (format!("Basic {TOKEN}"), 401),
        ] {
            assert_eq!(get_with(server.admin, path, &[("authorization", &given)]).status, status, "{given}");
        }
    }
    let other = get_with(server.admin, "/v1/admin/consent", &[("authorization", &basic(TOKEN))]);
    assert_eq!(other.status, 401, "elsewhere a browser would send it unasked");
    assert_eq!(other.header("www-authenticate"), Some("Bearer"));
}
