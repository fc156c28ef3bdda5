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
    /// Interactions of the current session; saturating.
    pub interactions: u32,
    /// When the session before ended; 0 without one.
    pub before_ended_at_ms: u64,
}

impl SessionTracker {
    /// Books an interaction; `true` when it begins a session.
    ///
    /// What comes late (up to a day before the last interaction) belongs to the current session. Older still, and the
    /// clock was set back: a session begins, by the new time.
    pub fn touch(&mut self, now_ms: u64) -> bool {
        let set_back = self.last_at_ms.saturating_sub(now_ms) > SESSION_MAX_MS;
        let begins = set_back || self.is_over(now_ms);
        if begins {
            self.before_ended_at_ms = self.last_at_ms.min(now_ms);
            // 0 is the time before the first.
            self.started_at_ms = now_ms.max(1);
            self.interactions = 0;
        }
        self.interactions = self.interactions.saturating_add(1);
        self.last_at_ms = if set_back { now_ms } else { self.last_at_ms.max(now_ms) };
        begins
    }

    /// Whether an interaction now would begin a session.
    pub fn is_over(&self, now_ms: u64) -> bool {
        let idle = now_ms.saturating_sub(self.last_at_ms) >= SESSION_IDLE_MS;
        let old = now_ms.saturating_sub(self.started_at_ms) >= SESSION_MAX_MS;
        self.started_at_ms == 0 || idle || old
    }

    /// From the first to the last interaction of the current session, in minutes.
    pub fn minutes(&self) -> f32 {
        self.last_at_ms.saturating_sub(self.started_at_ms) as f32 / 60_000.0
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
        assert_eq!(session.before_ended_at_ms, 1_000 + SESSION_IDLE_MS - 1);
        let start = session.started_at_ms;
        let mut now = start;
        while now < start + SESSION_MAX_MS - 60_000 {
            now += 60_000;
            assert!(!session.touch(now), "{now}");
        }
        assert!(session.touch(now + 60_000));
    }

    #[test]
    fn a_clock_set_back_does_not_keep_a_session_open_for_ever() {
        let mut session = SessionTracker::default();
        assert!(session.touch(u64::MAX));
        assert!(!session.touch(u64::MAX - 60_000), "late");
        assert!(session.touch(1_764_000_000_000));
        assert!(session.touch(1_764_000_000_000 + SESSION_IDLE_MS));
        assert!(
            SessionTracker::default().touch(0)
                && !SessionTracker { last_at_ms: 1, started_at_ms: 1, ..SessionTracker::default() }.touch(0)
        );
    }
}
