//! `graph`: the crates may depend on one another only as ARCHITECTURE.md draws it.
//!
//! This is what makes "the server cannot name a profile" a fact of the build.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::fault::fault;
use crate::report;
use crate::workspace::Workspace;

/// Every edge between product crates that must exist, and no other may.
const ALLOWED: [(&str, &str); 9] = [
    ("homebody-device", "homebody-protocol"),
    ("homebody-lab", "homebody-device"),
    ("homebody-lab", "homebody-learn"),
    ("homebody-lab", "homebody-protocol"),
    ("homebody-learn", "homebody-protocol"),
    ("homebody-server", "homebody-learn"),
    ("homebody-server", "homebody-protocol"),
    ("homebody-wasm", "homebody-device"),
    ("homebody-wasm", "homebody-protocol"),
];

/// Packages that may use anything; nothing may use them, but what runs them.
const OBSERVERS: [&str; 4] = ["homebody-tests", "homebody-benches", "homebody-examples", "homebody-fuzz"];

/// The fuzz targets are one line each: what they do is tried by the tests, too.
const RUNS_TESTS: (&str, &str) = ("homebody-fuzz", "homebody-tests");

/// A crate that may not even be a dev-dependency, so that no test of the server grows a habit of holding profiles.
const NEVER_EVEN_IN_TESTS: (&str, &str) = ("homebody-server", "homebody-device");

/// Checks the workspace and prints every offending edge with the reason.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let edges = edges(workspace);
    let offences = offences(&edges);
    for offence in &offences {
        report::say(format!("  {offence}"));
    }
    if !offences.is_empty() {
        let problem = format!("the crate graph has {} offending edge(s), listed above", offences.len());
        return Err(fault(problem, "remove the dependency from that crate's Cargo.toml, or move the code"));
    }
    report::say(format!("graph: {} edges between crates, all of them allowed", edges.len()));
    Ok(())
}

/// A dependency between two packages of the workspace.
#[derive(Clone, Debug, PartialEq)]
struct Edge {
    from: String,
    to: String,
    in_tests_only: bool,
}

fn edges(workspace: &Workspace) -> Vec<Edge> {
    let names = workspace.names();
    let mut edges = Vec::new();
    for package in &workspace.packages {
        for dependency in package.dependencies.iter().filter(|line| names.contains(line.name.as_str())) {
            edges.push(Edge {
                from: package.name.clone(),
                to: dependency.name.clone(),
                in_tests_only: dependency.kind.as_deref() == Some("dev"),
            });
        }
    }
    edges
}

fn offences(edges: &[Edge]) -> Vec<String> {
    let mut offences: Vec<String> = edges.iter().filter_map(offence).collect();
    let present: BTreeSet<(&str, &str)> = edges
        .iter()
        .filter(|edge| !edge.in_tests_only)
        .map(|edge| (edge.from.as_str(), edge.to.as_str()))
        .collect();
    for (from, to) in ALLOWED {
        if !present.contains(&(from, to)) {
            offences.push(format!("{from} -> {to}: missing, though ARCHITECTURE.md draws it"));
        }
    }
    offences
}

fn offence(edge: &Edge) -> Option<String> {
    let pair = (edge.from.as_str(), edge.to.as_str());
    let why = if pair == NEVER_EVEN_IN_TESTS {
        "the server must not be able to name a profile, not even in its tests"
    } else if pair == RUNS_TESTS {
        return None;
    } else if OBSERVERS.contains(&pair.1) || pair.1 == "xtask" {
        "nothing may depend on tests, benches, examples or xtask"
    } else if pair.0 == "xtask" {
        "xtask runs commands and depends on no crate of the product"
    } else if edge.in_tests_only || OBSERVERS.contains(&pair.0) || ALLOWED.contains(&pair) {
        return None;
    } else {
        "not on the list of allowed edges (xtask/src/graph.rs)"
    };
    Some(format!("{} -> {}: {why}", pair.0, pair.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str, in_tests_only: bool) -> Edge {
        Edge { from: from.into(), to: to.into(), in_tests_only }
    }

    fn allowed() -> Vec<Edge> {
        ALLOWED.iter().map(|(from, to)| edge(from, to, false)).collect()
    }

    fn with(extra: Edge) -> Vec<String> {
        let mut edges = allowed();
        edges.push(extra);
        offences(&edges)
    }

    #[test]
    fn the_drawn_graph_passes() {
        assert_eq!(offences(&allowed()), Vec::<String>::new());
    }

    #[test]
    fn the_server_may_not_name_the_device() {
        let found = with(edge("homebody-server", "homebody-device", false));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("homebody-server -> homebody-device"), "{found:?}");
    }

    #[test]
    fn the_server_may_not_name_the_device_in_tests_either() {
        assert_eq!(with(edge("homebody-server", "homebody-device", true)).len(), 1);
    }

    #[test]
    fn tests_use_anything_and_nothing_uses_tests() {
        assert!(with(edge("homebody-tests", "homebody-device", false)).is_empty());
        assert_eq!(with(edge("homebody-device", "homebody-tests", true)).len(), 1);
        assert!(with(edge("homebody-fuzz", "homebody-tests", false)).is_empty());
        assert_eq!(with(edge("homebody-tests", "homebody-fuzz", false)).len(), 1);
        assert_eq!(with(edge("homebody-lab", "xtask", false)).len(), 1);
    }

    #[test]
    fn dev_dependencies_are_free_elsewhere() {
        assert!(with(edge("homebody-device", "homebody-learn", true)).is_empty());
        assert_eq!(with(edge("homebody-device", "homebody-learn", false)).len(), 1);
    }

    #[test]
    fn xtask_depends_on_no_crate() {
        assert_eq!(with(edge("xtask", "homebody-protocol", false)).len(), 1);
    }

    #[test]
    fn a_missing_edge_is_reported() {
        let mut edges = allowed();
        edges.remove(0);
        assert_eq!(offences(&edges).len(), 1);
    }
}
