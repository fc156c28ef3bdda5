//! The attribute names of Google Merchant Center.

use super::fields::Field;

/// The field that an attribute fills; `g:` and the spaces of old feeds are ignored.
///
/// `sale_price` is not read: it holds for a span of dates that the tables do not know.
pub(super) fn field(attribute: &str) -> Option<Field> {
    let name =
        attribute.strip_prefix("g:").unwrap_or(attribute).trim().to_ascii_lowercase().replace(' ', "_");
    Some(match name.as_str() {
        "id" => Field::Id,
        "title" => Field::Title,
        "description" | "summary" => Field::Description,
        "link" => Field::Url,
        "image_link" => Field::Image,
        "price" => Field::Price,
        "availability" => Field::Available,
        "brand" => Field::Brand,
        "product_type" => Field::Category,
        "google_product_category" => Field::FallbackCategory,
        _ => return None,
    })
}
