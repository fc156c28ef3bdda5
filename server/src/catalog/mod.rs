//! The catalogue: reading a site's items from the formats sites have.
//!
//! [`import()`] streams a file through a format reader into one transaction of the [`crate::store::Store`]: memory stays flat
//! for any number of items, and a file with a wrong line changes nothing.
//!
//! | format | one record | names of the fields |
//! | --- | --- | --- |
//! | [`Format::Jsonl`] | one JSON object a line | those of [`Item`]; `item` = `id`, `year` → `added_at` (else unknown) |
//! | [`Format::Csv`] | one row; `,` or `;`, header required | the same; lists separated by a vertical bar |
//! | [`Format::GoogleXml`] | an RSS `item` or Atom `entry` | Google Merchant Center's, namespace `g:` |
//! | [`Format::GoogleTsv`] | one row, tabs, header required | Google Merchant Center's |

mod delimited;
mod fields;
mod format;
mod google;
mod import;
mod item;
mod jsonl;
mod price;
mod snapshot;
mod xml;

pub use fields::FIELD_NAMES;
pub use format::Format;
pub use import::{CatalogImport, CatalogReport, Mode, import};
pub use item::Item;
pub use snapshot::Snapshot;
