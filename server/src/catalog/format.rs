//! The formats a catalogue comes in.

/// A catalogue format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON Lines.
    Jsonl,
    /// Comma- or semicolon-separated values with a header.
    Csv,
    /// Google Merchant Center feed, RSS 2.0 or Atom.
    GoogleXml,
    /// Google Merchant Center feed, tab-separated.
    GoogleTsv,
}

impl Format {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::GoogleXml => "google-xml",
            Self::GoogleTsv => "google-tsv",
        }
    }

    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jsonl, Self::Csv, Self::GoogleXml, Self::GoogleTsv]
            .into_iter()
            .find(|format| format.name() == name)
    }

    /// The format that a file name suggests; a final `.gz` is ignored.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (_, extension) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
        match extension {
            "jsonl" | "ndjson" | "jsonlines" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            "xml" | "rss" | "atom" => Some(Self::GoogleXml),
            "tsv" | "txt" => Some(Self::GoogleTsv),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_tells() {
        assert_eq!(Format::from_file_name("Items.NDJSON.gz"), Some(Format::Jsonl));
        assert_eq!(Format::from_file_name("feed.xml"), Some(Format::GoogleXml));
        assert_eq!(Format::from_file_name("feed"), None);
        assert_eq!(Format::from_file_name("-"), None);
        for format in ["jsonl", "csv", "google-xml", "google-tsv"] {
            assert_eq!(Format::from_name(format).map(Format::name), Some(format));
        }
    }
}
