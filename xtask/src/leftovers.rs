//! Zeroes the tables and messages of the standard library that nothing reads any more.
//!
//! The linker dropped what nothing used before the machinery of formatting was snipped; its tables (digits of floats,
//! which letters can be printed) are still in the data, a fifth of what `care` weighed. An object's address stands in
//! the code that reads it. So a table is known by the address that only functions of these modules of the standard
//! library had, all of which are gone, and ends where the next address begins that anything had.

use std::collections::{BTreeMap, HashSet};

use walrus::ir::{Const, Load, Store, Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, DataKind, FunctionId, Module};

/// Modules of the standard library that keep tables to format by.
const OWNERS: [&str; 3] = ["::num::flt2dec::", "::unicode::printable::", "::unicode::unicode_data::"];

/// What panics of the standard library say, in pieces. A piece is known by its text: who reads one has its address, but
/// callers that only hand it on to the trap have it too. With them the digits that nothing but formatting writes.
const MESSAGES: [&str; 20] = [
    "slice index starts at ",
    " but ends at ",
    "index out of bounds: the len is ",
    " but the index is ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "insertion index (is ",
    "swap_remove index (is ",
    "removal index (is ",
    ") should be <= len (is ",
    ") should be < len (is ",
    "capacity overflow",
    "Tried to shrink to a larger capacity",
    "assertion failed: self.is_char_boundary(new_len)",
    "chunk size must be non-zero",
    "attempt to divide by zero",
    "attempt to calculate the remainder with a divisor of zero",
    "RefCell already borrowed",
    concat!(
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051",
        "525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"
    ),
];

/// Who had which address, before anything was snipped; `None` where the data itself points: what is read through such a
/// pointer is kept.
pub(crate) struct Addresses(BTreeMap<u64, Option<Vec<FunctionId>>>);

impl Addresses {
    /// Every number of the code that may be an address.
    pub(crate) fn of(module: &Module) -> Self {
        let mut found = BTreeMap::<u64, Option<Vec<FunctionId>>>::new();
        for (id, function) in module.funcs.iter_local() {
            let mut numbers = Numbers::default();
            dfs_in_order(&mut numbers, function, function.entry_block());
            for number in numbers.0 {
                found.entry(number).or_default().get_or_insert_default().push(id);
            }
        }
        for (start, bytes) in places(module) {
            let aligned = (4 - start % 4) % 4;
            let words = bytes.get(aligned as usize..).unwrap_or_default().chunks_exact(4);
            words.for_each(|word| {
                if let Ok(word) = word.try_into() {
                    found.insert(u64::from(u32::from_le_bytes(word)), None);
                }
            });
        }
        Self(found)
    }

    /// Addresses that the modules above had, and nobody else, as ranges; of functions by `name` before the snip.
    pub(crate) fn owned(
        &self,
        name: impl Fn(FunctionId) -> Option<String>,
    ) -> Vec<(u64, u64, Vec<FunctionId>)> {
        let is_owner =
            |id: &FunctionId| name(*id).is_some_and(|name| OWNERS.iter().any(|owner| name.contains(owner)));
        let next = self.0.keys().skip(1);
        let ranges = self.0.iter().zip(next).filter_map(|((&start, had), &end)| {
            let had = had.as_ref().filter(|had| had.iter().all(is_owner))?;
            Some((start, end, had.clone()))
        });
        ranges.collect()
    }
}

/// Zeroes the ranges whose functions are all gone; how many bytes.
pub(crate) fn blank(module: &mut Module, owned: &[(u64, u64, Vec<FunctionId>)]) -> usize {
    let left: HashSet<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
    let mut blanked = 0;
    let ids: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in ids {
        let data = module.data.get_mut(id);
        let Some(from) = offset(&data.kind) else { continue };
        for (start, end, _) in owned.iter().filter(|(_, _, had)| had.iter().all(|id| !left.contains(id))) {
            let range = start.saturating_sub(from) as usize..end.saturating_sub(from) as usize;
            let length = data.value.len();
            let range = range.start.min(length)..range.end.min(length);
            if *start >= from {
                blanked += range.len();
                data.value[range].fill(0);
            }
        }
    }
    blanked
}

/// Zeroes what panics would have said; how many bytes.
pub(crate) fn blank_messages(module: &mut Module) -> usize {
    let mut blanked = 0;
    let ids: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in ids {
        let data = module.data.get_mut(id);
        for message in MESSAGES.map(str::as_bytes) {
            let is_here = |at: &usize| data.value[*at..].starts_with(message);
            let found: Vec<usize> = (0..data.value.len()).filter(is_here).collect();
            for at in found {
                blanked += message.len();
                data.value[at..at + message.len()].fill(0);
            }
        }
    }
    blanked
}

fn places(module: &Module) -> impl Iterator<Item = (u64, &[u8])> {
    module.data.iter().filter_map(|data| Some((offset(&data.kind)?, data.value.as_slice())))
}

fn offset(kind: &DataKind) -> Option<u64> {
    match kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } => {
            Some(u64::from(*offset as u32))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Numbers(HashSet<u64>);

impl<'instr> Visitor<'instr> for Numbers {
    fn visit_const(&mut self, number: &Const) {
        if let Value::I32(number) = number.value {
            self.0.insert(u64::from(number as u32));
        }
    }

    fn visit_load(&mut self, load: &Load) {
        self.0.insert(load.arg.offset);
    }

    fn visit_store(&mut self, store: &Store) {
        self.0.insert(store.arg.offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, ValType};

    /// A function that reads a byte at a constant address.
    fn reader(module: &mut Module, name: &str, address: i32) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        builder.func_body().i32_const(address);
        let id = builder.finish(Vec::new(), &mut module.funcs);
        module.funcs.get_mut(id).name = Some(name.into());
        id
    }

    #[test]
    fn a_table_goes_with_the_last_function_that_had_its_address() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(1024));
        module.data.add(DataKind::Active { memory, offset }, vec![0xaa; 16]);
        let flt = "core[1]::num::flt2dec::strategy::grisu::format_exact";
        let gone = [reader(&mut module, flt, 1026), reader(&mut module, flt, 1032)];
        let kept = [reader(&mut module, "krate::reads", 1029), reader(&mut module, "krate::reads", 1032)];
        let owned = Addresses::of(&module).owned(|id| module.funcs.get(id).name.clone());
        assert_eq!(blank(&mut module, &owned), 0, "as long as its reader is there");
        gone.into_iter().for_each(|id| module.funcs.delete(id));
        assert_eq!(blank(&mut module, &owned), 3);
        let data = &module.data.iter().next().unwrap().value;
        let expected = [&[0xaa; 2][..], &[0; 3], &[0xaa; 11]].concat();
        assert_eq!(data, &expected, "from its address to the next anybody has");
        assert_eq!(kept.len(), 2);
    }
    #[test]
    fn messages_of_panics_are_blanked_and_no_other_text() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let kind = DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(1024)) };
        let data = module.data.add(kind, b"table_kind, but ends at 99, capacity overflow, capacity".to_vec());
        assert_eq!(blank_messages(&mut module), " but ends at capacity overflow".len());
        let value = &module.data.get(data).value;
        let expected = [&b"table_kind,"[..], &[0; 13], b"99, ", &[0; 17], b", capacity"].concat();
        assert_eq!(value, &expected);
    }
}
