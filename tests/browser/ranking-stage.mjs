// The demo's shop with a questionnaire and segments of our own in its pool.
import assert from 'node:assert/strict';
import { forger, questionnaire, segments, withSections } from './forge.mjs';
import { launchBrowser, openLab, startShop } from './harness.mjs';

/** Categories that the questions are about, as they are put. */
export const TOPICS = ['Comedy', 'Horror', 'Drama', 'Musical'];

const FEATURES = 16;
/** What the visitor put into the cart is the fourth feature, and what is in it the last. */
const [CART_ADDS, IN_CART] = [3, 15];

/** Shop and browser, stopped after the test file. */
export async function startStage() {
  const shop = await startShop();
  const forge = await forger(shop);
  const browser = await launchBrowser();
  const page = await openLab(await browser.newContext(), shop);
  const keys = await page.evaluate(facetKeys, [TOPICS, forge.manifest.id_seed]);
  await page.context().close();
  const bytes = withSections(forge.pool, { QUES: questionsOf(keys), SEGM: twoSegments(), INTN: null });
  shop.front.fault = forge.offering(bytes, { catalog: null });
  return { shop, browser };
}

/** A visitor who said yes and opened three films. */
export async function visitor(browser, shop) {
  const page = await openLab(await browser.newContext(), shop);
  await page.evaluate(async () => {
    await start();
    await me.consent.acceptAll();
    const list = await ids();
    for (const place of [2, 9, 17]) me.record({ kind: 'click', item: list[place] });
    await me.rank();
  });
  return page;
}

/** Ends a visit in which nothing was thrown. */
export async function leave(page) {
  assert.deepEqual(page.failures, []);
  await page.context().close();
}

/** Keys of the categories; see `protocol::FacetKey`. */
async function facetKeys([names, seed]) {
  const { deriveKey } = await import('/pkg/ids.js');
  return names.map((name) => deriveKey(seed, `category:${name}`));
}

function questionsOf([comedy, horror, drama, musical]) {
  return questionnaire({
    shares: [0.5, 0.5],
    tastes: [
      [[comedy, 1], [horror, -1]],
      [[horror, 1], [musical, -0.5]],
    ],
    questions: [
      { facet: comedy, yes: [0.9, 0.2], text: 'Comedy' },
      { facet: horror, yes: [0.15, 0.8], text: 'Horror' },
      { facet: drama, yes: [0.5, 0.75], text: 'Drama' },
      { facet: musical, yes: [0.6, 0.35], text: 'Musical' },
    ],
  });
}

function twoSegments() {
  const centre = (height) => Array.from({ length: FEATURES }, (_, index) => ([CART_ADDS, IN_CART].includes(index) ? height : 0));
  return segments({ features: FEATURES, hysteresis: 0.5, all: [{ name: 'browser', mean: centre(0) }, { name: 'buyer', mean: centre(2) }] });
}
