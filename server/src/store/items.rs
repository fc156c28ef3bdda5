//! The catalogue in the database.

use rusqlite::{CachedStatement, Connection, Row, Transaction, params};

use super::{Store, StoreError};
use crate::catalog::Item;

/// Stores an item unless this very import has stored one with its id: then no row changes.
const PUT: &str = "
    INSERT INTO items (id, title, url, image, price, currency, brand, category, tags, description,
                       available, added_at, rebuyable, placements, feed, updated_at,
                       first_import, changed_import, seen_import)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17, ?17)
    ON CONFLICT (id) DO UPDATE SET
        (updated_at, changed_import) = (
            SELECT CASE WHEN same THEN items.updated_at ELSE excluded.updated_at END,
                   CASE WHEN same THEN items.changed_import ELSE excluded.changed_import END
            FROM (SELECT title IS excluded.title AND url IS excluded.url AND image IS excluded.image
                AND price IS excluded.price AND currency IS excluded.currency AND brand IS excluded.brand
                AND category IS excluded.category AND tags IS excluded.tags
                AND description IS excluded.description AND available IS excluded.available
                AND added_at IS excluded.added_at AND rebuyable IS excluded.rebuyable
                AND placements IS excluded.placements AS same)),
        title = excluded.title, url = excluded.url, image = excluded.image, price = excluded.price,
        currency = excluded.currency, brand = excluded.brand, category = excluded.category,
        tags = excluded.tags, description = excluded.description, available = excluded.available,
        added_at = excluded.added_at, rebuyable = excluded.rebuyable, placements = excluded.placements,
        feed = excluded.feed, seen_import = excluded.seen_import
    WHERE seen_import <> excluded.seen_import";

const COLUMNS: &str = "id, title, url, image, price, currency, brand, category, tags, description,
    available, added_at, rebuyable, placements";

/// What an import did to the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemChanges {
    /// Items that were not there before.
    pub added: u64,
    /// Items with another content than before.
    pub changed: u64,
    /// Items as they were.
    pub unchanged: u64,
    /// Items that were removed.
    pub deleted: u64,
}

/// Writes the items of one import, within its transaction.
pub struct ItemWriter<'t> {
    transaction: &'t Transaction<'t>,
    put: CachedStatement<'t>,
    import: i64,
    feed: &'t str,
    now: u64,
    tags: Vec<u8>,
    placements: Vec<u8>,
}

impl<'t> ItemWriter<'t> {
    /// A writer for import number `import` of feed `feed` at unix second `now`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn new(
        transaction: &'t Transaction<'t>,
        import: i64,
        feed: &'t str,
        now: u64,
    ) -> Result<Self, StoreError> {
        let put = transaction.prepare_cached(PUT)?;
        Ok(Self { transaction, put, import, feed, now, tags: Vec::new(), placements: Vec::new() })
    }

    /// Stores an item; `false` when this import has already stored one with its id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put(&mut self, item: &Item) -> Result<bool, StoreError> {
        let tags = json_text(&mut self.tags, &item.tags)?;
        let placements = json_text(&mut self.placements, &item.placements)?;
        let changed = self.put.execute(params![
            item.id,
            item.title,
            item.url,
            item.image,
            item.price,
            item.currency,
            item.brand,
            item.category,
            tags,
            item.description,
            item.available,
            item.added_at,
            item.rebuyable,
            placements,
            self.feed,
            self.now,
            self.import,
        ])?;
        Ok(changed > 0)
    }

    /// Ends the import: with `delete_absent`, items of this feed that it did not name are removed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn finish(self, delete_absent: bool) -> Result<ItemChanges, StoreError> {
        let deleted = if delete_absent {
            let sql = "DELETE FROM items WHERE feed = ?1 AND seen_import <> ?2";
            self.transaction.execute(sql, params![self.feed, self.import])?
        } else {
            0
        };
        let counts = "SELECT coalesce(sum(first_import = ?1), 0),
                coalesce(sum(changed_import = ?1 AND first_import <> ?1), 0),
                coalesce(sum(changed_import <> ?1), 0)
            FROM items WHERE seen_import = ?1";
        let deleted = deleted as u64;
        let changes = self.transaction.query_row(counts, [self.import], |row| {
            Ok(ItemChanges { added: row.get(0)?, changed: row.get(1)?, unchanged: row.get(2)?, deleted })
        })?;
        Ok(changes)
    }
}

impl Store {
    /// Number of items in the catalogue.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn item_count(&self) -> Result<u64, StoreError> {
        Ok(self.connection().query_row("SELECT count(*) FROM items", [], |row| row.get(0))?)
    }

    /// One item.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn item(&self, id: &str) -> Result<Option<Item>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM items WHERE id = ?1"))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(read_item).transpose()
    }

    /// Hands every item to `each`, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn each_item(&self, each: impl FnMut(Item)) -> Result<(), StoreError> {
        each_item(&self.connection(), each)
    }
}

fn each_item(connection: &Connection, mut each: impl FnMut(Item)) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM items ORDER BY id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(read_item(row)?);
    }
    Ok(())
}

fn read_item(row: &Row<'_>) -> Result<Item, StoreError> {
    let list = |index| -> Result<Vec<String>, StoreError> {
        let text = row.get_ref(index)?.as_str().map_err(|error| StoreError::damaged("item", error))?;
        serde_json::from_str(text).map_err(|error| StoreError::damaged("item", error))
    };
    Ok(Item {
        id: row.get(0)?,
        title: row.get(1)?,
        url: row.get(2)?,
        image: row.get(3)?,
        price: row.get(4)?,
        currency: row.get(5)?,
        brand: row.get(6)?,
        category: row.get(7)?,
        tags: list(8)?,
        description: row.get(9)?,
        available: row.get(10)?,
        added_at: row.get(11)?,
        rebuyable: row.get(12)?,
        placements: list(13)?,
    })
}

/// `list` as a JSON array, in a buffer that is used again for every item.
fn json_text<'b>(buffer: &'b mut Vec<u8>, list: &[String]) -> Result<&'b str, StoreError> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, list).map_err(|error| StoreError::damaged("item", error))?;
    std::str::from_utf8(buffer).map_err(|error| StoreError::damaged("item", error))
}
