//! The glue that wasm-bindgen writes, made smaller together with its module.
//!
//! What it carries for browsers of other decades, and the long names that stand in both files and that no compression
//! takes out of either, weigh a kilobyte a module.

mod names;
mod trim;

use anyhow::{Result, ensure};
use walrus::Module;

/// What a module needs in the page, as text.
pub(crate) struct Glue {
    pub(crate) script: String,
    pub(crate) types: String,
}

/// Everything of these files that the stamp of a build has to know.
pub(crate) const RECIPE: &str = concat!(
    include_str!("mod.rs"),
    include_str!("names.rs"),
    include_str!("trim.rs"),
    include_str!("load.js"),
    include_str!("load.d.ts")
);

/// Makes the glue of `module` smaller.
///
/// # Errors
/// When the glue is not what this was written for: wasm-bindgen's version is pinned, so that happens on an update.
pub(crate) fn slim(module: &mut Module, glue: &Glue) -> Result<Glue> {
    calls_nothing(module)?;
    let trimmed = Glue { script: trim::script(module, &glue.script)?, types: trim::types(&glue.types)? };
    names::shorten(module, &trimmed)
}

/// Rust never calls JavaScript, except to throw what wasm-bindgen itself refuses.
fn calls_nothing(module: &Module) -> Result<()> {
    for import in module.imports.iter() {
        let mut known = ["__wbg___wbindgen_throw_", "__wbindgen_init_externref_table"].iter();
        let is_known = known.any(|known| import.name.starts_with(known));
        ensure!(is_known, "the module would call `{}` of the page", import.name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_calls_the_page_is_refused() {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        module.add_import_func("./a.js", "__wbg___wbindgen_throw_1", ty);
        assert!(calls_nothing(&module).is_ok());
        module.add_import_func("./a.js", "__wbg_now_2", ty);
        assert!(calls_nothing(&module).unwrap_err().to_string().contains("`__wbg_now_2`"));
    }
}
