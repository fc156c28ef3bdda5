//! Takes out of the glue what is there for browsers, and for uses, that we do not have.
//!
//! The package needs classes with private fields; a browser that has them has everything the glue tests for.

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, FunctionKind, Module};

/// A piece of the glue from one text up to another, and what stands there instead.
struct Piece {
    from: &'static str,
    to: &'static str,
    instead: &'static str,
}

/// Pieces that stand in the glue of a module which passes texts, or has a class; once at most.
const PIECES: [Piece; 6] = [
    // Texts without `encodeInto`.
    Piece { from: "if (realloc === undefined) {", to: "let len = arg.length;", instead: "" },
    Piece { from: "if (!('encodeInto' in cachedTextEncoder)) {", to: "let WASM_VECTOR_LEN", instead: "" },
    // A decoder that gives up after two gigabytes. Ours reads codes of errors and names.
    Piece {
        from: "const MAX_SAFARI_DECODE_BYTES",
        to: "return cachedTextDecoder.decode(bytes);",
        instead: "function decodeText(bytes) {\n",
    },
    // Modules that unwind reset themselves; ours trap.
    Piece { from: "function __wbg_call_guard() {", to: "let __wbg_instance_id", instead: "" },
    Piece {
        from: "(typeof FinalizationRegistry === 'undefined')",
        to: "new FinalizationRegistry(",
        instead: "",
    },
    Piece { from: "if (Symbol.dispose)", to: "\n", instead: "" },
];

/// Loading: every way to do it that was ever documented, with advice on the console.
const LOADING: Piece = Piece { from: "async function __wbg_load(", to: "", instead: include_str!("load.js") };
const LOADING_TYPES: Piece =
    Piece { from: "export type SyncInitInput", to: "", instead: include_str!("load.d.ts") };

/// The table of JavaScript's objects, which is filled when the module starts; the last import.
const TABLE: Piece = Piece { from: "__wbindgen_init_externref_table: function() {", to: "};\n", instead: "" };
const START: &str = "wasm.__wbindgen_start();\n";

/// The trimmed glue; `module` loses what only the rest of it used.
pub(super) fn script(module: &mut Module, glue: &str) -> Result<String> {
    let mut glue = LOADING.replace(glue)?.context("the glue loads its module in another way")?;
    for piece in &PIECES {
        glue = piece.replace(&glue)?.unwrap_or(glue);
    }
    glue = glue.replace("__wbg_call_guard();\n", "");
    ensure!(!glue.contains("__wbg_reinit_scheduled = true"), "the module resets itself: it needs its guard");
    without_objects(module, glue)
}

/// The types of the trimmed glue.
pub(super) fn types(types: &str) -> Result<String> {
    LOADING_TYPES.replace(types)?.context("the types of the glue end in another way")
}

/// No object crosses, so nothing needs a table of them.
fn without_objects(module: &mut Module, glue: String) -> Result<String> {
    if glue.contains("ExternrefTable0(") {
        return Ok(glue);
    }
    let glue = TABLE.replace(&glue)?.context("the glue fills no table of objects")?.replace(START, "");
    for name in ["__wbindgen_start", "__wbindgen_externrefs"] {
        let export = module.exports.iter().find(|export| export.name == name);
        let export = export.with_context(|| format!("the module has no `{name}`"))?;
        let (id, item) = (export.id(), export.item);
        let is_alone = match item {
            ExportItem::Function(start) => matches!(module.funcs.get(start).kind, FunctionKind::Import(_)),
            _ => true,
        };
        ensure!(is_alone, "`{name}` does more than fill the table");
        module.exports.delete(id);
    }
    walrus::passes::gc::run(module);
    Ok(glue)
}

impl Piece {
    /// The text without the piece; none where it does not begin.
    fn replace(&self, text: &str) -> Result<Option<String>> {
        let Some((before, piece)) = text.split_once(self.from) else { return Ok(None) };
        ensure!(!piece.contains(self.from), "`{}` stands twice in the glue", self.from);
        let end = if self.to.is_empty() { Some(piece.len()) } else { piece.find(self.to) };
        let end = end.with_context(|| format!("`{}` has no end in the glue", self.from))?;
        Ok(Some([before, self.instead, &piece[end..]].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{RefType, ValType};

    /// The glue in short: its imports, its texts, its loading.
    const SCRIPT: &str = "const import0 = {
__wbg_throw_1: function(arg0) {
throw new Error(arg0);
},
__wbindgen_init_externref_table: function() {
wasm.__wbindgen_externrefs.set(0, undefined);
},
};
function passStringToWasm0(arg, malloc, realloc) {
if (realloc === undefined) {
return cachedTextEncoder.encode(arg);
}
let len = arg.length;
}
const cachedTextEncoder = new TextEncoder();
if (!('encodeInto' in cachedTextEncoder)) {
cachedTextEncoder.encodeInto = function () {};
}
let WASM_VECTOR_LEN = 0;
function __wbg_finalize_init(instance) {
wasm = instance.exports;
wasm.__wbindgen_start();
return wasm;
}
async function __wbg_load(module, imports) {
console.warn('deprecated');
}
";

    fn module() -> Module {
        let mut module = Module::default();
        let nothing = module.types.add(&[], &[]);
        let (start, _) = module.add_import_func("./a.js", "__wbindgen_init_externref_table", nothing);
        let argument = module.types.add(&[ValType::I32], &[]);
        let (throw, _) = module.add_import_func("./a.js", "__wbg_throw_1", argument);
        let table = module.tables.add_local(false, 1024, None, RefType::EXTERNREF);
        module.exports.add("__wbindgen_start", start);
        module.exports.add("__wbindgen_externrefs", table);
        module.exports.add("throws", throw);
        module
    }

    #[test]
    fn what_browsers_have_is_not_tested_for() {
        let mut module = module();
        let glue = script(&mut module, SCRIPT).unwrap();
        for gone in ["realloc === undefined", "'encodeInto' in", "deprecated", "__wbindgen", "externref"] {
            assert!(!glue.contains(gone), "`{gone}` in {glue}");
        }
        for kept in
            ["let len = arg.length;", "let WASM_VECTOR_LEN", "throw new Error(arg0);\n},\n};", "initSync"]
        {
            assert!(glue.contains(kept), "no `{kept}` in {glue}");
        }
        let names: Vec<_> = module.imports.iter().map(|import| import.name.as_str()).collect();
        assert_eq!((names, module.tables.iter().count()), (vec!["__wbg_throw_1"], 0));
    }

    #[test]
    fn objects_that_cross_keep_their_table() {
        let mut module = module();
        let crossing = "addToExternrefTable0(1);\n".to_owned() + SCRIPT;
        assert!(script(&mut module, &crossing).unwrap().contains("__wbindgen_externrefs.set"));
        assert_eq!((module.imports.iter().count(), module.tables.iter().count()), (2, 1));
    }

    #[test]
    fn glue_of_another_make_is_refused() {
        let refused =
            |from: &str, to: &str| script(&mut module(), &SCRIPT.replace(from, to)).unwrap_err().to_string();
        assert!(refused("__wbg_load", "load").contains("loads its module in another way"));
        assert!(refused("let WASM", "var WASM").contains("has no end"));
        assert!(refused("let len", "if (realloc === undefined) {}\nlet len").contains("stands twice"));
        assert!(refused("__wbindgen_init_externref_table", "init").contains("fills no table"));
        assert!(types("export interface InitOutput {}").is_err());
    }
}
