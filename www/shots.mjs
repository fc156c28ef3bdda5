// Photographs every state of a running shop: node www/shots.mjs --origin http://127.0.0.1:8080 --out DIR [--only NAME]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { tour, VIEWS } from './tour.mjs';

const { values } = parseArgs({
  options: { origin: { type: 'string' }, out: { type: 'string' }, only: { type: 'string' } },
});
if (!values.origin || !values.out) {
  process.stderr.write('usage: node www/shots.mjs --origin http://127.0.0.1:8080 --out DIR [--only desktop-light]\n');
  process.exit(1);
}
mkdirSync(values.out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const { name, ...view } of VIEWS.filter((each) => !values.only || each.name === values.only)) {
  const page = await (await browser.newContext(view)).newPage();
  await tour(page, values.origin, (state) => page.screenshot({ path: join(values.out, `${name}-${state}.png`) }));
  await page.context().close();
}
await browser.close();
