import type { Settings } from './options.js';

/** The part that knows what was decided: needed on every page, and of no use to the first paint. */
export const loadConsent = () => import(/* webpackChunkName: "homebody.consent" */ './consent/begin.js');

/** The part that asks, with its words: likely to be wanted where no yes is kept. */
export const loadNotice = async ({ language }: Settings) => {
  const { beginWords } = await import(/* webpackChunkName: "homebody.banner" */ './notice/banner.js');
  return beginWords(language);
};

/** What comes with consent: the device on the page, or what speaks with one in a worker. */
export const loadRank = ({ worker }: Settings) =>
  worker
    ? import(/* webpackChunkName: "homebody.remote" */ './remote/open.js')
    : import(/* webpackChunkName: "homebody.rank" */ './rank/open.js');
