//! Slips of the pen in the names of columns.

/// Two slips, an exchanged pair of letters counting as one.
const MOST_SLIPS: usize = 2;

/// The one of `others` that was probably meant by `name`; case does not matter. Short names have to be closer: every two
/// letters resemble each other.
pub fn resembling<'a, S: AsRef<str>>(name: &str, others: &'a [S]) -> Option<&'a str> {
    let name = name.trim().to_ascii_lowercase();
    let near = others.iter().filter_map(|other| {
        let other = other.as_ref();
        let slips = strsim::damerau_levenshtein(&name, &other.trim().to_ascii_lowercase());
        let most = MOST_SLIPS.min(name.len().max(other.len()) / 3);
        (slips <= most).then_some((slips, other))
    });
    near.min().map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["title", "tags", "id", "price", "added_at"];
        for (name, meant) in [
            ("titel", Some("title")),
            ("Prize", Some("price")),
            ("addedat", Some("added_at")),
            ("tag", Some("tags")),
            ("sku", None),
            ("i", None),
            ("colour", None),
        ] {
            assert_eq!(resembling(name, &known), meant, "{name}");
        }
    }
}
