//! Short names for what a module and its glue share.
//!
//! Exports carry the names of Rust's classes and methods, imports hashes; nobody but the glue uses either. Only `memory`
//! keeps its name, by which the annex imports it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use walrus::Module;

use super::Glue;

/// What stands before an export's name in the glue, and in its types.
const EXPORTS: [&str; 2] = ["wasm.", "  readonly "];
const KEPT: &str = "memory";

/// Long names by which a short one stands.
type Names = BTreeMap<String, String>;

/// Renames in all three. What the glue does not name is no export any more.
///
/// # Errors
/// When the glue names what the module does not have, or does not give what it imports.
pub(super) fn shorten(module: &mut Module, glue: &Glue) -> Result<Glue> {
    let script = imports(module, &glue.script)?;
    let names = exports(module, &script);
    let types: Vec<&str> = glue.types.lines().filter(|line| is_kept(line, &names)).collect();
    Ok(Glue {
        script: rename(&script, EXPORTS[0], &names)?,
        types: rename(&(types.join("\n") + "\n"), EXPORTS[1], &names)?,
    })
}

/// Gives every import a short name, and their only module one.
fn imports(module: &mut Module, script: &str) -> Result<String> {
    let mut script = script.to_owned();
    let mut modules = BTreeSet::new();
    for (import, short) in module.imports.iter_mut().zip(short_names()) {
        script =
            replace_once(&script, &format!("{}: function(", import.name), &format!("{short}: function("))?;
        import.name = short;
        modules.insert(std::mem::replace(&mut import.module, "i".to_owned()));
    }
    ensure!(modules.len() <= 1, "the glue gives imports by several names: {modules:?}");
    modules.iter().try_fold(script, |script, name| replace_once(&script, &format!("\"{name}\": "), "i: "))
}

/// Gives every export that the glue names a short one, and takes the others out.
fn exports(module: &mut Module, script: &str) -> Names {
    let wanted: BTreeSet<&str> = after(script, EXPORTS[0]).map(word).collect();
    let all: Vec<_> = module.exports.iter().map(|export| (export.id(), export.name.clone())).collect();
    let mut names = Names::from([(KEPT.to_owned(), KEPT.to_owned())]);
    let mut short_names = short_names();
    for (id, long) in all {
        if long == KEPT {
            continue;
        }
        match short_names.next().filter(|_| wanted.contains(long.as_str())) {
            Some(short) => {
                module.exports.get_mut(id).name.clone_from(&short);
                names.insert(long, short);
            }
            None => module.exports.delete(id),
        }
    }
    names
}

/// Puts short names where long ones stand after `before`.
fn rename(text: &str, before: &str, names: &Names) -> Result<String> {
    let mut renamed = text.split(before).next().unwrap_or_default().to_owned();
    for rest in after(text, before) {
        let long = word(rest);
        let short =
            names.get(long).with_context(|| format!("the glue names `{long}`, which the module lacks"))?;
        renamed.extend([before, short, &rest[long.len()..]]);
    }
    Ok(renamed)
}

/// Whether a line of the types is not about an export that is gone.
fn is_kept(line: &str, names: &Names) -> bool {
    line.strip_prefix(EXPORTS[1]).is_none_or(|rest| names.contains_key(word(rest)))
}

/// What follows each `before`, up to the next.
fn after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1)
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_$".contains(letter));
    &text[..end.unwrap_or(text.len())]
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    let count = text.matches(from).count();
    ensure!(count == 1, "`{}` stands {count} times in the glue", from.trim());
    Ok(text.replace(from, to))
}

/// `a` to `z`, then two letters and so on.
fn short_names() -> impl Iterator<Item = String> {
    (0usize..).map(|mut number| {
        let mut name = Vec::new();
        loop {
            name.insert(0, b'a' + (number % 26) as u8);
            if number < 26 {
                return name.iter().copied().map(char::from).collect();
            }
            number = number / 26 - 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, ValType};

    const SCRIPT: &str = "const imports = {\n__wbg_throw_4c88: function(a) {\nthrow a;\n},\n};
return { \"./rank_bg.js\": imports };
wasm.device_free(wasm.memory.buffer); wasm.device_rank(1);
wasmInstance.exports;";
    const TYPES: &str = "export interface InitOutput {
  readonly memory: WebAssembly.Memory;
  readonly device_free: (a: number) => void;
  readonly device_gone: () => void;
  readonly device_rank: (a: number) => number;
}";

    fn module() -> Module {
        let mut module = Module::default();
        let ty = module.types.add(&[ValType::I32], &[]);
        module.add_import_func("./rank_bg.js", "__wbg_throw_4c88", ty);
        let memory = module.memories.add_local(false, false, 1, None, None);
        module.exports.add("memory", memory);
        for name in ["device_rank", "device_gone", "device_free"] {
            let builder = FunctionBuilder::new(&mut module.types, &[], &[]);
            let function = builder.finish(Vec::new(), &mut module.funcs);
            module.exports.add(name, function);
        }
        module
    }

    fn glue(script: &str) -> Glue {
        Glue { script: script.to_owned(), types: TYPES.to_owned() }
    }

    #[test]
    fn both_sides_get_the_same_short_names() {
        let mut module = module();
        let short = shorten(&mut module, &glue(SCRIPT)).unwrap();
        let mut exports: Vec<_> = module.exports.iter().map(|export| export.name.as_str()).collect();
        exports.sort_unstable();
        assert_eq!(exports, ["a", "c", "memory"], "what the glue does not name is gone");
        let imports: Vec<_> =
            module.imports.iter().map(|import| (import.module.as_str(), import.name.as_str())).collect();
        assert_eq!(imports, [("i", "a")]);
        assert!(short.script.contains("\na: function(a) {\nthrow a;"), "{}", short.script);
        assert!(short.script.contains("{ i: imports }"), "{}", short.script);
        assert!(short.script.contains("wasm.c(wasm.memory.buffer); wasm.a(1);\nwasmInstance.exports;"));
        let lines: Vec<_> =
            short.types.lines().map(str::trim).filter(|line| line.starts_with("readonly")).collect();
        assert_eq!(
            lines,
            [
                "readonly memory: WebAssembly.Memory;",
                "readonly c: (a: number) => void;",
                "readonly a: (a: number) => number;"
            ]
        );
    }

    #[test]
    fn glue_of_another_module_is_refused() {
        let refused = |script: &str| shorten(&mut module(), &glue(script)).err().unwrap().to_string();
        let lacking = refused(&SCRIPT.replace("device_rank", "device_sort"));
        assert!(lacking.contains("`device_sort`, which the module lacks"), "{lacking}");
        let not_given = refused(&SCRIPT.replace("__wbg_throw_4c88", "__wbg_throw_0000"));
        assert!(not_given.contains("`__wbg_throw_4c88: function(` stands 0 times"), "{not_given}");
    }

    #[test]
    fn names_never_come_twice() {
        let names: Vec<_> = short_names().take(1000).collect();
        assert_eq!((&names[0][..], &names[25][..], &names[26][..], &names[701][..]), ("a", "z", "aa", "zz"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 1000);
        assert_eq!(names[702], "aaa");
    }
}
