//! Rules and policies: from the configuration into the published pools.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use homebody_protocol::models::TreeRole;
use homebody_protocol::rules::Action;
use homebody_protocol::table::Table;
use homebody_protocol::{Extras, Policy};
use homebody_server::store::Store;

const CONFIG: &str = r#"
[[placements]]
name = "home"
rules = "RULES"
[placements.policy]
alpha = 0.5
max_per_brand = 2
exploration = "thompson"

[[placements]]
name = "plain"
"#;

fn homebody(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_homebody"))
        .args(["--config", folder.join("homebody.toml").to_str().unwrap()])
        .args(["--data", folder.join("data").to_str().unwrap(), "--json"])
        .args(args)
        .output()
        .unwrap()
}

/// A site with three items and these rules.
fn site(rules: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.json");
    fs::write(&path, rules).unwrap();
    fs::write(dir.path().join("homebody.toml"), CONFIG.replace("RULES", path.to_str().unwrap())).unwrap();
    let items = dir.path().join("items.jsonl");
    let item = |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"{id}\",\"category\":\"Lamps\"}}\n");
    fs::write(&items, ["a", "b", "c"].map(item).concat()).unwrap();
    assert!(homebody(dir.path(), &["import", "catalog", items.to_str().unwrap()]).status.success());
    dir
}

fn extras(folder: &Path, placement: &str) -> Extras {
    let publication = Store::open(folder.join("data").as_path()).unwrap().current().unwrap().unwrap();
    let blob = publication.blobs.iter().find(|blob| blob.name == placement).unwrap();
    Table::read(fs::read(&blob.raw).unwrap()).unwrap().extras().clone()
}

fn check(folder: &Path, name: &str) -> serde_json::Value {
    let output = homebody(folder, &["doctor"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).cloned().unwrap()
}

#[test]
fn a_placements_rules_and_policy_travel_in_its_pool() {
    let dir = site(r#"{"rules":[{"name":"Lamps","when":{"category":"Lamps"},"then":{"boost":2}}]}"#);
    let published = homebody(dir.path(), &["publish"]);
    assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
    let home = extras(dir.path(), "home");
    assert_eq!((home.policy.alpha, home.policy.max_per_brand), (0.5, 2));
    assert_eq!(home.rules.0[0].action, Action::Lift(2.0));
    let plain = extras(dir.path(), "plain");
    assert_eq!((plain.policy, plain.rules.0.len()), (Policy::default(), 0));
    assert_eq!(check(dir.path(), "rules")["outcome"], "good");
}

#[test]
fn refused_rules_publish_nothing_and_say_where() {
    let dir = site(r#"{"rules":[{"name":"Lamps","when":{"all":[{"hour":{"from":7}}]},"then":{"boost":2}}]}"#);
    let published = homebody(dir.path(), &["publish"]);
    assert!(!published.status.success());
    let error: serde_json::Value = serde_json::from_slice(&published.stderr).unwrap();
    assert_eq!(error["error"]["code"], "rules_syntax");
    let message = error["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("rules[0].when.all[0].hour") && message.contains("missing field `to`"),
        "{message}"
    );
    assert!(error["error"]["fix"].as_str().unwrap().contains("docs/rules.md"));
    assert_eq!(check(dir.path(), "rules")["outcome"], "bad");
}

#[test]
fn odd_rules_are_published_and_noticed() {
    let dir = site(
        r#"{"rules":[{"name":"a","when":{"id":"a"},"then":{"pin":1}},
                     {"name":"b","when":{"id":"a"},"then":{"exclude":true}}]}"#,
    );
    assert!(homebody(dir.path(), &["publish"]).status.success());
    let notice = check(dir.path(), "rules");
    assert_eq!(notice["outcome"], "notice");
    assert!(notice["detail"].as_str().unwrap().contains("`b` excludes"), "{notice}");
}

/// Ids of a published table, in its order.
fn listed(folder: &Path, table: &str) -> Vec<String> {
    let publication = Store::open(folder.join("data").as_path()).unwrap().current().unwrap().unwrap();
    let blob = publication.blobs.iter().find(|blob| blob.name == table).unwrap();
    let table = Table::read(fs::read(&blob.raw).unwrap()).unwrap();
    (0..table.rows()).map(|row| table.id(row).to_owned()).collect()
}

/// What stands in the pool of `home` under one rule, and that nothing else is touched by it.
fn pool_under(rule: &str) -> Vec<String> {
    let dir = site(&format!(r#"{{"rules":[{{"name":"r",{rule}}}]}}"#));
    let published = homebody(dir.path(), &["publish"]);
    assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
    for table in ["plain", "catalog"] {
        assert_eq!(listed(dir.path(), table), ["a", "b", "c"], "{table} has rules of its own");
    }
    assert_eq!(extras(dir.path(), "home").rules.0.len(), 1, "devices may meet the item in the catalogue");
    listed(dir.path(), "home")
}

#[test]
fn what_a_rule_excludes_for_everybody_is_not_in_the_pool() {
    assert_eq!(pool_under(r#""when":{"id":["a","nobody"]},"then":{"exclude":true}"#), ["b", "c"]);
    assert_eq!(pool_under(r#""then":{"keep":{"id":["a","c"]}}"#), ["a", "c"]);
    let certain =
        r#""when":{"any":[{"id":"a"},{"device":"phone"},{"sessions_at_least":2}]},"then":{"exclude":true}"#;
    assert_eq!(pool_under(certain), ["b", "c"], "true whatever the rest says");
    let certain = r#""when":{"not":{"any":[{"not":{"id":"b"}},{"all":[{"id":"c"},{"hour":{"from":0,"to":12}}]}]}},"then":{"exclude":true}"#;
    assert_eq!(pool_under(certain), ["a", "c"], "nor does the hour matter for `b`");
    assert_eq!(
        pool_under(r#""when":{"all":[{"id":"a"},{"unknown":"age"}]},"then":{"exclude":true}"#),
        ["b", "c"]
    );
    let certain = r#""when":{"all":[{"id":"a"},{"rebuyable":false}]},"then":{"exclude":true}"#;
    assert_eq!(pool_under(certain), ["b", "c"], "the catalogue knows what is bought again");
}

#[test]
fn what_depends_on_the_circumstances_stays_in_the_pool() {
    for when in [
        r#"{"all":[{"id":"a"},{"device":"phone"}]}"#,
        r#"{"all":[{"id":"a"},{"not":{"device":"phone"}}]}"#,
        r#"{"all":[{"id":"a"},{"unknown":"hour"}]}"#,
        r#"{"all":[{"id":"a"},{"not":{"segment":"Deal hunters"}}]}"#,
        r#"{"all":[{"id":"a"},{"not":{"sessions_at_least":3}}]}"#,
        r#"{"all":[{"id":"a"},{"not":{"new_days":3}}]}"#,
        r#"{"all":[{"id":"a"},{"opened":true}]}"#,
        r#"{"all":[{"id":"a"},{"not":{"bought":true}}]}"#,
        r#"{"not":{"any":[{"opened_days":3},{"in_cart":true},{"shown_at_least":2}]}}"#,
        r#"{"popular_top":1}"#,
        r#"{"not":{"popular_top":2}}"#,
        r#"{"not":{"any":[{"not":{"id":"a"}},{"region":"DE"}]}}"#,
    ] {
        let pool = pool_under(&format!(r#""when":{when},"then":{{"exclude":true}}"#));
        assert_eq!(pool, ["a", "b", "c"], "{when}");
    }
    assert_eq!(pool_under(r#""when":{"id":"a"},"then":{"boost":1}"#), ["a", "b", "c"]);
}

#[test]
fn rules_that_leave_nothing_publish_nothing() {
    let dir = site(r#"{"rules":[{"name":"r","when":{"category":"Lamps"},"then":{"exclude":true}}]}"#);
    let published = homebody(dir.path(), &["publish"]);
    let error: serde_json::Value = serde_json::from_slice(&published.stderr).unwrap();
    assert_eq!((published.status.success(), &error["error"]["code"]), (false, &"empty_pool".into()));
    assert!(error["error"]["message"].as_str().unwrap().contains("its rules"), "{error}");
}

#[test]
fn imported_models_travel_in_every_pool_and_in_no_catalogue() {
    let dir = site(r#"{"rules":[]}"#);
    let model = |name: &str| format!("{}/../core/protocol/testdata/trees/{name}", env!("CARGO_MANIFEST_DIR"));
    let import =
        |name: &str, role: &str| homebody(dir.path(), &["import", "model", &model(name), "--role", role]);
    assert!(import("lightgbm-binary.txt", "intent").status.success());
    assert!(import("xgboost-rank.json", "rerank").status.success());
    let refused = import("xgboost-rank.json", "intent");
    let error: serde_json::Value = serde_json::from_slice(&refused.stderr).unwrap();
    assert_eq!(error["error"]["code"], "trees_unknown_feature");
    assert!(homebody(dir.path(), &["publish"]).status.success());
    for (table, count) in [("home", 2), ("plain", 2), ("catalog", 0)] {
        assert_eq!(extras(dir.path(), table).trees.0.len(), count, "{table}");
    }
    assert_eq!(extras(dir.path(), "home").trees.of(TreeRole::Intent).unwrap().sizes.len(), 12);
}
