// The demo's catalogue: every film can be imported, looked up and told apart, and the set's known faults are mended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogueOf, wellKnown, yearOf } from '../../www/demo/films.mjs';
import { filmCatalogue } from '../../www/demo/prepare.mjs';

const { items, dropped } = filmCatalogue();

test('every film has what the shop shows, and an id of its own', () => {
  assert.ok(items.length > 2500, `${items.length} films`);
  assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
  for (const { id, title, brand, tags, url, description } of items) {
    assert.match(id, /^[a-z0-9-]+-\d{4}$/);
    for (const text of [title, brand, description])
      assert.ok(typeof text === 'string' && text.trim() === text && text, id);
    assert.ok(tags.length > 0 && tags.every((tag) => tag && !tag.includes('|')), id);
    assert.equal(url, `/#film=${id}`);
  }
});

test('no film comes from the future, and none claims a time the catalogue cannot hold', () => {
  for (const { id, added_at: added } of items) {
    assert.ok(yearOf(id) >= 1900 && yearOf(id) <= 2011, id);
    assert.equal(added !== undefined, yearOf(id) >= 1970, id);
    if (added) assert.ok(Date.parse(added) >= 0 && added.startsWith(String(yearOf(id))), id);
  }
  assert.ok(
    items.some(({ id }) => id === 'gone-with-the-wind-1939'),
    'typed "39" in the set',
  );
});

test('accents read in the wrong alphabet are right again', () => {
  const titles = new Set(items.map(({ title }) => title));
  for (const title of [
    'Léon',
    'Déjà Vu',
    "Le Fabuleux destin d'Amélie Poulain",
    'Alien³',
    '1776',
    'The Charge of the Light Brigade',
  ]) {
    assert.ok(titles.has(title), title);
  }
});

test('broken rows are left out and counted', () => {
  const film = { Title: 'A', 'Release Date': 'Jan 02 1999', 'Major Genre': 'Drama', Director: 'B' };
  const rows = [
    film,
    film,
    { ...film, Title: null },
    { ...film, 'Release Date': '1999' },
    { ...film, 'Major Genre': null },
    { ...film, Director: null },
  ];
  const { items: kept, dropped: left } = catalogueOf(rows);
  assert.deepEqual(
    kept.map(({ id }) => id),
    ['a-1999'],
  );
  assert.deepEqual(left, { no_title: 1, no_date: 1, no_kind: 1, no_maker: 1, duplicate: 1 });
  assert.ok(dropped.no_kind > 0);
});

test('the same rows give the same catalogue, best known first', () => {
  assert.deepEqual(filmCatalogue().items, items);
  assert.equal(wellKnown(items, 24).length, 24);
  assert.equal(items[0].id, 'the-shawshank-redemption-1994');
});
