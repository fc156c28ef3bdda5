//! Metrics in words, with their units.

use homebody_protocol::task::Metric;

/// How a metric is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// Stable word for programs: as in tasks.
    pub(super) code: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) what: &'static str,
    /// Its unit.
    pub(super) unit: &'static str,
    /// Whether it is told in hundredths.
    pub(super) is_share: bool,
}

/// The words of a metric.
pub(super) fn words(metric: Metric) -> Words {
    const CURRENCY: &str = "in the site’s currency";
    let (code, name, what, unit) = match metric {
        Metric::Revenue => {
            ("revenue", "Revenue a visitor", "What a visitor bought since, on average.", CURRENCY)
        }
        Metric::OrderValue => (
            "order_value",
            "Average order value",
            "What was bought, by order; what is bought within one hour of the clock is one order.",
            CURRENCY,
        ),
        Metric::ClickThrough => (
            "click_through",
            "Click-through rate",
            "Of the items that were shown since, how many something was done to.",
            "per cent of items",
        ),
        Metric::Conversion => {
            ("conversion", "Conversion rate", "How many bought something since.", "per cent of visitors")
        }
        Metric::Return => (
            "return",
            "Return rate",
            "How many came back for another session, in a later hour than that of the exposure.",
            "per cent of visitors",
        ),
        Metric::Dwell => {
            ("dwell", "Dwell a visitor", "Active time on items since, on average.", "in seconds")
        }
        Metric::Bounce => {
            ("bounce", "Bounce rate", "How many did nothing to any item since.", "per cent of visitors")
        }
    };
    Words { code, name, what, unit, is_share: unit.starts_with("per cent") }
}

impl Words {
    /// A value with its unit.
    pub(super) fn told(&self, value: f64) -> String {
        // A value that rounds to nothing has no sign.
        match self.is_share {
            true => format!("{:.2} %", 100.0 * value + 0.0),
            false => format!("{:.2}{}", value + 0.0, self.suffix()),
        }
    }

    /// A difference with its sign and unit.
    pub(super) fn apart(&self, value: f64) -> String {
        match self.is_share {
            true => format!("{:+.2} points", 100.0 * value),
            false => format!("{value:+.2}{}", self.suffix()),
        }
    }

    fn suffix(&self) -> &'static str {
        if self.code == "dwell" { " s" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_told_in_its_unit() {
        for metric in Metric::ALL {
            let told = words(metric);
            assert_eq!(serde_json::to_value(metric).unwrap(), told.code);
            assert!(told.what.ends_with('.') && !told.name.contains('_'), "{told:?}");
        }
        let [revenue, bounce, dwell] = [Metric::Revenue, Metric::Bounce, Metric::Dwell].map(words);
        assert_eq!((revenue.told(3.456), revenue.apart(-0.5)), ("3.46".to_owned(), "-0.50".to_owned()));
        assert_eq!(
            (bounce.told(0.5), bounce.apart(0.0123)),
            ("50.00 %".to_owned(), "+1.23 points".to_owned())
        );
        assert_eq!(dwell.told(61.0), "61.00 s");
    }
}
