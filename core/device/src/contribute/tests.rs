use super::*;
use crate::Purpose;
use crate::profile::Profile;
use homebody_protocol::accounting;
use homebody_protocol::task::TaskPurpose;
use proptest::prelude::*;

fn task(name: &str) -> Task {
    let text = match name {
        "gate" => include_str!("../../../protocol/testdata/tasks/gate.json"),
        "head-pairs" => include_str!("../../../protocol/testdata/tasks/head-pairs.json"),
        "segments" => include_str!("../../../protocol/testdata/tasks/segments.json"),
        "votes" => include_str!("../../../protocol/testdata/tasks/votes.json"),
        _ => panic!("{name}"),
    };
    Task::from_json(text).unwrap()
}

fn yes() -> Consent {
    Consent::none().granted(Purpose::Contribute).granted(Purpose::Measure)
}

const DAY_S: u64 = 86_400;

/// Answers a task at so many seconds after its start.
fn answer(ledger: &mut Ledger, task: &Task, after_s: u64) -> Result<Contribution, Declined> {
    let profile = Profile::default();
    let facts = Facts::new(&profile, (u64::from(task.starts_at) + after_s) * 1_000);
    contribute(ledger, task, &facts, yes(), &LocalLimits::default())
}

fn code(result: Result<Contribution, Declined>) -> Option<&'static str> {
    result.err().map(|declined| declined.code())
}

#[test]
fn one_report_a_window_even_when_there_is_nothing_to_say() {
    let (task, mut ledger) = (task("gate"), Ledger::new([1; 32]));
    let first = answer(&mut ledger, &task, 10).unwrap();
    assert_eq!(first.vector, task.default_report());
    assert_eq!(
        (first.window, first.part, first.debit.micro_rho(), first.debit.micro_epsilon()),
        (0, 0, 5_000, 0)
    );
    assert_eq!(code(answer(&mut ledger, &task, 11)), Some("declined_answered"));
    assert_eq!(code(answer(&mut ledger, &task, 7 * DAY_S - 1)), Some("declined_answered"));
    assert_eq!(answer(&mut ledger, &task, 7 * DAY_S).unwrap().window, 1);
    assert_eq!(code(answer(&mut ledger, &task, 0)), Some("declined_answered"), "the clock was set back");
    assert_eq!(code(answer(&mut ledger, &task, 365 * DAY_S)), Some("declined_closed"));
}

#[test]
fn nothing_is_said_without_consent_or_beyond_the_limits() {
    let task = task("gate");
    assert_eq!(task.purpose, TaskPurpose::Measure);
    let profile = Profile::default();
    let facts = Facts::new(&profile, u64::from(task.starts_at) * 1_000);
    let mut ledger = Ledger::new([1; 32]);
    let limits = LocalLimits::default();
    let other = Consent::none().granted(Purpose::Contribute).granted(Purpose::Personalize);
    assert_eq!(code(contribute(&mut ledger, &task, &facts, other, &limits)), Some("declined_consent"));
    let few = Task { min_batch_size: 99, ..task.clone() };
    assert_eq!(code(contribute(&mut ledger, &few, &facts, yes(), &limits)), Some("task_refused_batch"));
    assert_eq!(ledger, Ledger::new([1; 32]), "nothing was debited");
}

#[test]
fn a_month_of_gram_gate_and_metrics_is_the_most_a_device_says() {
    let (gram, gate, mut ledger) = (task("head-pairs"), task("gate"), Ledger::new([2; 32]));
    let metrics = Task { name: "metrics".to_owned(), ..gate.clone() };
    let mut reports = 0;
    for day in 0..30 {
        reports += u32::from(answer(&mut ledger, &gram, day * DAY_S).is_ok());
        if day % 7 == 0 && day < 28 {
            reports += u32::from(answer(&mut ledger, &gate, day * DAY_S).is_ok());
            reports += u32::from(answer(&mut ledger, &metrics, day * DAY_S).is_ok());
        }
    }
    assert_eq!(reports, 38);
    let now_s = u64::from(gate.starts_at) + 29 * DAY_S;
    let standing = ledger.standing(Account::Released, now_s);
    assert_eq!(standing.month, 30 * 946 + 8 * 5_000);
    assert!((accounting::epsilon(standing.month, 1e-6) - 2.0).abs() < 0.05);
    // 68,380 are spent; the fifth week's gate would be 5,000 more.
    assert_eq!(code(answer(&mut ledger, &gate, 28 * DAY_S)), Some("declined_month"));
    assert_eq!(ledger.standing(Account::Released, now_s), standing, "what is declined costs nothing");
    // The first day's debits leave the window on the thirtieth day after it.
    assert!(answer(&mut ledger, &gate, 30 * DAY_S).is_ok());
}

#[test]
fn the_year_is_capped_and_rolls() {
    let mut ledger = Ledger::new([3; 32]);
    let gate = task("gate");
    let mut burst = |number: u32| {
        let after_s = number * 30 * DAY_S as u32;
        let starts_at = gate.starts_at + after_s;
        let ends_at = starts_at + gate.window_s;
        let base = Task { micro_rho: 35_000, starts_at, ends_at, ..gate.clone() };
        ["a", "b"].map(|name| {
            let dear = Task { name: format!("{name}{number}"), ..base.clone() };
            code(answer(&mut ledger, &dear, 0))
        })
    };
    // Every thirty days as much as a month may cost: the thirteenth time is in the first one's year.
    for number in 0..12 {
        assert_eq!(burst(number), [None, None], "{number}");
    }
    assert_eq!(burst(12), [Some("declined_year"); 2]);
    assert_eq!(burst(13), [None, None], "the first ones are more than a year ago");
    let now_s = u64::from(gate.starts_at) + 390 * DAY_S;
    let standing = ledger.standing(Account::Released, now_s);
    assert!(standing.year <= standing.year_cap && standing.month <= standing.month_cap);
    assert!(Standing { year: standing.year_cap, ..standing }.affords(0));
    assert!(!Standing { year: standing.year_cap, month: 0, ..standing }.affords(1));
    assert!(!Standing { month: standing.month_cap, year: 0, ..standing }.affords(1));
}

#[test]
fn a_day_has_eight_reports() {
    let mut ledger = Ledger::new([4; 32]);
    let gate = task("gate");
    let of = |number: u32| Task { name: format!("t{number}"), micro_rho: 5_000, ..gate.clone() };
    let codes: Vec<_> = (0..10).map(|number| code(answer(&mut ledger, &of(number), 60))).collect();
    assert_eq!(codes.iter().filter(|code| code.is_none()).count(), 8);
    assert_eq!(codes[8..], [Some("declined_day"), Some("declined_day")]);
    assert_eq!(code(answer(&mut ledger, &of(8), DAY_S)), None, "another day");
}

#[test]
fn an_unchanged_answer_is_paid_for_once() {
    let (segments, mut ledger) = (task("segments"), Ledger::new([5; 32]));
    let mut profile = Profile::default();
    let mut said = Vec::new();
    for (month, segment) in [(0u64, Some(1)), (1, Some(1)), (2, Some(2)), (3, Some(1))] {
        profile.segment = segment;
        let now_ms = (u64::from(segments.starts_at) + month * 30 * DAY_S) * 1_000;
        let facts = Facts::new(&profile, now_ms);
        let said_now = contribute(&mut ledger, &segments, &facts, yes(), &LocalLimits::default()).unwrap();
        said.push((said_now.debit.micro_epsilon(), said_now.body, said_now.nonce));
    }
    let paid: Vec<u32> = said.iter().map(|(paid, ..)| *paid).collect();
    assert_eq!(paid, [1_000_000, 0, 1_000_000, 0]);
    assert!(said[0].1 == said[1].1 && said[0].1 == said[3].1, "the same answer");
    assert!(said[0].2 != said[1].2, "and nothing else that is the same");
    assert_eq!(ledger.standing(Account::Released, 0).year, 0);
    // Four months of ε 1 each are all that is told in thirty days.
    let other = |name: &str| Task { name: name.to_owned(), ..segments.clone() };
    let mut ledger = Ledger::new([6; 32]);
    let codes: Vec<_> =
        ["a", "b", "c", "d", "e"].map(|name| code(answer(&mut ledger, &other(name), 0))).to_vec();
    assert_eq!(codes, [None, None, None, None, Some("declined_month")]);
}

#[test]
fn delays_are_spread_over_six_hours_and_parts_over_all_shards() {
    let (gate, pairs) = (task("gate"), task("head-pairs"));
    let (mut delays, mut parts) = (Vec::new(), vec![0u32; 32]);
    for number in 0..640u32 {
        let mut secret = [7; 32];
        secret[..4].copy_from_slice(&number.to_le_bytes());
        let mut ledger = Ledger::new(secret);
        let said = answer(&mut ledger, &gate, 0).unwrap();
        delays.push(said.due_at_s - u64::from(gate.starts_at));
        parts[answer(&mut ledger, &pairs, 0).unwrap().part as usize] += 1;
    }
    assert!(delays.iter().all(|delay| *delay <= MAX_DELAY_S));
    let mean = delays.iter().sum::<u64>() as f64 / 640.0;
    assert!((mean - 10_800.0).abs() < 900.0, "{mean}");
    // Twenty each, standard deviation 4.4.
    assert!(parts.iter().all(|count| (3..45).contains(count)), "{parts:?}");
}

#[test]
fn a_report_is_seen_before_it_leaves() {
    let gate = task("gate");
    let delay = |number: u32| {
        let mut secret = [7; 32];
        secret[..4].copy_from_slice(&number.to_le_bytes());
        answer(&mut Ledger::new(secret), &gate, 0).unwrap().due_at_s - u64::from(gate.starts_at)
    };
    // Of 21,600 seconds each is drawn by some: the first among them.
    assert_eq!((0..100_000).map(delay).min(), Some(1));
}

#[test]
fn a_ledger_comes_back_as_it_was() {
    let mut ledger = Ledger::new([8; 32]);
    for (name, after_s) in [("gate", 0), ("head-pairs", 60), ("segments", 120), ("gate", 7 * DAY_S)] {
        answer(&mut ledger, &task(name), after_s).unwrap();
    }
    let bytes = ledger.encode();
    let opened = Ledger::open(Some(&bytes), Some(ledger.witness()), [0; 32]).unwrap();
    assert_eq!(opened, ledger);
    assert_eq!((ledger.witness(), opened.encode() == bytes), (Witness(4), true));
    let golden = include_bytes!("../../testdata/ledger-v1.bin");
    assert_eq!(Ledger::open(Some(golden), None, [0; 32]), Ok(ledger), "version 1 stays readable");
}

#[test]
fn days_are_kept_for_a_year() {
    let mut ledger = Ledger::new([9; 32]);
    let gate = task("gate");
    let ends_at = gate.starts_at + 400 * DAY_S as u32;
    let daily = Task { window_s: DAY_S as u32, ends_at, micro_rho: 1, ..gate };
    for day in 0..400 {
        answer(&mut ledger, &daily, day * DAY_S).unwrap();
    }
    // More days than a year has are no ledger.
    assert_eq!(Ledger::open(Some(&ledger.encode()), Some(ledger.witness()), [0; 32]).unwrap(), ledger);
}

#[test]
fn what_cannot_be_counted_sends_nothing() {
    let mut ledger = Ledger::new([9; 32]);
    let old = ledger.encode();
    answer(&mut ledger, &task("gate"), 0).unwrap();
    let (bytes, witness) = (ledger.encode(), ledger.witness());
    let code =
        |bytes: Option<&[u8]>, witness| Ledger::open(bytes, witness, [0; 32]).map_err(|error| error.code());
    assert_eq!(code(None, None), Ok(Ledger::new([0; 32])), "a new device");
    assert_eq!(code(None, Some(witness)), Err("ledger_missing"));
    assert_eq!(code(Some(&old), Some(witness)), Err("ledger_rolled_back"));
    assert_eq!(code(Some(&bytes), Some(witness)), Ok(ledger.clone()));
    assert_eq!(code(Some(&bytes), None), Ok(ledger.clone()), "the witness is lost, the ledger is not");
    for place in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[place] ^= 1;
        let error = code(Some(&broken), Some(witness)).unwrap_err();
        let wanted = if place == 5 { "ledger_version" } else { "ledger_damaged" };
        assert_eq!(error, wanted, "byte {place}");
        assert_eq!(code(Some(&bytes[..place]), None), Err("ledger_damaged"));
    }
    let mut newer = bytes.clone();
    newer[4] = 2;
    assert_eq!(code(Some(&newer), None), Err("ledger_version"));
    assert_eq!(code(Some(&[]), None), Err("ledger_damaged"));
}

#[test]
fn the_visitor_sees_everything_but_the_secret() {
    let mut ledger = Ledger::new([10; 32]);
    answer(&mut ledger, &task("gate"), 0).unwrap();
    answer(&mut ledger, &task("segments"), 0).unwrap();
    let view = ledger.view(u64::from(task("gate").starts_at));
    assert_eq!((view.released.month, view.told.month, view.reports_today), (5_000, 1_000_000, 2));
    assert!((view.released_epsilon_month - 0.53).abs() < 0.01, "{}", view.released_epsilon_month);
    let names: Vec<(&str, &str, u32)> =
        view.tasks.iter().map(|task| (task.name.as_str(), task.mode.as_str(), task.reports)).collect();
    assert_eq!(names, [("gate", "split", 1), ("segments", "local", 1)]);
    assert_eq!(view.sent[0].task, task("segments").id().to_hex(), "the newest first");
    assert!(!format!("{view:?}{ledger:?}").contains("[10, 10"), "no debugging prints the secret");
}

proptest! {
    #[test]
    fn no_order_of_tasks_and_times_exceeds_a_cap(
        calls in prop::collection::vec((0usize..4, 0u64..500, 0u32..12), 1..150), seed: u8,
    ) {
        let mut ledger = Ledger::new([seed; 32]);
        let gate = task("gate");
        let mut spent: Vec<(u64, u64)> = Vec::new();
        for (name, day, copy) in calls {
            let base = task(["gate", "head-pairs", "segments", "votes"][name]);
            // Each copy is another task that runs all the time.
            let task = Task { name: format!("copy-{copy}"), starts_at: gate.starts_at, ends_at: gate.starts_at + base.window_s * 52, ..base };
            if let Ok(said) = answer(&mut ledger, &task, day * DAY_S) {
                spent.push((day, u64::from(said.debit.micro_rho())));
            }
            let now_s = u64::from(gate.starts_at) + day * DAY_S;
            for account in [Account::Released, Account::Told] {
                let standing = ledger.standing(account, now_s);
                prop_assert!(standing.month <= standing.month_cap && standing.year <= standing.year_cap);
            }
            prop_assert!(ledger.reports_today(now_s) <= 8);
        }
        prop_assert_eq!(Ledger::open(Some(&ledger.encode()), Some(ledger.witness()), [0; 32]).unwrap(), ledger);
    }

    #[test]
    fn any_bytes_are_a_ledger_or_none(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Ledger::open(Some(&bytes), None, [0; 32]).is_err());
        if bytes.len() > 8 {
            bytes[..8].copy_from_slice(b"HBLG\x01\0\0\0");
            let sum = homebody_protocol::task::checksum(&bytes);
            bytes.extend(sum);
            if let Ok(ledger) = Ledger::open(Some(&bytes), None, [0; 32]) {
                prop_assert_eq!(Ledger::open(Some(&ledger.encode()), None, [0; 32]), Ok(ledger));
            }
        }
    }
}
