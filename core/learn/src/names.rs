//! What logs call their columns and the kinds of interactions: the same for whoever reads one.

use homebody_protocol::Kind;

/// All names of a column, in lower case: the product's own first, which messages use, then others by how fitting they are.
pub type Names = &'static [&'static str];

/// Who did something.
pub const VISITOR: Names = &[
    "visitor",
    "user",
    "user_id",
    "userid",
    "visitor_id",
    "visitorid",
    "session",
    "session_id",
    "sessionid",
];
/// To what it was done.
pub const ITEM: Names = &["item", "id", "item_id", "itemid", "product_id", "sku"];
/// When.
pub const TIME: Names = &["ts", "time", "timestamp", "date", "datetime"];
/// The place of the row among the visitor's.
pub const ORDER: Names = &["order", "phase", "position"];
/// What was done.
pub const KIND: Names = &["kind", "type", "event", "behavior", "behaviour"];
/// How much it was liked.
pub const RATING: Names = &["rating", "stars"];
/// With what else it was bought.
pub const BASKET: Names = &["basket", "invoice", "order_id", "transaction_id"];
/// How many.
pub const QUANTITY: Names = &["qty", "quantity"];

/// Other names of a kind, in lower case; the product's own names are known besides.
const ALIASES: [(Kind, &[&str]); 9] = [
    (Kind::View, &["views", "pageview", "page_view", "pv", "detail", "product_view", "item_view", "open"]),
    (Kind::Click, &["clicks", "clk", "event", "interaction", "play", "listen", "watch", "read"]),
    (Kind::CartAdd, &["cart", "carts", "add", "add_to_cart", "addtocart", "atc", "basket", "add_to_basket"]),
    (Kind::CartRemove, &["remove", "remove_from_cart", "removefromcart", "cart_delete"]),
    (
        Kind::Purchase,
        &[
            "buy",
            "buys",
            "bought",
            "buy_test",
            "order",
            "orders",
            "ordered",
            "transaction",
            "sale",
            "checkout_done",
        ],
    ),
    (Kind::Wishlist, &["fav", "favorite", "favourite", "wish", "save", "saved", "bookmark"]),
    (Kind::ThumbsUp, &["like", "likes", "upvote"]),
    (Kind::ThumbsDown, &["dislike", "downvote"]),
    (Kind::Impression, &["impressions", "show", "shown", "exposure"]),
];

/// The kind that a log calls `name`; case, spaces and hyphens do not matter.
pub fn kind(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase().replace([' ', '-'], "_");
    let alias = || ALIASES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(kind, _)| *kind);
    Kind::from_name(&name).or_else(alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_columns() {
        let columns = [VISITOR, ITEM, TIME, ORDER, KIND, RATING, BASKET, QUANTITY];
        let names: Vec<&str> = columns.into_iter().flatten().copied().collect();
        let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len());
    }

    #[test]
    fn kinds_have_many_names() {
        assert_eq!(kind("cart"), Some(Kind::CartAdd));
        assert_eq!(kind("Add to cart"), Some(Kind::CartAdd));
        assert_eq!(kind("buy_test"), Some(Kind::Purchase));
        assert_eq!(kind("purchase"), Some(Kind::Purchase));
        assert_eq!(kind("PV"), Some(Kind::View));
        assert_eq!(kind("teleport"), None);
        for (kind, names) in ALIASES {
            assert!(
                names.iter().all(|name| Kind::from_name(name).is_none()),
                "an alias of {kind:?} is a name"
            );
        }
    }
}
