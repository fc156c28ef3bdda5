// The sources of feeds, each the real package where npm has it, and the events of js/test/feeds told to it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './harness.mjs';
import { pageWith } from './platforms.mjs';

/** Bundles of the packages for `startPlatforms`. */
export const BUNDLES = {
  segment: `export { AnalyticsBrowser } from '@segment/analytics-next';`,
  snowplow: `
    export * from '@snowplow/browser-tracker';
    import * as ecommerce from '@snowplow/browser-plugin-snowplow-ecommerce';
    export { ecommerce };`,
};

const script = (address) => `<script src="${address}"></script>`;
const inline = (code) => `<script>${code}</script>`;

/**
 * A source: the module and function of its feed, the head of a page that has it, and `tell`, which tells it an event of
 * the fixtures in the page.
 */
export const SOURCES = {
  'data-layer': {
    name: 'fromDataLayer',
    head: inline('window.dataLayer = window.dataLayer || []; function gtag() { return dataLayer.push(arguments); }'),
    tell: `({ call, push }) => call ? gtag(...call) : dataLayer.push(push)`,
  },
  segment: {
    name: 'fromSegment',
    head: script('/bundles/segment.js') + inline(`
      // Destinations none: nothing is sent, all else is the library's own.
      const { AnalyticsBrowser } = window.segment;
      window.analytics = AnalyticsBrowser.load({ writeKey: 'test', cdnSettings: { integrations: {} } });`),
    tell: `({ event, properties }) => analytics.track(event, properties)`,
  },
  snowplow: {
    name: 'fromSnowplow',
    options: '{ tracker }',
    head: script('/bundles/snowplow.js') + inline(`
      window.tracker = snowplow.newTracker('sp', location.origin + '/collector', {
        appId: 'shop', anonymousTracking: true, stateStorageStrategy: 'none', plugins: [snowplow.ecommerce.SnowplowEcommercePlugin()],
      });`),
    tell: `({ call, argument }) => call && snowplow.ecommerce[call](structuredClone(argument))`,
  },
  adobe: {
    name: 'fromAdobe',
    head: inline('window.adobeDataLayer = window.adobeDataLayer || [];') + script('/lib/@adobe/adobe-client-data-layer/dist/adobe-client-data-layer.min.js'),
    tell: `({ push }) => adobeDataLayer.push(push)`,
  },
};

/** The events of the fixtures that a page tells; a search is not one of Snowplow's e-commerce plugin. */
export async function fixtures(source) {
  const all = JSON.parse(await readFile(join(ROOT, `js/test/feeds/${source}.json`), 'utf8'));
  return source === 'snowplow' ? all.filter(({ call }) => call) : all;
}

/** The text of a page with a source. */
export function pageOf(source, more = '') {
  return pageWith(SOURCES[source].head + more);
}

/** Starts `me`, with what is recorded in `recorded`, and offers `attach()` and `tell(event)`. */
export async function startFed(page, source, options = {}) {
  const { name, tell, options: own = '{}' } = SOURCES[source];
  await page.evaluate(
    async ([source, name, tell, own, options]) => {
      await start({ purposes: ['personalize'], ...options });
      window.recorded = [];
      const { record } = me;
      me.record = (interaction) => {
        const isTaken = record(interaction);
        if (isTaken) recorded.push(Object.values(interaction));
        return isTaken;
      };
      const module = await import(`/pkg/feeds/sources/${source}.js`);
      window.attach = (more = {}) => module[name](me, { ...new Function(`return (${own})`)(), ...more });
      window.tell = new Function(`return (${tell})`)();
    },
    [source, name, tell, own, options],
  );
}

/** Gives or takes consent. */
export function consent(page, personalize) {
  return page.evaluate((personalize) => me.consent.set({ personalize }), personalize);
}

/** What was recorded: `[kind, item, value]`. */
export function recorded(page) {
  return page.evaluate(() => recorded);
}
