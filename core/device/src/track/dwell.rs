//! Active time on an item's page.

/// Without input for this long, the visitor is taken to have looked away.
const IDLE_MS: u64 = 30_000;

/// Counts the milliseconds a visitor really looked: the page visible, focused, and some input within the
/// last 30 seconds. A wall clock would count the tab forgotten over lunch.
#[derive(Clone, Debug, Default)]
pub struct DwellTracker {
    page: Option<Page>,
}

#[derive(Clone, Debug)]
struct Page {
    id: String,
    visible: bool,
    /// Time is counted up to here.
    counted_to_ms: u64,
    last_input_ms: u64,
    active_ms: u64,
}

impl DwellTracker {
    /// Opens the page of an item; an open page is closed first and its `(id, active_ms)` returned.
    pub fn open(&mut self, id: &str, now_ms: u64) -> Option<(String, u64)> {
        let closed = self.close(now_ms);
        self.page = Some(Page {
            id: id.to_owned(),
            visible: true,
            counted_to_ms: now_ms,
            last_input_ms: now_ms,
            active_ms: 0,
        });
        closed
    }

    /// Some input happened.
    pub fn input(&mut self, now_ms: u64) {
        if let Some(page) = &mut self.page {
            page.count(now_ms);
            page.last_input_ms = page.last_input_ms.max(now_ms);
        }
    }

    /// The page became visible and focused, or ceased to be.
    pub fn visibility(&mut self, visible: bool, now_ms: u64) {
        if let Some(page) = &mut self.page {
            page.count(now_ms);
            page.visible = visible;
            if visible {
                page.last_input_ms = page.last_input_ms.max(now_ms);
            }
        }
    }

    /// Closes the page: its item and the active milliseconds, `None` when no page is open.
    pub fn close(&mut self, now_ms: u64) -> Option<(String, u64)> {
        let mut page = self.page.take()?;
        page.count(now_ms);
        Some((page.id, page.active_ms))
    }
}

impl Page {
    /// Books the time since the last call; a clock that went backwards books nothing.
    fn count(&mut self, now_ms: u64) {
        let active_until = now_ms.min(self.last_input_ms.saturating_add(IDLE_MS));
        if self.visible {
            self.active_ms += active_until.saturating_sub(self.counted_to_ms);
        }
        self.counted_to_ms = self.counted_to_ms.max(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> DwellTracker {
        let mut tracker = DwellTracker::default();
        assert_eq!(tracker.open("a", 1_000), None);
        tracker
    }

    #[test]
    fn time_without_input_stops_after_thirty_seconds() {
        assert_eq!(opened().close(3_601_000), Some(("a".to_owned(), 30_000)));
    }

    #[test]
    fn hidden_time_is_not_counted() {
        let mut tracker = opened();
        tracker.visibility(false, 3_000);
        tracker.visibility(true, 9_000);
        assert_eq!(tracker.close(10_000), Some(("a".to_owned(), 3_000)));
    }

    #[test]
    fn input_keeps_the_clock_running() {
        let mut tracker = opened();
        tracker.input(26_000);
        tracker.input(51_000);
        assert_eq!(tracker.close(61_000), Some(("a".to_owned(), 60_000)));
    }

    #[test]
    fn a_new_page_closes_the_old_one() {
        let mut tracker = opened();
        assert_eq!(tracker.open("b", 2_500), Some(("a".to_owned(), 1_500)));
        assert_eq!(tracker.close(2_500), Some(("b".to_owned(), 0)));
        assert_eq!(tracker.close(9_000), None);
    }

    #[test]
    fn a_clock_set_back_counts_nothing() {
        let mut tracker = opened();
        tracker.input(500);
        assert_eq!(tracker.close(900), Some(("a".to_owned(), 0)));
    }
}
