//! Status × step × mode × signal → status, as a table that TypeScript reads too.

use homebody_protocol::consent::{GpcEffect, Keeping, Mode, Status, Step};
use serde_json::json;

use super::support::golden;

const MODES: [Mode; 3] = [Mode::Notice, Mode::Ask, Mode::Off];
const SIGNALS: [Option<GpcEffect>; 3] = [None, Some(GpcEffect::Ask), Some(GpcEffect::Deny)];

/// Every cell there is.
fn cells() -> impl Iterator<Item = (Status, Step, Mode, Option<GpcEffect>)> {
    let with_signals = |(from, step, mode)| SIGNALS.map(|signal| (from, step, mode, signal));
    let with_modes = |(from, step)| MODES.map(|mode| (from, step, mode));
    let with_steps = |from| Step::ALL.map(|step| (from, step));
    Status::ALL.into_iter().flat_map(with_steps).flat_map(with_modes).flat_map(with_signals)
}

#[test]
fn the_table_of_steps_is_the_committed_one() {
    let cases: Vec<String> = cells()
        .map(|(from, step, mode, signal)| {
            let to = from.after(step, mode, signal);
            json!({ "from": from, "step": step, "mode": mode, "signal": signal, "to": to }).to_string()
        })
        .collect();
    let keeping: Vec<String> =
        Status::ALL.map(|status| json!({ "status": status, "keeping": status.keeping() }).to_string()).into();
    let text = format!(
        "{{\n\"spec_version\": 1,\n\"keeping\": [\n{}\n],\n\"cases\": [\n{}\n]\n}}\n",
        keeping.join(",\n"),
        cases.join(",\n")
    );
    golden("machine.json", &text);
}

/// Only a yes, or a notice where that is enough, allows anything: the laws of the table, apart from its cells.
#[test]
fn nothing_begins_by_itself() {
    for (from, step, mode, signal) in cells() {
        let to = from.after(step, mode, signal);
        if from.is_effective() || !to.is_effective() {
            continue;
        }
        match to {
            Status::Noticed => {
                assert_eq!((step, mode, signal), (Step::Shown, Mode::Notice, None), "{from:?}")
            }
            _ => assert!(step == Step::Accept && mode != Mode::Off, "{from:?} {step:?} {mode:?}"),
        }
    }
}

#[test]
fn a_no_always_holds_and_is_never_asked_over() {
    for (from, step, mode, signal) in cells() {
        let to = from.after(step, mode, signal);
        if step == Step::Refuse {
            assert_eq!(to.keeping(), Keeping::Erase, "{from:?}");
        }
        let is_asked = matches!(to, Status::Requested | Status::Unknown);
        if from == Status::Refused && is_asked {
            assert!(matches!(step, Step::Reask | Step::Change), "{step:?} asks over a no");
        }
    }
}

#[test]
fn a_material_change_freezes_and_keeps() {
    for status in [Status::Given, Status::Renewed, Status::Expired] {
        let changed = status.after(Step::Change, Mode::Ask, None);
        assert_eq!((changed, changed.keeping()), (Status::Requested, Keeping::Freeze));
    }
}

#[test]
fn the_signal_ends_what_leaves_the_device_and_spares_a_clear_yes() {
    let deny = Some(GpcEffect::Deny);
    let ask = Some(GpcEffect::Ask);
    assert_eq!(Status::Given.after(Step::Signal, Mode::Ask, deny), Status::Refused);
    assert_eq!(Status::Given.after(Step::Signal, Mode::Ask, ask), Status::Given);
    assert_eq!(Status::Noticed.after(Step::Signal, Mode::Notice, ask), Status::Requested);
    assert_eq!(Status::Refused.after(Step::Accept, Mode::Ask, deny), Status::Given, "a later yes wins");
}
