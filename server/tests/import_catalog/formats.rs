//! What each format says of an item.

use homebody_server::catalog::{CatalogImport, Format, Item, import};
use homebody_server::intake::Source;

use crate::stage::{empty, options, run};

#[test]
fn json_lines_fill_every_field() {
    let (_dir, store) = empty();
    let line = r#"{"id":"k1","title":"Kettle","url":"https://shop.example/k1","image":"/k1.jpg","price":"12.50 eur",
        "brand":"Bru","category":"Kitchen","tags":["red","hot","red"],"description":"Boils.","available":false,
        "added_at":"2026-01-31","rebuyable":true,"placements":["home"],"margin":0.3}"#
        .replace('\n', "");
    let report = run(&store, line, &options(Format::Jsonl)).unwrap();
    assert_eq!((report.rows, report.changes.added, report.ignored_fields), (1, 1, vec!["margin".to_owned()]));
    let expected = Item {
        id: "k1".into(),
        title: "Kettle".into(),
        url: "https://shop.example/k1".into(),
        image: "/k1.jpg".into(),
        price: Some(12.5),
        currency: "EUR".into(),
        brand: "Bru".into(),
        category: "Kitchen".into(),
        tags: vec!["red".into(), "hot".into()],
        description: "Boils.".into(),
        available: false,
        added_at: 1_769_817_600,
        rebuyable: true,
        placements: vec!["home".into()],
    };
    assert_eq!(store.item("k1").unwrap(), Some(expected));
}

#[test]
fn csv_knows_the_aliases_and_quotes() {
    let (_dir, store) = empty();
    let text = "item,title,year,tags\r\n1,\"Toy, Story\",1995,Animation|Comedy\r\n2,Heat,unknown,\r\n";
    run(&store, text, &options(Format::Csv)).unwrap();
    let item = store.item("1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.added_at), ("Toy, Story", 788_918_400));
    assert_eq!(item.tags, ["Animation", "Comedy"]);
    assert_eq!(store.item("2").unwrap().unwrap().added_at, 0);
}

#[test]
fn google_rss_is_read_and_nested_prices_are_not_the_items() {
    let (_dir, store) = empty();
    let feed = r#"<?xml version="1.0" encoding="UTF-8"?>
        <rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
        <item><g:id>a1</g:id><title>Caf&#233; &amp; Tea</title><link>https://shop.example/a1</link>
          <g:image_link>https://shop.example/a1.jpg</g:image_link><g:price>15.00 USD</g:price>
          <g:shipping><g:price>4.99 USD</g:price></g:shipping>
          <g:availability>in_stock</g:availability><g:brand>Bru</g:brand>
          <g:google_product_category>Food</g:google_product_category><g:product_type>Drinks</g:product_type>
          <description><![CDATA[<b>Hot</b>]]></description></item>
        <item><g:id>a2</g:id><g:availability>out of stock</g:availability></item>
        </channel></rss>"#;
    let report = run(&store, feed, &options(Format::GoogleXml)).unwrap();
    assert_eq!(report.changes.added, 2);
    let item = store.item("a1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.price, item.currency.as_str()), ("Café & Tea", Some(15.0), "USD"));
    assert_eq!((item.category.as_str(), item.description.as_str()), ("Drinks", "<b>Hot</b>"));
    assert_eq!(item.url, "https://shop.example/a1");
    assert!(!store.item("a2").unwrap().unwrap().available);
}

#[test]
fn google_atom_keeps_the_address_in_an_attribute() {
    let (_dir, store) = empty();
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
        <link rel="self" href="https://shop.example"/>
        <entry><g:id>a1</g:id><title>One</title><link href="https://shop.example/a1?x=1&amp;y=2"/></entry></feed>"#;
    run(&store, feed, &options(Format::GoogleXml)).unwrap();
    assert_eq!(store.item("a1").unwrap().unwrap().url, "https://shop.example/a1?x=1&y=2");
}

#[test]
fn google_tsv_is_read() {
    let (_dir, store) = empty();
    let text = "id\ttitle\timage link\tprice\tavailability\na1\tOne, two\thttps://s.example/1.jpg\t1.234,50 EUR\tpreorder\n";
    run(&store, text, &options(Format::GoogleTsv)).unwrap();
    let item = store.item("a1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.price, item.available), ("One, two", Some(1234.5), true));
    assert_eq!(item.image, "https://s.example/1.jpg");
}

#[test]
fn the_format_comes_from_the_name_or_must_be_given() {
    let (dir, store) = empty();
    let path = dir.path().join("items.jsonl");
    std::fs::write(&path, "{\"id\":\"a\"}\n").unwrap();
    let guess = CatalogImport::default();
    assert_eq!(
        import(&store, Source::open(&path).unwrap(), &guess, &mut |_| {}).unwrap().format,
        Format::Jsonl
    );
    assert_eq!(run(&store, "x", &guess).unwrap_err().code(), "unknown_format");
}
