//! The sets of the report, and the best that others published or measured on them.

use crate::evaluate::Settings;
use crate::evaluate::split::{Protocol, Rules, Task};
use std::path::Path;

/// A set with its protocol.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// Its name in the report and its folder.
    pub folder: &'static str,
    /// Its items file, if it has one.
    pub items: Option<&'static str>,
    /// Whether its rows stand in no order at all.
    pub shuffle: bool,
    /// How it is cut.
    pub protocol: Protocol,
    /// What is wanted.
    pub task: Task,
    /// Whether the second-last item is kept from learning.
    pub strict: bool,
    /// Most visitors judged.
    pub visitors: Option<usize>,
    /// The best central peer; `None` where nobody published or measured one under this protocol.
    pub peer: Option<Peer>,
}

/// A figure of somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The model.
    pub name: &'static str,
    /// Its NDCG@10.
    pub ndcg_at_10: f64,
    /// The best recall@10 among central peers, where it was published; that may be another model's.
    pub best_recall_at_10: Option<f64>,
    /// Where the figure is from.
    pub source: &'static str,
}

const OWN_RUN: &str = "library run on the same split";

/// Every set, in the order of the report.
pub const SETS: [Set; 7] = [
    Set {
        folder: "ml100k",
        items: Some("items.csv"),
        shuffle: false,
        protocol: Protocol::Llo,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Some(Peer {
            name: "SASRec",
            ndcg_at_10: 0.0977,
            source: "own run, d = 64, full softmax, 30 epochs",
            best_recall_at_10: Some(0.192),
        }),
    },
    Set {
        folder: "retail",
        items: Some("items.csv"),
        shuffle: false,
        protocol: Protocol::Temporal,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Some(Peer { name: "EASE", ndcg_at_10: 0.0920, source: OWN_RUN, best_recall_at_10: None }),
    },
    Set {
        folder: "yoochoose100k",
        items: None,
        shuffle: false,
        protocol: Protocol::Session,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Some(Peer {
            name: "VSKNN",
            ndcg_at_10: 0.4054,
            source: "own run, k = 100, m = 1000, 5,000 prefixes",
            best_recall_at_10: None,
        }),
    },
    Set {
        folder: "amz_beauty",
        items: Some("items.csv"),
        shuffle: false,
        protocol: Protocol::Llo,
        task: Task::Any,
        strict: true,
        visitors: None,
        peer: Some(Peer {
            name: "SASRec, sampled softmax",
            ndcg_at_10: 0.0531,
            source: "eSASRec (arXiv 2508.06450), published table",
            best_recall_at_10: Some(0.0928),
        }),
    },
    Set {
        folder: "beibei",
        items: None,
        shuffle: false,
        protocol: Protocol::Llo,
        task: Task::Recovery,
        strict: false,
        visitors: Some(4_000),
        peer: Some(Peer {
            name: "iALS on purchases + .5 carts",
            ndcg_at_10: 0.0827,
            source: OWN_RUN,
            best_recall_at_10: Some(0.126),
        }),
    },
    Set {
        folder: "beibei",
        items: None,
        shuffle: false,
        protocol: Protocol::Llo,
        task: Task::Discovery,
        strict: false,
        visitors: Some(4_000),
        peer: Some(Peer {
            name: "iALS on purchases + .5 carts",
            ndcg_at_10: 0.0341,
            source: OWN_RUN,
            best_recall_at_10: Some(0.066),
        }),
    },
    Set {
        folder: "citeulike-t",
        items: Some("mult.dat"),
        // Neither times nor an order: the rows of a visitor are sorted by item.
        shuffle: true,
        protocol: Protocol::Llo,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: None,
    },
];

impl Set {
    /// How it is evaluated, where `data` is the folder of all sets.
    pub fn settings(&self, data: &Path, seed: u64) -> Settings {
        let folder = data.join(self.folder);
        Settings {
            history: folder.join("events.csv"),
            items: self.items.map(|file| folder.join(file)),
            shuffle: self.shuffle,
            rules: Rules { protocol: self.protocol, task: self.task, strict: self.strict },
            visitors: self.visitors,
            diversity: 1.0,
            seed,
            baselines: true,
            head_items: None,
        }
    }

    /// Whether its history is in the folder of all sets.
    pub fn is_in(&self, data: &Path) -> bool {
        data.join(self.folder).join("events.csv").exists()
    }

    /// The protocol in words.
    pub fn protocol_name(&self) -> String {
        let protocol = format!("{:?}", self.protocol).to_lowercase();
        let strict = if self.strict { ", strict" } else { "" };
        let order = if self.shuffle { ", order drawn" } else { "" };
        format!("{protocol}{strict}{order}{}", self.task_name(", "))
    }

    /// Set and task as a part of file names.
    pub fn slug(&self) -> String {
        format!("{}{}", self.folder, self.task_name("-"))
    }

    fn task_name(&self, before: &str) -> String {
        match self.task {
            Task::Any => String::new(),
            task => format!("{before}{task:?}").to_lowercase(),
        }
    }
}
