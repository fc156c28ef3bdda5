import type { DeviceClass, PageContext, ReferrerClass } from '../policy.js';

/** A touch screen whose shorter side is at least this wide is a tablet. */
const TABLET_PX = 600;

/** Hosts by what they are; the first line that fits counts. A host stands for its subdomains too. */
const HOSTS: readonly (readonly [ReferrerClass, RegExp])[] = [
  ['mail', /^(mail|webmail|outlook)\.|(^|\.)(gmx\.(de|net|at|ch)|mail\.ru|proton\.me)$/],
  ['search', /(^|\.)(google|bing|yahoo|yandex|baidu|duckduckgo|ecosia|qwant|startpage|naver)\.[a-z.]+$|^search\./],
  ['social', /(^|\.)(facebook|instagram|twitter|x|linkedin|pinterest|reddit|tiktok|youtube|threads|whatsapp)\.com$/],
  ['social', /(^|\.)(t\.co|lnkd\.in|youtu\.be|bsky\.app|mastodon\.social|xing\.com|vk\.com|t\.me)$/],
];

/** What a campaign's links say of themselves in `utm_medium`. */
const MEDIA: readonly (readonly [ReferrerClass, RegExp])[] = [
  ['mail', /^(e-?mail|newsletter)$/i],
  ['ad', /^(cpc|cpm|cpv|ppc|ads?|banner|display|retargeting|paid.*)$/i],
  ['social', /^social/i],
];

/**
 * The circumstances of this page, with what the caller knows better on top. Looks at the pointer, the viewport, the
 * clock, the name of the time zone and the referrer, and at nothing else; nothing leaves this function but the answer.
 */
export function pageContext(given: PageContext = {}): PageContext {
  if (typeof document !== 'object') return given; // In a worker, which was told what the page has found.
  const now = new Date();
  return {
    device: deviceOf(innerWidth, innerHeight, matchMedia('(pointer: coarse)').matches),
    viewport: innerWidth,
    hour: now.getHours(),
    weekday: (now.getDay() + 6) % 7,
    region: regionOf(timeZone()),
    referrer: referrerOf(document.referrer, location.href),
    ...given,
  };
}

/**
 * Asked of `Temporal` where there is one: the first formatter of a process costs tens of milliseconds of the page's thread,
 * because the browser then lists every language it knows. An element with that id is no `Temporal`.
 */
function timeZone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now?: { timeZoneId?(): string } } };
  return Temporal?.Now?.timeZoneId?.() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The kind of device. */
export function deviceOf(width: number, height: number, coarse: boolean): DeviceClass {
  if (!coarse) return 'desktop';
  return Math.min(width, height) < TABLET_PX ? 'phone' : 'tablet';
}

/** `Europe` of `Europe/Berlin`; zones without a place (`UTC`, `Etc/GMT+3`) tell nothing. */
export function regionOf(timeZone: string | undefined): string | null {
  const [, region] = /^([A-Z][a-z]+)\//.exec(timeZone ?? '') ?? [];
  return !region || region === 'Etc' ? null : region;
}

/** Where the visit came from; null when the referrer cannot be read. */
export function referrerOf(referrer: string, address: string): ReferrerClass | null {
  const page = parse(address);
  const medium = page?.searchParams.get('utm_medium');
  const announced = medium && MEDIA.find(([, media]) => media.test(medium));
  if (announced) return announced[0];
  if (!referrer) return 'direct';
  const from = parse(referrer);
  if (!from) return null;
  if (from.host === page?.host) return 'internal';
  return HOSTS.find(([, hosts]) => hosts.test(from.hostname))?.[0] ?? 'other';
}

function parse(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
