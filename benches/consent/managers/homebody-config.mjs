// The consent configuration of our column, and what each wish changes of it.

const RIGHTS = ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint'];

/** What our page asks. Without wishes two purposes and our own words. */
export function configuration(wishes) {
  const { dark, experiment, language = 'en', marked, refusalDays, revised, reviseAsTold } = wishes;
  return {
    version: 1,
    id: 'shop',
    controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'Data Protection Commission, Dublin' },
    rights: RIGHTS,
    purposes: {
      personalize: { data: ['views', 'cart', 'purchases'], retentionDays: 90 },
      contribute: { retentionDays: 0, ...((revised || reviseAsTold) && { recipients: ['Counting Ltd, Ireland'] }) },
      ...siteTag(wishes),
    },
    ask: { buttons: dark ? ['accept', 'preferences'] : ['accept', 'reject', 'preferences'], ...(refusalDays && { reaskAfterRefusalDays: refusalDays }) },
    languages: { default: language, available: [language] },
    ...words(wishes, language, marked),
    ...(experiment && { experiment: variants(experiment) }),
  };
}

/** A tag of the site, where a wish needs one. */
function siteTag({ clear, gates, marked }) {
  if (!clear && !gates && !marked) return {};
  const kept = clear && { clear: { cookies: [clear.cookie], localStorage: [clear.item], indexedDB: [clear.database] } };
  return { analytics: { kind: 'site-tag', text: 'tags.analytics', data: ['views', 'device'], retentionDays: 395, ...kept } };
}

function words({ clear, gates }, language, marked) {
  if (language !== 'en') return { texts: { [language]: { 'banner.title': 'هل نرتب المتجر لك؟', 'banner.body': 'يتذكر هذا الجهاز ما تنظر إليه هنا.' } } };
  if (!clear && !gates && !marked) return {};
  const tag = { 'tags.analytics.title': 'Counting visits', 'tags.analytics.body': marked ?? 'We count which pages are read.' };
  return { texts: { [language]: { ...tag, ...(marked && { 'banner.title': marked, 'banner.body': marked }) } } };
}

/** Two variants of the title; `unequal` ones differ in a button too, which is no comparison of words. */
function variants(kind) {
  const second = { id: 'b', texts: { en: { 'banner.title': 'Shall we sort the shop for you?', ...(kind === 'unequal' && { 'banner.reject': 'Not now' }) } } };
  return { id: 'title-1', arms: [{ id: 'a' }, second] };
}
