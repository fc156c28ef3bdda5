// Catalogues to import, generated and the same on every machine.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const CATEGORIES = 60;
const BRANDS = 500;
const TAGS = 300;
const WORDS = 'oak steel linen cotton river stone amber field light winter garden harbour paper copper velvet north'.split(' ');
const COLUMNS = ['id', 'title', 'url', 'image', 'price', 'currency', 'brand', 'category', 'tags', 'description', 'available', 'added_at'];
const FIRST_DAY_S = 1_730_000_000;
const DAY_S = 86_400;

/** Writes `count` items as `jsonl` or `csv`, holding one at a time. */
export async function writeItems(path, count, format) {
  const out = createWriteStream(path);
  if (format === 'csv') out.write(`${COLUMNS.join(',')}\n`);
  const draw = drawFrom(11);
  for (let index = 0; index < count; index++) {
    const item = itemOf(index, draw);
    const line = format === 'csv' ? COLUMNS.map((column) => cell(item[column])).join(',') : JSON.stringify(item);
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function itemOf(index, draw) {
  const words = (count) => Array.from({ length: count }, () => WORDS[draw(WORDS.length)]).join(' ');
  const id = `sku-${String(index).padStart(6, '0')}`;
  return {
    id,
    title: `${words(3)} ${index}`,
    url: `https://shop.example/items/${id}`,
    image: `https://shop.example/images/${draw(1e9).toString(36)}.webp`,
    price: (draw(20_000) + 99) / 100,
    currency: 'EUR',
    brand: `brand ${draw(BRANDS)}`,
    category: `category ${draw(CATEGORIES)}`,
    tags: Array.from({ length: 1 + draw(4) }, () => `tag ${draw(TAGS)}`),
    description: `${words(18)}, "${words(2)}"`,
    available: draw(20) > 0,
    added_at: FIRST_DAY_S + draw(365) * DAY_S,
  };
}

function cell(value) {
  const text = Array.isArray(value) ? value.join('|') : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whole numbers below a limit (mulberry32). */
function drawFrom(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
