//! Any bytes as a table: refused with an error, or safe to read column by column.
#![no_main]

use homebody_protocol::table::Table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // A checksum stands before everything else; without the right one nothing behind it would ever be reached.
    let bytes = homebody_fuzz::sealed(bytes);
    let Ok(table) = Table::read(&bytes) else { return };
    for row in 0..table.rows() {
        assert_eq!(table.row_of(table.key(row)), Some(row));
        let _ = (table.id(row), table.display(row), table.added_at(row), table.flags(row));
        let numbers = [table.popularity(row), table.trend(row), table.price(row).unwrap_or(0.0)];
        assert!(numbers.iter().all(|number| number.is_finite()));
        for facet in table.facets(row) {
            let _ = table.facet(facet);
        }
        for list in table.list_sets() {
            let history = vec![1.0; table.vocabulary_len()];
            assert!(!homebody_protocol::score_row(&list, row, &history).is_nan());
        }
    }
});
