//! Visits: a run of interactions without a long pause.

/// A pause this long ends a session.
pub const SESSION_IDLE_MS: u64 = 30 * 60_000;
/// No session lasts longer.
pub const SESSION_MAX_MS: u64 = 24 * 3_600_000;

/// Tells when a new session begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionTracker {
    /// When the current session began; 0 before the first.
    pub started_at_ms: u64,
    /// The last interaction.
    pub last_at_ms: u64,
}

impl SessionTracker {
    /// Books an interaction; `true` when it begins a session.
    pub fn touch(&mut self, now_ms: u64) -> bool {
        let idle = now_ms.saturating_sub(self.last_at_ms) >= SESSION_IDLE_MS;
        let old = now_ms.saturating_sub(self.started_at_ms) >= SESSION_MAX_MS;
        let begins = self.started_at_ms == 0 || idle || old;
        if begins {
            self.started_at_ms = now_ms;
        }
        self.last_at_ms = self.last_at_ms.max(now_ms);
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_half_an_hour_of_nothing_or_a_day() {
        let mut session = SessionTracker::default();
        assert!(session.touch(1_000));
        assert!(!session.touch(1_000 + SESSION_IDLE_MS - 1));
        assert!(session.touch(1_000 + 2 * SESSION_IDLE_MS));
        let start = session.started_at_ms;
        let mut now = start;
        while now < start + SESSION_MAX_MS - 60_000 {
            now += 60_000;
            assert!(!session.touch(now), "{now}");
        }
        assert!(session.touch(now + 60_000));
    }
}
