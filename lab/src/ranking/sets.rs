//! The sets of the report, and the best that others published or measured on them.

use crate::evaluate::split::{Protocol, Task};

/// A set with its protocol.
#[derive(Clone, Copy, Debug)]
pub(super) struct Set {
    /// Its name in the report and its folder.
    pub(super) folder: &'static str,
    /// Whether it has an items file.
    pub(super) has_items: bool,
    /// How it is cut.
    pub(super) protocol: Protocol,
    /// What is wanted.
    pub(super) task: Task,
    /// Whether the second-last item is kept from learning.
    pub(super) strict: bool,
    /// Most visitors judged.
    pub(super) visitors: Option<usize>,
    /// The best central peer.
    pub(super) peer: Peer,
}

/// A figure of somebody else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    /// The model.
    pub(super) name: &'static str,
    /// Its NDCG@10.
    pub(super) ndcg_at_10: f64,
    /// Where the figure is from.
    pub(super) source: &'static str,
}

const OWN_RUN: &str = "library run on the same split";

/// Every set, in the order of the report.
pub(super) const SETS: [Set; 6] = [
    Set {
        folder: "ml100k",
        has_items: true,
        protocol: Protocol::Llo,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Peer { name: "SASRec", ndcg_at_10: 0.0977, source: "own run, d = 64, full softmax, 30 epochs" },
    },
    Set {
        folder: "retail",
        has_items: true,
        protocol: Protocol::Temporal,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Peer { name: "EASE", ndcg_at_10: 0.0920, source: OWN_RUN },
    },
    Set {
        folder: "yoochoose100k",
        has_items: false,
        protocol: Protocol::Session,
        task: Task::Any,
        strict: false,
        visitors: None,
        peer: Peer {
            name: "VSKNN",
            ndcg_at_10: 0.4054,
            source: "own run, k = 100, m = 1000, 5,000 prefixes",
        },
    },
    Set {
        folder: "amz_beauty",
        has_items: true,
        protocol: Protocol::Llo,
        task: Task::Any,
        strict: true,
        visitors: None,
        peer: Peer {
            name: "SASRec, sampled softmax",
            ndcg_at_10: 0.0531,
            source: "eSASRec (arXiv 2508.06450), published table",
        },
    },
    Set {
        folder: "beibei",
        has_items: false,
        protocol: Protocol::Llo,
        task: Task::Recovery,
        strict: false,
        visitors: Some(4_000),
        peer: Peer { name: "iALS on purchases + .5 carts", ndcg_at_10: 0.0827, source: OWN_RUN },
    },
    Set {
        folder: "beibei",
        has_items: false,
        protocol: Protocol::Llo,
        task: Task::Discovery,
        strict: false,
        visitors: Some(4_000),
        peer: Peer { name: "iALS on purchases + .5 carts", ndcg_at_10: 0.0341, source: OWN_RUN },
    },
];
