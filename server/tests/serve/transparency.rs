//! What anybody may know: how lists come about, what devices are asked, what was learned, what is kept.

use std::collections::BTreeSet;

use serde_json::Value;

use super::contributions::{HOUR, add, now, plain, post, split, task, task_from, trusted};
use super::harness::{Data, Server, wait_until};
use super::http::{get, get_with};
use super::notices;
use super::pair::Pair;

const ACCOUNT: &str = "/.well-known/homebody.json";
const PAGE: &str = "/transparency";

fn account(server: &Server) -> Value {
    let answer = get(server.data, ACCOUNT);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let account = answer.json();
    described(&account);
    account
}

/// The page without its tags.
fn page(server: &Server) -> String {
    get(server.data, PAGE).text()
}

fn list<'a>(account: &'a Value, name: &str) -> &'a [Value] {
    account[name].as_array().unwrap()
}

/// Has an account in which something holds.
fn wait_for(server: &Server, holds: impl Fn(&Value) -> bool) -> Value {
    wait_until(|| holds(&account(server)));
    account(server)
}

/// Every field of an account is in the published schema, and every field there is in the account.
fn described(account: &Value) {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/transparency.schema.json")).unwrap();
    fits(account, &schema, &schema, "account");
}

fn fits(value: &Value, schema: &Value, root: &Value, path: &str) {
    if let Some(address) = schema["$ref"].as_str() {
        return fits(value, root.pointer(&address[1..]).unwrap(), root, path);
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        return if value.is_null() {
            assert_eq!(forms[0]["type"], "null")
        } else {
            fits(value, &forms[1], root, path)
        };
    }
    match value {
        Value::Array(all) => all.iter().for_each(|each| fits(each, &schema["items"], root, path)),
        Value::Object(fields) => {
            let Some(known) = schema["properties"].as_object() else {
                let each = &schema["additionalProperties"];
                return fields
                    .iter()
                    .for_each(|(name, value)| fits(value, each, root, &format!("{path}.{name}")));
            };
            let names: BTreeSet<_> = fields.keys().collect();
            assert_eq!(names, known.keys().collect(), "{path}");
            fields
                .iter()
                .for_each(|(name, value)| fits(value, &known[name], root, &format!("{path}.{name}")));
        }
        plain => {
            let name = match plain {
                Value::Null => "null",
                Value::String(_) => "string",
                Value::Bool(_) => "boolean",
                _ => "number",
            };
            let types = schema["type"].to_string().replace("integer", "number");
            assert!(!schema["const"].is_null() || types.contains(name), "{path}: {plain} is not {types}");
            assert!(schema["enum"].as_array().is_none_or(|all| all.contains(plain)), "{path}: {plain}");
        }
    }
}

#[test]
fn l22_the_account_is_that_of_the_served_tables_and_follows_them() {
    let data = Data::published(40);
    let server = Server::start(&data);
    let first = account(&server);
    assert_eq!(first["version"], 1);
    let home = &first["placements"]["home"];
    assert_eq!(home["candidates"], 40);
    assert!(home["policy"]["diversity"].is_number());
    let parameters = list(home, "parameters");
    let shares: f64 = parameters.iter().map(|each| each["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{shares}");
    let says = |each: &Value, name: &str| !each[name].as_str().unwrap().is_empty();
    assert!(parameters.iter().all(|each| says(each, "about") && says(each, "changed_by")));

    data.import(55, "new");
    server.wait_for_version(data.publish());
    let second = wait_for(&server, |account| account["version"] == 2);
    assert_eq!(second["placements"]["home"]["candidates"], 55);
    assert_eq!(list(&second, "publications").len(), 2);
    // Under its older name, too.
    assert_eq!(get(server.data, "/transparency.json").json(), second);
}

#[test]
fn people_can_read_all_of_it() {
    let data = Data::published(40);
    notices::publish(&data, "clean.json");
    add(&data, &task("asked", &trusted(), 100), &[]);
    let server = Server::start(&data);
    let answer = get(server.data, PAGE);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let (page, account) = (answer.text(), account(&server));
    assert!(!page.contains("<script") && !page.contains(" style="), "it needs neither");
    for parameter in list(&account["placements"]["home"], "parameters") {
        assert!(page.contains(parameter["name"].as_str().unwrap()), "{parameter}");
    }
    for kept in list(&account, "retention") {
        let what = kept["what"].as_str().unwrap();
        assert!(page.contains(what), "{what}");
    }
    let (task, who) = (&account["tasks"][0], &account["responsible"]);
    let told = [
        &task["question"],
        &task["description"],
        &task["id"],
        &task["noise"]["words"],
        &who["name"],
        &who["contact"],
    ];
    for text in told {
        assert!(page.contains(text.as_str().unwrap()), "{text}");
    }
    assert!(page.contains(account["signing_key"]["public_key"].as_str().unwrap()));
}

#[test]
fn with_nothing_in_the_store_there_is_an_account_of_nothing() {
    let server = Server::start(&Data::empty());
    let account = account(&server);
    for name in ["tasks", "past_tasks", "models", "publications"] {
        assert_eq!(list(&account, name).len(), 0, "{name}");
    }
    assert_eq!((&account["version"], &account["responsible"]), (&Value::Null, &Value::Null));
    assert!(account["placements"].as_object().unwrap().is_empty());
    assert!(page(&server).contains("Nothing is asked now"));
}

#[test]
fn it_is_the_same_for_everybody_and_can_be_cached() {
    let server = Server::start(&Data::published(3));
    for path in [ACCOUNT, PAGE] {
        let plain = get(server.data, path);
        let headers =
            [("cookie", "visitor=7"), ("sec-gpc", "1"), ("accept-language", "de"), ("user-agent", "Other")];
        let other = get_with(server.data, path, &headers);
        assert_eq!(plain.body, other.body);
        assert_eq!(
            (plain.header("set-cookie"), plain.header("access-control-allow-origin")),
            (None, Some("*"))
        );
        assert_eq!(plain.header("cache-control"), Some("public, max-age=60, stale-while-revalidate=86400"));
        let again = get_with(server.data, path, &[("if-none-match", plain.header("etag").unwrap())]);
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
}

#[test]
fn tasks_are_told_with_what_they_cost_who_sums_and_what_was_released() {
    let data = Data::empty();
    let (large, small) = (task("large", &trusted(), 20), task("small", &trusted(), 2));
    let over = task_from("over", &trusted(), 20, now() / HOUR * HOUR - 30 * HOUR);
    for task in [&large, &small, &over] {
        add(&data, task, &[]);
    }
    let server = Server::start(&data);
    for (task, reports) in [(&large, 47), (&small, 7)] {
        (0..reports).for_each(|cell| assert_eq!(post(server.data, task, &plain(task, 0, cell)).status, 204));
    }
    let before = account(&server);
    assert_eq!(list(&before, "tasks").len(), 2, "{before}");
    assert_eq!(
        (&before["past_tasks"][0]["name"], &before["past_tasks"][0]["state"]),
        (&"over".into(), &"over".into())
    );
    let (first, id) = (&before["tasks"][1], large.id().to_hex());
    assert_eq!(
        (&first["id"], &first["state"], &first["mode"]),
        (&id.into(), &"running".into(), &"trusted".into())
    );
    assert_eq!(
        first["released"],
        serde_json::json!({ "sums": 0, "smallest_batch_at_least": null, "last_at": null })
    );
    assert_eq!(first["aggregators"][0]["role"], "collector");
    let budget = &first["budget"];
    // 24 windows of one hour, Gaussian noise: ε at δ = 10⁻⁶, never less for more reports.
    assert_eq!((&budget["reports_at_most"], &budget["delta"]), (&24.into(), &1e-6.into()));
    assert!(budget["epsilon_of_all"].as_f64() > budget["epsilon_per_report"].as_f64(), "{budget}");

    data.run(&["batches", "release"]);
    let sums = |account: &Value, at: usize| account["tasks"][at]["released"]["sums"].clone();
    let after = wait_for(&server, |account| sums(account, 0) == 1 && sums(account, 1) == 1);
    assert_eq!(after["tasks"][1]["released"]["smallest_batch_at_least"], 40, "47 in whole twenties");
    let few = &after["tasks"][0]["released"];
    assert_eq!((&few["sums"], &few["smallest_batch_at_least"]), (&1.into(), &Value::Null));
    let page = page(&server);
    assert!(page.contains("at least 40 answers") && page.contains("fewer than 20 answers"), "{page}");

    data.run(&["tasks", "close", &large.id().to_hex()]);
    let closed = wait_for(&server, |account| list(account, "past_tasks").len() == 2);
    assert!(list(&closed, "past_tasks").iter().any(|task| task["state"] == "closed"));
}

#[test]
fn what_two_aggregators_share_in_secret_is_told_to_nobody() {
    let pair = Pair::start("told", 20, &[]);
    let shown = pair.show();
    let secrets: Vec<&str> =
        shown["secrets"].as_object().unwrap().values().filter_map(Value::as_str).collect();
    assert!(secrets.len() >= 5, "{shown}");
    for server in [pair.leader.as_ref().unwrap(), pair.helper.as_ref().unwrap()] {
        let account = wait_for(server, |account| list(account, "tasks").len() == 1);
        let told = format!("{account}{}", page(server));
        for secret in secrets.iter().filter(|secret| secret.len() > 20) {
            assert!(!told.contains(*secret), "{secret}");
        }
        let aggregators = &account["tasks"][0]["aggregators"];
        assert_eq!(
            (&aggregators[0]["role"], &aggregators[1]["operator"]),
            (&"leader".into(), &"Partner".into())
        );
        assert_eq!(aggregators[1]["url"], "https://helper.example/dap/");
        assert_eq!(account["tasks"][0]["noise"]["parties"], 2);
    }
    let helper = account(pair.helper.as_ref().unwrap());
    assert_eq!(
        (&helper["tasks"][0]["role"], &helper["tasks"][0]["released"]),
        (&"helper".into(), &Value::Null)
    );
}

#[test]
fn a_task_that_is_not_taken_or_not_signed_is_not_told_as_running() {
    let data = Data::empty();
    add(&data, &task("asked", &trusted(), 20), &[]);
    let off = Server::start_with(&data, &[("HOMEBODY_COLLECT_ENABLED", "false")]);
    assert_eq!(account(&off)["tasks"][0]["state"], "not_asked");
    drop(off);
    let mode = split("https://leader.example/dap/", "https://helper.example/dap/");
    add(&data, &task("forged", &mode, 20), &[]);
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    let forge = "UPDATE tasks SET envelope = replace(envelope, 'A test.', 'A rest.') WHERE name = 'forged'";
    database.execute(forge, []).unwrap();
    let server = Server::start(&data);
    assert_eq!(list(&account(&server), "tasks").len(), 1);
}

#[test]
fn every_model_is_told_with_its_fate_and_no_few_devices() {
    let data = Data::published(3);
    let server = Server::start(&data);
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    let put = |state: &str, metrics: &str, reason: &str| {
        let sql = "INSERT INTO models (created_at, name, source, metrics, sums, model, state, reason, gate)
                   VALUES (7, 'shared', 'contributions', ?1, x'', x'', ?2, ?3, NULL)";
        database.execute(sql, [metrics, state, reason]).unwrap();
    };
    put(
        "rejected",
        "{\"pair_reports\": 12}",
        "12 devices in time, and no difference beyond chance and noise",
    );
    put(
        "champion",
        "{\"pair_reports\": 2047, \"counted_items\": 3}",
        "2047 devices: +1.20 hits in a hundred",
    );
    let told = wait_for(&server, |account| list(account, "models").len() == 2);
    let [champion, rejected] = list(&told, "models") else { panic!("{told}") };
    let why = |model: &Value| model["why"].as_str().unwrap().to_owned();
    assert!(why(champion).contains("(at least 2040 devices: +1.20 hits in a hundred)"), "{champion}");
    assert!(why(rejected).contains("(fewer than 20 devices in time"), "{rejected}");
    assert_eq!(champion["measured"], serde_json::json!({ "pair_reports": 2040.0, "counted_items": 3.0 }));
    assert_eq!(rejected["measured"], serde_json::json!({}));
    let page = page(&server);
    assert!(page.contains("in use") && page.contains("rejected") && !page.contains("2047"), "{page}");
}

#[test]
fn an_exported_site_has_it_as_files() {
    let data = Data::published(40);
    notices::publish(&data, "clean.json");
    add(&data, &task("asked", &trusted(), 100), &[]);
    let folder = data.path().with_file_name("reco");
    data.run(&["export", "site", folder.to_str().unwrap()]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let account: Value = serde_json::from_str(&read(".well-known/homebody.json")).unwrap();
    described(&account);
    assert_eq!((&account["version"], &account["placements"]["home"]["candidates"]), (&1.into(), &40.into()));
    assert_eq!(account["tasks"][0]["state"], "not_asked", "files take no contributions");
    assert!(account["responsible"]["name"].is_string());
    let page = read("transparency/index.html");
    assert!(
        page.contains("href=\"../v1/manifest.json\"") && !page.contains("href=\"/v1"),
        "wherever the folder lies"
    );
}
