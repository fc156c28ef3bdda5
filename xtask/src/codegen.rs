//! `codegen`: the TypeScript types of the Rust types, written by ts-rs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::fault::fault;
use crate::report;
use crate::workspace::Workspace;

/// Where the npm package keeps them; they are committed.
const FOLDER: &str = "js/src/generated";

/// The crates whose types reach TypeScript, with the feature that derives them.
pub(crate) const CRATES: [&str; 6] = [
    "--package",
    "homebody-protocol",
    "--package",
    "homebody-device",
    "--features",
    "homebody-protocol/ts,homebody-device/ts",
];

/// Writes [`FOLDER`], or with `check` compares it with what would be written. `packages` are cargo's flags for a set of
/// packages that has [`CRATES`] in it.
pub(crate) fn run(workspace: &Workspace, check: bool, packages: &[&str]) -> Result<()> {
    let fresh = workspace.target.join("xtask/generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    export(workspace, &fresh, packages)?;
    let (wanted, present) = (read(&fresh)?, read(&workspace.at(FOLDER))?);
    if wanted.is_empty() {
        return Err(fault(
            "ts-rs wrote no types",
            "derive `TS` with #[ts(export)] on the types that reach TypeScript",
        ));
    }
    let changes = differences(&wanted, &present);
    if check {
        return verdict(&changes, wanted.len());
    }
    write(&workspace.at(FOLDER), &wanted, &present)?;
    report::say(format!("codegen: {} types in {FOLDER}, {} changed", wanted.len(), changes.len()));
    Ok(())
}

/// Runs the export tests that ts-rs derives.
fn export(workspace: &Workspace, folder: &Path, packages: &[&str]) -> Result<()> {
    workspace
        .cargo(["test", "--lib"])
        .args(packages)
        .args(["export_bindings"])
        .env("TS_RS_EXPORT_DIR", folder)
        .env("TS_RS_IMPORT_EXTENSION", "js")
        .env("TS_RS_LARGE_INT", "number")
        .run()
}

type Files = BTreeMap<PathBuf, String>;

fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(next) = pending.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ts") {
                let text =
                    fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
                files.insert(path.strip_prefix(folder)?.to_path_buf(), text);
            }
        }
    }
    Ok(files)
}

fn differences(wanted: &Files, present: &Files) -> Vec<String> {
    let mut changes = Vec::new();
    for (path, text) in wanted {
        match present.get(path) {
            None => changes.push(format!("{}: missing", path.display())),
            Some(old) if old != text => changes.push(format!("{}: differs", path.display())),
            Some(_) => {}
        }
    }
    let left = present.keys().filter(|path| !wanted.contains_key(*path));
    changes.extend(left.map(|path| format!("{}: no Rust type writes it any more", path.display())));
    changes
}

fn verdict(changes: &[String], types: usize) -> Result<()> {
    if changes.is_empty() {
        report::say(format!("codegen: {types} types, all up to date"));
        return Ok(());
    }
    let problem = format!("{FOLDER} is out of date:\n  {}", changes.join("\n  "));
    Err(fault(problem, "run `cargo xtask codegen` and commit the result"))
}

fn write(folder: &Path, wanted: &Files, present: &Files) -> Result<()> {
    for path in present.keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(folder.join(path))?;
    }
    for (path, text) in wanted.iter().filter(|(path, text)| present.get(*path) != Some(*text)) {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let wanted = files(&[("A.ts", "1"), ("B.ts", "2"), ("C.ts", "3")]);
        let present = files(&[("A.ts", "1"), ("B.ts", "old"), ("D.ts", "4")]);
        let found = differences(&wanted, &present);
        assert_eq!(found, ["B.ts: differs", "C.ts: missing", "D.ts: no Rust type writes it any more"]);
        assert!(verdict(&found, 3).is_err());
    }

    #[test]
    fn equal_folders_pass() {
        let wanted = files(&[("A.ts", "1")]);
        assert!(verdict(&differences(&wanted, &wanted), 1).is_ok());
    }
}
