//! The module that proves and takes apart what is said to a `split` task: Prio3 and the wire of DAP. The seals are made by
//! the page (`js/src/contribute/hpke.ts`), with the browser's own cryptography.

use homebody_protocol::dap::ReportId;
use homebody_protocol::split::{Rules, unsealed};
use homebody_protocol::task::{Bound, PartId, TaskId};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::parcel::{Parcel, parcel};

/// Takes a vector apart. `input`: the SHA-256 of the task's verified payload, the id of the part, the addresses of leader and helper, the
/// report's name (16 bytes), 128 random bytes for the masks of its halves, the vector, and then as 32-bit numbers the bound (0 one-hot; 1 multihot, ones; 2
/// integers, largest, total), precision, smallest batch, start and end. `time` counts units of
/// the precision since 1970.
///
/// The result, behind a 0: the beginning of the report, what both seals are
/// bound to, then for leader and helper what the seal is for and what is to be sealed. The report is its beginning and
/// both seals. Errors, behind a 1: `task_…`, `split_…`.
#[wasm_bindgen]
pub fn split(input: &[u8], time: f64) -> Vec<u8> {
    apart(input, time as u64).unwrap_or_else(|code| [&[1], code.as_bytes()].concat())
}

fn apart(input: &[u8], time: u64) -> Result<Vec<u8>, &'static str> {
    let mut input = Parcel::new(input);
    let (id, part) = (TaskId(input.array().ok_or("internal")?), PartId(input.array().ok_or("internal")?));
    let (leader, helper) = (input.text(), input.text());
    let name = ReportId(input.array().ok_or("internal")?);
    let masks: [u8; 128] = input.array().ok_or("internal")?;
    let (masks, _) = masks.as_chunks::<32>();
    let masks = masks.try_into().map_err(|_| "internal")?;
    let vector = input.numbers();
    let [form, first, second, time_precision_s, min_batch_size, starts_at, ends_at] =
        input.numbers()[..].try_into().map_err(|_| "internal")?;
    let bound = match form {
        0 => Bound::OneHot,
        1 => Bound::MultiHot { ones: first },
        _ => Bound::Integers { max: first, l1: second },
    };
    let length = vector.len() as u32;
    let rules = Rules {
        id,
        part,
        leader,
        helper,
        bound,
        length,
        time_precision_s,
        min_batch_size,
        starts_at,
        ends_at,
    };
    let (id, rules) = rules.configuration();
    let report = unsealed(id, &rules, &vector, time, name, masks).map_err(|error| error.code())?;
    let head = report.head().map_err(|error| error.code())?;
    let [leader, helper] = &report.shares;
    Ok(parcel(&[&head, &report.aad, &leader.info, &leader.plaintext, &helper.info, &helper.plaintext]))
}
