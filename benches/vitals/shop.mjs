// A shop page as servers send them: a large picture, sixty cards with pictures, styles, and a script of its own. Served with
// and without us, and once with a script that does everything wrong.
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.jpg': 'image/jpeg' };
const POOL = at('../../create-homebody/pool/');
const MOUNTS = { '/homebody/': at('../../js/dist/'), '/reco/': POOL, '/img/': at('../../docs/images/') };
const CARDS = 60;
/** As many are in sight when the page opens; the list that is ordered is below. */
const IN_SIGHT = 12;

const STYLE = `
  * { box-sizing: border-box } body { margin: 0; font: 16px/1.4 sans-serif } header, main { max-width: 1100px; margin: 0 auto; padding: 12px }
  .hero { width: 100%; height: 360px; object-fit: cover } .cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; padding: 0; list-style: none }
  .cards li { padding: 12px; border: 1px solid #ccc; border-radius: 8px; overflow: hidden } .cards img { width: 100%; height: 150px; object-fit: cover }
  .cards h3 { height: 24px; margin: 8px 0; overflow: hidden } #cart { min-height: 24px }`;

/** What the page's own script does with a click: its cart, counted and drawn anew. */
const OWN = `
  const lines = new Map();
  document.addEventListener('click', ({ target }) => {
    const card = target.closest('[data-hb-id]');
    if (!card) return;
    const name = card.querySelector('h3').textContent;
    lines.set(name, (lines.get(name) ?? 0) + 1);
    card.classList.toggle('chosen');
    const list = document.querySelector('#cart');
    list.textContent = [...lines].map(([name, count]) => count + ' × ' + name).sort().slice(-2).join(', ');
    list.dataset.total = String([...document.querySelectorAll('.cards li')].reduce((sum, each) => sum + Number(each.dataset.price), 0));
  });`;

/** What nobody wants: a script that delays the picture, a late banner in the flow, a heavy listener. Shows that the measures notice. */
const BAD = `<script>
  const burn = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
  burn(1000);
  addEventListener('load', () => setTimeout(() => {
    document.querySelector('main').insertAdjacentHTML('beforebegin', '<div style="height:200px">Please!</div>');
  }, 300));
  document.addEventListener('click', () => burn(200), true);
</script>`;

const tag = (key, consent) => `<script src="/homebody/homebody.js" data-server="/reco" data-key="${key}" data-consent="${consent}" data-autocapture></script>`;

/** The ways the page is served, by their names: the tag, as the guide puts it, and a list that follows what is clicked. */
const WAYS = {
  without: () => '',
  with: (key) => `${tag(key, 'manual')}<script type="module">
    const me = (window.me = await homebody.me);
    const order = () => me.rerank(document.querySelector('#more'));
    await order();
    me.on('change', order);
  </script>`,
  asked: (key) => tag(key, 'banner'),
  bad: () => BAD,
};

/** Serves the page at `/NAME` for every way. */
export async function serveShop() {
  const { key } = JSON.parse(await readFile(join(POOL, 'v1/key.json'), 'utf8'));
  const images = (await readdir(MOUNTS['/img/'])).filter((name) => name.endsWith('.jpg')).sort();
  const ids = await itemIds();
  const page = (way) => html(WAYS[way](key), ids, images);
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://shop').pathname);
    const way = path.slice(1);
    if (Object.hasOwn(WAYS, way)) return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(way));
    const prefix = Object.keys(MOUNTS).find((each) => path.startsWith(each));
    const file = prefix && join(MOUNTS[prefix], path.slice(prefix.length));
    if (!file || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    return createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** The items of the demonstration pool, by the page of example 03, and some that no model knows. */
async function itemIds() {
  const known = [...(await readFile(at('../../examples/03-rerank-server-list/index.html'), 'utf8')).matchAll(/data-hb-id="([^"]+)"/g)].map(([, id]) => id);
  return Array.from({ length: CARDS }, (_, place) => known[place] ?? `new-${place}`);
}

function html(head, ids, images) {
  const card = (id, place) => `<li data-hb-id="${id}" data-price="${20 + place}"><img src="/img/${images[place % images.length]}?${place}" alt="" width="250" height="150"${place < IN_SIGHT ? '' : ' loading="lazy"'}>
    <h3>${id.replaceAll('-', ' ')}</h3><p>€${20 + place}</p><button data-hb-action="cart_add">Add to cart</button></li>`;
  const cards = ids.map(card);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Outdoor shop</title>
<link rel="icon" href="data:,"><style>${STYLE}</style></head><body><header><h1>Outdoor shop</h1><p id="cart">Your cart is empty</p></header>
<main><img class="hero" src="/img/${images[0]}?hero" alt="" width="1076" height="360" fetchpriority="high">
<h2>New</h2><ul class="cards" id="new">${cards.slice(0, IN_SIGHT).join('\n')}</ul>
<h2>More</h2><ul class="cards" id="more">${cards.slice(IN_SIGHT).join('\n')}</ul></main><script>${OWN}</script>${head}</body></html>`;
}
