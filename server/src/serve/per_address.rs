//! How many connections one client address may hold. Addresses live in memory while a connection is open and are
//! written nowhere.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts open connections by address.
#[derive(Clone, Debug)]
pub(crate) struct PerAddress {
    limit: usize,
    open: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// One open connection; dropping it makes room.
#[derive(Debug)]
pub(crate) struct Ticket {
    address: IpAddr,
    open: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

impl PerAddress {
    /// At most `limit` connections each; 0 is no limit.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, open: Arc::default() }
    }

    /// A ticket, or none when the address has as many connections as it may.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Ticket> {
        let address = subscriber(address);
        let mut open = lock(&self.open);
        let count = open.entry(address).or_insert(0);
        if self.limit != 0 && *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Ticket { address, open: Arc::clone(&self.open) })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// One subscriber has a whole IPv6 /64; an IPv4 address may come dressed as IPv6.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn lock(open: &Mutex<BTreeMap<IpAddr, usize>>) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_subscriber_and_makes_room_again() {
        let gate = PerAddress::new(2);
        let a: IpAddr = "2001:db8::1".parse().unwrap();
        let same_net: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let first = gate.enter(a).unwrap();
        let _second = gate.enter(same_net).unwrap();
        assert!(gate.enter(a).is_none());
        assert!(gate.enter(other).is_some());
        drop(first);
        assert!(gate.enter(a).is_some());
        assert_eq!(lock(&gate.open).len(), 1, "addresses without connections are forgotten");
    }

    #[test]
    fn zero_is_no_limit_and_mapped_addresses_count_as_ipv4() {
        let gate = PerAddress::new(0);
        let tickets: Vec<_> = (0..100).map(|_| gate.enter("127.0.0.1".parse().unwrap()).unwrap()).collect();
        assert_eq!(tickets.len(), 100);
        assert_eq!(subscriber("::ffff:1.2.3.4".parse().unwrap()), "1.2.3.4".parse::<IpAddr>().unwrap());
    }
}
