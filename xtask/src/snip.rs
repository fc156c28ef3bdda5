//! Takes the panic messages out of a browser module.
//!
//! A panic ends in a trap, and what it would say first goes nowhere: there is no console behind a Wasm module and we
//! install no hook. So the functions that only lead to the trap become the trap, and the formatting machinery they
//! alone keep alive is dropped by wasm-opt: 8 % of the module. What traps and when stays the same.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

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

/// Replaces the bodies and says how many there were. The module still has its names.
pub(crate) fn snip(module: &mut Module) -> usize {
    let diverges = |id| module.funcs.get(id).name.as_deref().is_some_and(is_diverging);
    let found: Vec<FunctionId> =
        module.funcs.iter_local().map(|(id, _)| id).filter(|&id| diverges(id)).collect();
    for &id in &found {
        let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
        builder.func_body().unreachable();
        let arguments = parameters.iter().map(|&kind| module.locals.add(kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
    }
    found.len()
}

fn is_diverging(name: &str) -> bool {
    let path = name.trim_start_matches('<');
    // Whether a panic is under way is also asked by those who are not panicking.
    let asks = path.contains("::panic_count::");
    !asks
        && STANDARD.iter().any(|krate| path.starts_with(krate))
        && DIVERGING.iter().any(|part| path.contains(part))
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
        for name in [
            "homebody_device::panicking::panic",
            "std[a543996e6e7dbf1e]::panicking::panic_count::is_zero_slow_path",
            "alloc[3ca501edff3f0c7c]::alloc::exchange_malloc",
            "<core[c5930c85a12de822]::fmt::Formatter>::pad",
        ] {
            assert!(!is_diverging(name), "{name}");
        }
    }

    #[test]
    fn the_body_becomes_a_trap() {
        let mut module = Module::default();
        let number = walrus::ValType::I32;
        let mut builder = FunctionBuilder::new(&mut module.types, &[number], &[]);
        builder.func_body().i32_const(1).drop();
        let arguments = vec![module.locals.add(number)];
        let long = builder.finish(arguments, &mut module.funcs);
        module.funcs.get_mut(long).name = Some("core[1]::panicking::panic_bounds_check".into());
        assert_eq!(snip(&mut module), 1);
        assert_eq!(module.funcs.get(long).kind.unwrap_local().size(), 1, "one instruction");
    }
}
