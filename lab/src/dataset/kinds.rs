//! Names that other logs give to the kinds of interactions.

use anyhow::{Result, bail};
use homebody_protocol::Kind;

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

/// The kind of this name.
///
/// # Errors
/// When nothing is known by it.
pub fn named(name: &str) -> Result<Kind> {
    let name = name.to_ascii_lowercase().replace([' ', '-'], "_");
    let alias = || ALIASES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(kind, _)| *kind);
    match Kind::from_name(&name).or_else(alias) {
        Some(kind) => Ok(kind),
        None => bail!(
            "column `kind`: unknown kind `{name}`; known are view, click, cart_add, purchase and others"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_many_names() {
        assert_eq!(named("cart").unwrap(), Kind::CartAdd);
        assert_eq!(named("Add to cart").unwrap(), Kind::CartAdd);
        assert_eq!(named("buy_test").unwrap(), Kind::Purchase);
        assert_eq!(named("purchase").unwrap(), Kind::Purchase);
        assert_eq!(named("PV").unwrap(), Kind::View);
        assert!(named("teleport").unwrap_err().to_string().contains("`teleport`"));
        for (kind, names) in ALIASES {
            assert!(
                names.iter().all(|name| Kind::from_name(name).is_none()),
                "an alias of {kind:?} is a name"
            );
        }
    }
}
