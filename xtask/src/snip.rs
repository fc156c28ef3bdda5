//! Takes the panic messages out of a browser module.
//!
//! A panic ends in a trap, and what it would say first goes nowhere: there is no console behind a Wasm module and we
//! install no hook. So the functions that only lead to the trap become the trap, and the formatting machinery they
//! alone keep alive is dropped by wasm-opt: 8 % of the module. What traps and when stays the same.

use std::collections::HashSet;

use crate::leftovers::{self, Addresses};
use anyhow::{Result, ensure};
use walrus::ir::{Call, Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, DataKind, FunctionBuilder, FunctionId, FunctionKind, InstrSeqBuilder, Module};

/// Parts of the names of the standard library's functions that never return, or run only on the way to the trap.
/// Hashes of crates stand in the names, so whole ones cannot be listed.
const DIVERGING: [&str; 14] = [
    "::panicking::panic",
    "::panicking::begin_panic",
    "::rust_begin_unwind",
    "::rust_oom",
    "::slice::index::slice_index_fail",
    "::str::slice_error_fail",
    "::option::unwrap_failed",
    "::option::expect_failed",
    "::result::unwrap_failed",
    "::raw_vec::handle_error",
    "::raw_vec::capacity_overflow",
    "::alloc::handle_alloc_error",
    "::assert_failed",
    "::cell::panic_already",
];

/// The crates of the standard library, as names begin with them; methods of traits with a `<` before.
const STANDARD: [&str; 4] = ["core[", "alloc[", "std[", "__rustc["];

/// Snips, and says how many functions. The module comes from the compiler and still has its names: wasm-bindgen then
/// makes no glue for what is gone. In a module that `speaks`, a library puts text together for errors that are never met:
/// that traps, too.
///
/// # Errors
/// When another module formats text besides.
pub(crate) fn snip(module: &mut Module, speaks: bool) -> Result<usize> {
    demangle(module);
    let names = |id: FunctionId| module.funcs.get(id).name.clone();
    let tables = Addresses::of(module).owned(names);
    let named = |test: fn(&str) -> bool| -> HashSet<FunctionId> {
        let locals = module.funcs.iter_local().map(|(id, _)| id);
        locals.filter(|&id| module.funcs.get(id).name.as_deref().is_some_and(test)).collect()
    };
    let diverging = named(is_diverging);
    let formatting = &named(is_formatting) - &diverging;
    if !speaks {
        ensure_unused(module, &formatting, &diverging)?;
    }
    formatting.iter().for_each(|&id| trap(module, id));
    diverging.iter().for_each(|&id| trap(module, id));
    blank_places(module);
    walrus::passes::gc::run(module);
    leftovers::blank(module, &tables);
    leftovers::blank_messages(module);
    Ok(diverging.len())
}

fn demangle(module: &mut Module) {
    for function in module.funcs.iter_mut() {
        let known = function.name.as_deref().and_then(|name| rustc_demangle::try_demangle(name).ok());
        if let Some(name) = known.map(|name| name.to_string()) {
            function.name = Some(name);
        }
    }
}

/// Whether nothing but panics calls `formatting`.
fn ensure_unused(
    module: &Module,
    formatting: &HashSet<FunctionId>,
    diverging: &HashSet<FunctionId>,
) -> Result<()> {
    let kept =
        module.funcs.iter_local().filter(|(id, _)| !diverging.contains(id) && !formatting.contains(id));
    for (id, function) in kept {
        let mut calls = Calls { wanted: formatting, found: false };
        dfs_in_order(&mut calls, function, function.entry_block());
        let name = module.funcs.get(id).name.as_deref().unwrap_or("?");
        ensure!(!calls.found, "`{name}` formats text, which a browser module has no room for");
    }
    Ok(())
}

struct Calls<'a> {
    wanted: &'a HashSet<FunctionId>,
    found: bool,
}

impl<'instr> Visitor<'instr> for Calls<'_> {
    fn visit_call(&mut self, call: &Call) {
        self.found |= self.wanted.contains(&call.func);
    }
}

fn trap(module: &mut Module, id: FunctionId) {
    replace(module, id, |body| {
        body.unreachable();
    });
}

fn replace(module: &mut Module, id: FunctionId, write: impl FnOnce(&mut InstrSeqBuilder)) {
    let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    write(&mut builder.func_body());
    let arguments = parameters.iter().map(|&kind| module.locals.add(kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

/// Zeroes where in which source file a panic happened: nobody reads it, and it names folders of the machine that built
/// the module. A place is four words: address and length of the file's name, line, column.
fn blank_places(module: &mut Module) {
    let ids: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in ids {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = data.kind else {
            continue;
        };
        let word = |at: usize, bytes: &[u8]| {
            bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes) as usize
        };
        let mut blank = Vec::new();
        for at in (0..data.value.len()).step_by(4) {
            let [name, length, line, column] = [0, 4, 8, 12].map(|part| word(at + part, &data.value));
            let Some(start) = name.checked_sub(offset as usize) else { continue };
            let file = data.value.get(start..start.saturating_add(length)).unwrap_or_default();
            if file.ends_with(b".rs") && (1..100_000).contains(&line) && (1..1_000).contains(&column) {
                blank.extend([at..at + 16, start..start + length]);
            }
        }
        for range in blank {
            data.value[range].fill(0);
        }
    }
}

fn is_diverging(name: &str) -> bool {
    // Whether a panic is under way is also asked by those who are not panicking.
    is_standard(name) && !name.contains("::panic_count::") && DIVERGING.iter().any(|part| name.contains(part))
}

fn is_formatting(name: &str) -> bool {
    is_standard(name) && name.contains("::fmt::")
}

fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|krate| name.trim_start_matches(['<', '&']).starts_with(krate))
        || is_of_a_primitive(name)
}

/// Whether it is a method of one of the standard library's traits for a type without a path, such as `&str`.
fn is_of_a_primitive(name: &str) -> bool {
    let of = name.strip_prefix('<').and_then(|rest| rest.split_once(" as core["));
    of.is_some_and(|(of, _)| !of.contains("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_returns_is_snipped() {
        for name in [
            "core[c5930c85a12de822]::panicking::panic_bounds_check",
            "alloc[3ca501edff3f0c7c]::raw_vec::handle_error",
            "<std[a543996e6e7dbf1e]::panicking::panic_handler::FormatStringPayload as core[c5930c85a12de822]::fmt::Display>::fmt",
        ] {
            assert!(is_diverging(name), "{name}");
        }
        assert!(is_standard("<&str as core[c5930c85a12de822]::fmt::Display>::fmt"));
        assert!(!is_standard("<homebody_device::Text as core[c5930c85a12de822]::fmt::Display>::fmt"));
        for name in [
            "homebody_device::panicking::panic",
            "std[a543996e6e7dbf1e]::panicking::panic_count::is_zero_slow_path",
            "alloc[3ca501edff3f0c7c]::alloc::exchange_malloc",
            "<core[c5930c85a12de822]::fmt::Formatter>::pad",
        ] {
            assert!(!is_diverging(name), "{name}");
        }
    }

    /// An exported function that calls another, or just returns 1.
    fn function(module: &mut Module, name: &str, callee: Option<FunctionId>) -> FunctionId {
        let number = walrus::ValType::I32;
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[number]);
        match callee {
            Some(callee) => builder.func_body().call(callee),
            None => builder.func_body().i32_const(1),
        };
        let id = builder.finish(Vec::new(), &mut module.funcs);
        module.funcs.get_mut(id).name = Some(name.into());
        module.exports.add(name, id);
        id
    }

    fn first(module: &Module, id: FunctionId) -> String {
        let function = module.funcs.get(id).kind.unwrap_local();
        format!("{:?}", function.block(function.entry_block()).instrs[0].0)
    }

    #[test]
    fn the_body_becomes_a_trap() {
        let mut module = Module::default();
        let long = function(&mut module, "core[1]::panicking::panic_bounds_check", None);
        assert_eq!(snip(&mut module, false).unwrap(), 1);
        assert!(first(&module, long).starts_with("Unreachable"), "{}", first(&module, long));
    }

    #[test]
    fn a_module_that_formats_is_refused() {
        let formats = |caller: &str| {
            let mut module = Module::default();
            let write = function(&mut module, "core[1]::fmt::write", None);
            function(&mut module, caller, Some(write));
            snip(&mut module, false)
        };
        assert!(formats("core[1]::panicking::panic_fmt").is_ok(), "only a panic formats");
        let own = "homebody_device::rank::rank";
        let refused = formats(own).unwrap_err().to_string();
        assert!(refused.contains(own), "{refused}");
    }

    #[test]
    fn places_are_blanked_and_nothing_else() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let mut bytes = b"a.rs and b.rs...".to_vec();
        for word in [1024u32, 4, 12, 5, 1033, 4, 0, 0] {
            bytes.extend(word.to_le_bytes());
        }
        let offset = ConstExpr::Value(Value::I32(1024));
        module.data.add(DataKind::Active { memory, offset }, bytes);
        blank_places(&mut module);
        let value = &module.data.iter().next().unwrap().value;
        assert_eq!(&value[..32], [&[0; 4][..], b" and b.rs...", &[0; 16]].concat());
        assert_eq!(&value[32..36], 1033u32.to_le_bytes(), "line 0 is no place");
    }
}
