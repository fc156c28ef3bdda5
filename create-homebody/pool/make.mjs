// Makes the demonstration pool anew: node create-homebody/pool/make.mjs
//
// An invented shop for the outdoors, and visitors that are simulated. Needs the built binaries (`cargo build -p
// homebody-server -p homebody-lab`). The private half of the key is thrown away with the data folder, and the public half is
// replaced in every page that carries the old one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const PAGES = ['create-homebody/templates', 'create-homebody/src', 'examples', 'docs', 'README.md'];

/** Title, category, maker, price in euro, tags. */
const ITEMS = `
Lantern ridge tent for two|Tents|Fernway|189|light,trail
Snowline dome tent|Tents|Norrholm|429|winter,alpine
Meadow family tent|Tents|Fernway|349|family,roomy
Solo bivouac sack|Tents|Kestrel|99|light,alpine
Harbour beach shelter|Tents|Basalt|59|family,summer
Four-season tunnel tent|Tents|Norrholm|519|winter,roomy
Trekking-pole tarp|Tents|Kestrel|119|light,trail
Weekend pop-up tent|Tents|Basalt|79|family,summer
Day pack 20|Packs|Fernway|69|light,trail
Long-haul pack 65|Packs|Norrholm|219|trail,roomy
Ski-touring pack 30|Packs|Norrholm|159|winter,alpine
Child carrier|Packs|Fernway|249|family,roomy
Roll-top city pack|Packs|Basalt|89|summer,light
Running vest 8|Packs|Kestrel|109|light,trail
Alpine summit pack 28|Packs|Kestrel|139|alpine,light
Picnic pack for four|Packs|Basalt|75|family,summer
Birch trail shoe|Boots|Fernway|119|light,trail
Insulated winter boot|Boots|Norrholm|179|winter,roomy
Crampon-ready mountain boot|Boots|Norrholm|299|alpine,winter
Children’s hiking boot|Boots|Fernway|69|family,trail
River sandal|Boots|Basalt|59|summer,light
Approach shoe|Boots|Kestrel|139|alpine,light
Waxed leather hiker|Boots|Fernway|199|trail,roomy
Camp slipper|Boots|Basalt|39|winter,family
Pocket gas stove|Stoves|Kestrel|45|light,trail
Two-burner camp kitchen|Stoves|Basalt|129|family,roomy
Snow-melting stove|Stoves|Norrholm|159|winter,alpine
Wood-twig stove|Stoves|Fernway|65|trail,summer
Enamel coffee pot|Stoves|Basalt|29|family,summer
Titanium mug|Stoves|Kestrel|35|light,alpine
Nesting pot set|Stoves|Fernway|79|family,roomy
Winter fuel bottle|Stoves|Norrholm|25|winter,trail
Rechargeable head torch|Lamps|Kestrel|59|light,trail
Avalanche search light|Lamps|Norrholm|119|winter,alpine
Hanging tent lantern|Lamps|Basalt|35|family,summer
Solar string lights|Lamps|Basalt|29|summer,family
Bicycle lamp set|Lamps|Fernway|49|light,trail
Cold-proof battery torch|Lamps|Norrholm|69|winter,roomy
Pocket night light|Lamps|Fernway|15|family,light
Summit strobe|Lamps|Kestrel|39|alpine,light
Down bag, minus twenty|Sleeping|Norrholm|389|winter,alpine
Summer quilt|Sleeping|Kestrel|149|light,summer
Double family bag|Sleeping|Fernway|199|family,roomy
Self-inflating mat|Sleeping|Basalt|79|roomy,summer
Ultralight air mat|Sleeping|Kestrel|129|light,trail
Insulated snow mat|Sleeping|Norrholm|169|winter,alpine
Children’s bear bag|Sleeping|Fernway|89|family,summer
Silk liner|Sleeping|Basalt|45|light,trail
`;

/** The items as a catalogue. */
function catalogue() {
  return ITEMS.trim().split('\n').map((line) => {
    const [title, category, brand, price, tags] = line.split('|');
    const id = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    // A shop may well sell a second one: having bought it must not hide it.
    return { id, title, category, brand, price: Number(price), currency: 'EUR', tags: tags.split(','), rebuyable: true };
  });
}

const folder = mkdtempSync(join(tmpdir(), 'homebody-pool-'));
try {
  make();
} finally {
  rmSync(folder, { recursive: true });
}

function make() {
  const [items, history, config] = ['items.jsonl', 'history.csv', 'homebody.toml'].map((name) => join(folder, name));
  writeFileSync(items, catalogue().map((item) => `${JSON.stringify(item)}\n`).join(''));
  // The pool holds the whole catalogue: a table of it beside the pool would say everything twice.
  writeFileSync(config, 'site = "outdoors.example"\n[catalog]\ntable_items = 0\n');
  program('homebody-lab', ['simulate', '--catalog', items, '--out', history, '--seed', '7']);
  const homebody = (...args) => program('homebody', ['--config', config, '--data', join(folder, 'data'), ...args]);
  homebody('import', 'catalog', items);
  homebody('import', 'history', history);
  homebody('publish');
  const old = JSON.parse(readOr('{"key":"no key yet: pool/make.mjs makes it"}', join(HERE, 'v1/key.json'))).key;
  rmSync(join(HERE, 'v1'), { recursive: true, force: true });
  homebody('export', 'site', HERE);
  // Kept in a repository: a server that wants compressed copies makes its own.
  for (const name of readdirSync(join(HERE, 'v1/blobs'))) if (/\.(br|gz)$/.test(name)) rmSync(join(HERE, 'v1/blobs', name));
  replaceKey(old, JSON.parse(readFileSync(join(HERE, 'v1/key.json'), 'utf8')).key);
}

function program(name, args) {
  const built = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'debug', name);
  execFileSync(process.env[`${name.replace('-', '_').toUpperCase()}_BIN`] ?? built, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function readOr(otherwise, file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

function replaceKey(old, key) {
  for (const page of PAGES.flatMap((path) => filesUnder(join(ROOT, path)))) {
    const text = readFileSync(page, 'utf8');
    if (text.includes(old)) writeFileSync(page, text.replaceAll(old, key));
  }
}

function filesUnder(path) {
  if (path.endsWith('.md')) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !/node_modules|\.(png|webp)$/.test(entry.parentPath + entry.name)).map((entry) => join(entry.parentPath, entry.name));
}
