//! Every input that fuzzing found worth keeping is tried again: what once was a surprise stays none.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_tests::fuzz::TARGETS;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_input_of_the_corpus_is_handled_as_it_should() {
    let mut failed = Vec::new();
    for (name, run) in TARGETS {
        let inputs = files(&folder().join(name));
        assert!(!inputs.is_empty(), "`{name}` has inputs");
        for input in inputs {
            let bytes = std::fs::read(&input).unwrap();
            if catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err() {
                failed.push(input);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_folder_and_every_binary_has_its_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = |folder: &Path| -> BTreeSet<String> {
        files(folder).iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names(&folder()), targets);
    assert_eq!(names(&folder().with_file_name("targets")), targets);
}
