//! Skipping work whose inputs did not change.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::report::Outcome;
use crate::workspace::Workspace;

/// Folders that are outputs wherever they are found.
const OUTPUTS: [&str; 3] = ["node_modules", "dist", "target"];

/// What a piece of work reads and what it leaves behind.
pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// The digest of `inputs` (files, or folders with all in them; a missing one counts as empty) and of `settings`.
    pub(crate) fn of(workspace: &Workspace, name: &str, inputs: &[PathBuf], settings: &str) -> Result<Self> {
        let mut hasher = Sha256::new();
        hasher.update(settings);
        for input in inputs {
            hash_path(&mut hasher, input)?;
        }
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Stamp {
            file: workspace.target.join("xtask").join(format!("{name}.stamp")),
            digest,
            outputs: Vec::new(),
        })
    }

    /// Names files without which the work must be done again.
    pub(crate) fn outputs(mut self, outputs: impl IntoIterator<Item = PathBuf>) -> Self {
        self.outputs.extend(outputs);
        self
    }

    /// Keeps the stamp in `file`, beside what it vouches for.
    pub(crate) fn kept_in(mut self, file: PathBuf) -> Self {
        self.file = file;
        self
    }

    /// Does the work unless the last successful one had the same inputs and its outputs are still there.
    pub(crate) fn unless_fresh(self, work: impl FnOnce() -> Result<()>) -> Result<Outcome> {
        if self.is_fresh() {
            return Ok(Outcome::Skipped("unchanged"));
        }
        work()?;
        if let Some(missing) = self.outputs.iter().find(|output| !output.exists()) {
            anyhow::bail!("the step ended well but left no `{}`", missing.display());
        }
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.digest).with_context(|| format!("writing `{}`", self.file.display()))?;
        Ok(Outcome::Done)
    }

    fn is_fresh(&self) -> bool {
        self.outputs.iter().all(|output| output.exists())
            && fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.digest)
    }
}

fn hash_path(hasher: &mut Sha256, path: &Path) -> Result<()> {
    hasher.update(path.to_string_lossy().as_bytes());
    hasher.update([0]);
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            if !OUTPUTS.iter().any(|output| entry.ends_with(output)) {
                hash_path(hasher, &entry)?;
            }
        }
    } else if path.is_file() {
        let bytes = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("homebody-stamp-{}-{name}", std::process::id()));
            fs::create_dir_all(folder.join("in/dist")).unwrap();
            fs::write(folder.join("in/source"), "1").unwrap();
            Scratch(folder)
        }

        /// Whether the work was done.
        fn work(&self, settings: &str) -> bool {
            let workspace =
                Workspace { root: self.0.clone(), target: self.0.join("target"), packages: Vec::new() };
            let output = self.0.join("out");
            let mut done = false;
            Stamp::of(&workspace, "test", &[self.0.join("in")], settings)
                .unwrap()
                .outputs([output.clone()])
                .unless_fresh(|| {
                    done = true;
                    Ok(fs::write(&output, "")?)
                })
                .unwrap();
            done
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn unchanged_work_is_done_once() {
        let scratch = Scratch::new("once");
        assert!(scratch.work("a"));
        assert!(!scratch.work("a"));
    }

    #[test]
    fn inputs_settings_and_outputs_count() {
        let scratch = Scratch::new("counts");
        assert!(scratch.work("a"));
        fs::write(scratch.0.join("in/source"), "2").unwrap();
        assert!(scratch.work("a"), "a changed input");
        assert!(scratch.work("b"), "changed settings");
        fs::remove_file(scratch.0.join("out")).unwrap();
        assert!(scratch.work("b"), "a missing output");
    }

    #[test]
    fn what_is_built_inside_an_input_folder_does_not_count() {
        let scratch = Scratch::new("built");
        assert!(scratch.work("a"));
        fs::write(scratch.0.join("in/dist/bundle.js"), "built").unwrap();
        assert!(!scratch.work("a"));
    }
}
