//! Cuts the hot module in two: what every page needs, and an annex for pools that use more.
//!
//! Both halves share one memory, one table of functions and one stack, so an annexed function is called as any other:
//! at its entrance the first half has a call through a slot of the table, which the annex fills when it is instantiated
//! (`js/src/rank/annex.ts`). Nothing is compiled twice. Before the annex is there such a call traps; the stages enter it
//! only for pools and calls that the page has loaded it for.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId,
    GlobalKind, ImportedFunction, MemoryId, Module, RefType, TableId,
};

/// Where the annex is entered, by how names end. What is reached through these alone moves.
pub(crate) const ENTRANCES: [&str; 31] = [
    "homebody_device::audit::Audit::of",
    "homebody_device::bandit::pending::Pending::judge",
    "homebody_device::intent::probability",
    "homebody_device::onboarding::Wishes::asked",
    "homebody_device::onboarding::next_question",
    "homebody_device::rank::affinity::add_answers",
    "homebody_device::rank::diversify::calibration::Calibration::gain",
    "homebody_device::rank::diversify::calibration::Calibration::new",
    "homebody_device::rank::diversify::calibration::Calibration::place",
    "homebody_device::rank::diversify::calibration::Calibration::prepare",
    "homebody_device::rank::diversify::levels::choose",
    "homebody_device::rank::diversify::levels::weigh",
    "homebody_device::rank::diversify::quotas::excess",
    "homebody_device::rank::diversify::serendipity::is_novel",
    "homebody_device::rank::diversify::shelf::Shelf::new",
    "homebody_device::rank::diversify::shelf::Shelf::place",
    "homebody_device::rank::duplicates::drop_worse",
    "homebody_device::rank::explore::explore",
    "homebody_device::rank::explore::remember",
    "homebody_device::rank::fatigue::take_away",
    "homebody_device::rank::hybrid::apply",
    "homebody_device::rank::leaning::ExpectedRates::of_pool",
    "homebody_device::rank::rules::arrange",
    "homebody_device::rank::rules::judge",
    "homebody_device::rank::rules::lift",
    "homebody_device::rank::rules::put",
    "homebody_device::rank::trees::add_margins",
    "homebody_device::segments::follow",
    "homebody_protocol::policy::Policy::sane",
    "homebody_protocol::table::extras::read_sections",
    "homebody_wasm::rank::Device::audit",
];

/// The name under which the annex imports from the first half; exports of the first half for it begin with `#`.
const HOST: &str = "rank";

/// The two halves of a module: the one that is instantiated first, and its annex.
pub(crate) struct Halves {
    pub(crate) host: Vec<u8>,
    pub(crate) annex: Vec<u8>,
}

/// Cuts `wasm`, whose functions still have their names, at `entrances`.
///
/// # Errors
/// When an entrance is missing: its function was inlined, renamed or never called.
pub(crate) fn cut(wasm: &[u8], entrances: &[&str]) -> Result<Halves> {
    // Parsed twice: both times the parts come in the same order, so that slots and names agree.
    let mut host = Module::from_buffer(wasm)?;
    let mut annex = Module::from_buffer(wasm)?;
    let plan = Plan::of(&host, entrances)?;
    keep_host(&mut host, &plan);
    let plan = Plan::of(&annex, entrances)?;
    keep_annex(&mut annex, &plan);
    Ok(Halves { host: host.emit_wasm(), annex: annex.emit_wasm() })
}

/// Who stays, who moves, and what they share.
struct Plan {
    /// Functions that become slots of the table, from `base` on.
    entrances: Vec<FunctionId>,
    table: TableId,
    base: u64,
    memory: MemoryId,
    /// Functions of the first half that the annex calls.
    called: Vec<FunctionId>,
    /// Globals that the annex uses: the stack pointer.
    globals: Vec<GlobalId>,
}

impl Plan {
    fn of(module: &Module, entrances: &[&str]) -> Result<Self> {
        let entrances = entrances.iter().map(|name| entrance(module, name)).collect::<Result<Vec<_>>>()?;
        let mut stay = reached(module, roots(module), &entrances.iter().copied().collect()).functions;
        stay.retain(|id| !entrances.contains(id));
        let used = reached(module, entrances.clone(), &stay);
        let table = module.tables.main_function_table()?.context("the module has no table of functions")?;
        let mut called: Vec<_> = used.functions.intersection(&stay).copied().collect();
        let mut globals: Vec<_> = used.globals.into_iter().collect();
        called.sort();
        globals.sort();
        let base = module.tables.get(table).initial;
        let memory = module.memories.iter().next().context("the module has no memory")?.id();
        Ok(Self { entrances, table, base, memory, called, globals })
    }
}

/// The first half: its entrances become calls through the table, and what the annex needs gets a name.
fn keep_host(module: &mut Module, plan: &Plan) {
    let slots = plan.entrances.len() as u64;
    let table = module.tables.get_mut(plan.table);
    table.initial += slots;
    table.maximum = table.maximum.map(|most| most + slots);
    for (slot, &id) in (plan.base..).zip(&plan.entrances) {
        call_slot(module, id, plan.table, slot as i32);
    }
    module.exports.add("#t", plan.table);
    for (number, &id) in plan.globals.iter().enumerate() {
        module.exports.add(&format!("#g{number}"), id);
    }
    for (number, &id) in plan.called.iter().enumerate() {
        module.exports.add(&format!("#{number}"), id);
    }
    walrus::passes::gc::run(module);
}

/// The annex: everything of the first half is imported, and instantiating it fills the slots.
fn keep_annex(module: &mut Module, plan: &Plan) {
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    let data: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    data.into_iter().for_each(|id| module.data.delete(id));
    module.memories.get_mut(plan.memory).data_segments.clear();
    let elements: Vec<_> = module.elements.iter().map(|element| element.id()).collect();
    elements.into_iter().for_each(|id| module.elements.delete(id));
    module.start = None;

    let memory = module.imports.add(HOST, "memory", plan.memory);
    module.memories.get_mut(plan.memory).import = Some(memory);
    let import = module.imports.add(HOST, "#t", plan.table);
    let offset = ConstExpr::Value(Value::I32(plan.base as i32));
    let kind = ElementKind::Active { table: plan.table, offset };
    let filled = module.elements.add(kind, ElementItems::Functions(plan.entrances.clone()));
    let table = module.tables.get_mut(plan.table);
    table.import = Some(import);
    table.initial += plan.entrances.len() as u64;
    table.maximum = None;
    table.elem_segments.clear();
    table.elem_segments.insert(filled);
    for (number, &id) in plan.globals.iter().enumerate() {
        let import = module.imports.add(HOST, &format!("#g{number}"), id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    for (number, &id) in plan.called.iter().enumerate() {
        let ty = module.funcs.get(id).ty();
        let import = module.imports.add(HOST, &format!("#{number}"), id);
        module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    walrus::passes::gc::run(module);
}

/// Replaces a function by one that hands its arguments on through a slot of the table.
fn call_slot(module: &mut Module, id: FunctionId, table: TableId, slot: i32) {
    let ty = module.funcs.get(id).ty();
    let (parameters, results) = module.types.params_results(ty);
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let arguments: Vec<_> = parameters.iter().map(|&kind| module.locals.add(kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    let mut body = builder.func_body();
    for &argument in &arguments {
        body.local_get(argument);
    }
    body.i32_const(slot).call_indirect(ty, table);
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

/// The one function of that name, generic or not.
fn entrance(module: &Module, name: &str) -> Result<FunctionId> {
    let is_named = |id: &FunctionId| {
        let known = module.funcs.get(*id).name.as_deref();
        known.and_then(|known| known.strip_prefix(name)).is_some_and(|hash| {
            hash.is_empty() || hash.starts_with("::h") && hash.len() == "::h0123456789abcdef".len()
        })
    };
    let found: Vec<_> = module.funcs.iter_local().map(|(id, _)| id).filter(is_named).collect();
    ensure!(found.len() == 1, "{} functions are called `{name}`; is it inlined or renamed?", found.len());
    Ok(found[0])
}

/// Where the first half may be entered: exports, and whatever is called through pointers.
fn roots(module: &Module) -> Vec<FunctionId> {
    let exported = module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some(id),
        _ => None,
    });
    let mut roots: Vec<_> = exported.chain(module.start).collect();
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(ids) => roots.extend(ids),
            ElementItems::Expressions(RefType::FUNCREF, items) => {
                roots.extend(items.iter().filter_map(|item| match item {
                    ConstExpr::RefFunc(id) => Some(*id),
                    _ => None,
                }));
            }
            ElementItems::Expressions(..) => {}
        }
    }
    roots
}

#[derive(Default)]
struct Reached {
    functions: HashSet<FunctionId>,
    globals: HashSet<GlobalId>,
    next: Vec<FunctionId>,
}

impl<'instr> Visitor<'instr> for Reached {
    fn visit_function_id(&mut self, id: &FunctionId) {
        if self.functions.insert(*id) {
            self.next.push(*id);
        }
    }

    fn visit_global_id(&mut self, id: &GlobalId) {
        self.globals.insert(*id);
    }
}

/// What is used from `roots` on; functions of `walls` are reached and not entered.
fn reached(module: &Module, roots: Vec<FunctionId>, walls: &HashSet<FunctionId>) -> Reached {
    let mut reached = Reached::default();
    roots.iter().for_each(|id| reached.visit_function_id(id));
    while let Some(id) = reached.next.pop() {
        if walls.contains(&id) {
            continue;
        }
        if let FunctionKind::Local(function) = &module.funcs.get(id).kind {
            dfs_in_order(&mut reached, function, function.entry_block());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    /// `stays` is exported and calls `entered`, which calls `moves` and `stays_too`; that is exported as well. All add
    /// to the one global.
    fn module() -> Module {
        let mut module = Module::default();
        let table = module.tables.add_local(false, 1, Some(1), RefType::FUNCREF);
        module.memories.add_local(false, false, 1, None, None);
        let zero = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, true, false, zero.clone());
        let mut function = |name: &str, callees: &[FunctionId]| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            let argument = module.locals.add(ValType::I32);
            let mut body = builder.func_body();
            body.global_get(global)
                .local_get(argument)
                .binop(walrus::ir::BinaryOp::I32Add)
                .global_set(global);
            callees.iter().for_each(|&callee| {
                body.local_get(argument).call(callee).drop();
            });
            body.global_get(global);
            let id = builder.finish(vec![argument], &mut module.funcs);
            module.funcs.get_mut(id).name = Some(name.to_owned());
            id
        };
        let moves = function("krate::moves::h0123456789abcdef", &[]);
        let stays_too = function("krate::stays_too", &[]);
        let entered = function("krate::entered::h0123456789abcdef", &[moves, stays_too]);
        let stays = function("krate::stays", &[entered, stays_too]);
        module.exports.add("stays", stays);
        module.exports.add("stays_too", stays_too);
        let kind = ElementKind::Active { table, offset: zero };
        let filled = module.elements.add(kind, ElementItems::Functions(vec![stays]));
        module.tables.get_mut(table).elem_segments.insert(filled);
        module
    }

    fn names(wasm: &[u8]) -> Vec<String> {
        let module = Module::from_buffer(wasm).unwrap();
        let mut names: Vec<_> =
            module.funcs.iter_local().filter_map(|(id, _)| module.funcs.get(id).name.clone()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_reached_through_entrances_alone_moves() {
        let halves = cut(&module().emit_wasm(), &["krate::entered"]).unwrap();
        let entered = "krate::entered::h0123456789abcdef";
        assert_eq!(names(&halves.host), [entered, "krate::stays", "krate::stays_too"]);
        assert_eq!(names(&halves.annex), [entered, "krate::moves::h0123456789abcdef"]);
        let (host, annex) =
            (Module::from_buffer(&halves.host).unwrap(), Module::from_buffer(&halves.annex).unwrap());
        let offered: HashSet<_> = host.exports.iter().map(|export| export.name.as_str()).collect();
        let wanted: Vec<_> = annex.imports.iter().map(|import| import.name.as_str()).collect();
        assert_eq!(wanted, ["#t", "#g0", "#0"], "no more than the annex uses");
        assert!(wanted.iter().all(|name| offered.contains(name)), "{wanted:?} of {offered:?}");
        let slots = |module: &Module| module.tables.iter().next().unwrap().initial;
        assert_eq!((slots(&host), slots(&annex)), (2, 2), "a slot for the entrance");
    }

    #[test]
    fn an_entrance_that_is_gone_is_an_error() {
        let refused = cut(&module().emit_wasm(), &["krate::inlined"]).err().unwrap().to_string();
        assert!(refused.contains("0 functions are called `krate::inlined`"), "{refused}");
    }
}
