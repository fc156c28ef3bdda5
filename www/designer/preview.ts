import { Asking } from '../../js/dist/consent/asking.js';
import { Consent } from '../../js/dist/consent/consent.js';
import { isSignalled } from '../../js/dist/consent/gpc.js';
import { regionCode } from '../../js/dist/consent/law.js';
import { entryOf, termsOf } from '../../js/dist/consent/terms.js';
import { inspectNotice } from '../../js/dist/notice/inspect.js';
import type { Settings } from '../../js/dist/options.js';
import type { Sight, Wish } from './messages.js';

/** What slides in has arrived by then, and is measured where it stays. */
const ARRIVED_MS = 400;
/** So many times what is due is waited for. */
const PATIENCE = 12;

let asking: Asking | undefined;
let measuring = 0;
/** How often it is still looked whether the surface is there; whatever the notice says meanwhile. */
let patience = 0;
let wished: Wish | undefined;
/** What has the focus around the frame while a surface is drawn, and is to keep it. */
let focused: Element | null = null;

window.addEventListener('message', ({ source, origin, data }: MessageEvent) => {
  // Others talk to frames, too: tools that look for what keeps people out do.
  if (source === parent && origin === location.origin && (data as Wish | null)?.kind === 'show') begin(data as Wish);
});
window.addEventListener('focus', giveBack);
// The policy is another page: here it would take the place of the preview.
window.addEventListener('click', (event) => event.composedPath().some((each) => each instanceof HTMLAnchorElement) && event.preventDefault());
tell({ kind: 'ready' });

/** Begins the real consent of a page anew, for a visitor who has not answered and whose answers nothing keeps. */
function begin(wish: Wish): void {
  // The link back belongs to the page it came to: with it there, only a new page shows the next.
  if (document.querySelector('hb-privacy-link')) return location.reload();
  // What has just lost it to the surface before this one still gets it back.
  if (!document.hasFocus()) focused = parent.document.activeElement;
  asking?.hide();
  wished = wish;
  signal(wish.gpc);
  document.documentElement.style.colorScheme = wish.scheme;
  const { config, region, language } = { ...wish, config: dressed(wish) };
  let kept: string | null = null;
  const consent: Consent = new Consent({
    terms: () => termsOf(config, region, isSignalled()),
    load: () => kept,
    store: (record) => (kept = record),
    nowMs: Date.now,
    wipe: async () => undefined,
    show: async (surface) => asking?.show(surface),
    hide: () => asking?.hide(),
    receipt: async () => new Blob(),
    announce: () => undefined,
  });
  const asked = { config, terms: (gpc: boolean) => termsOf(config, region, gpc), link: entryOf(config, regionCode(region))?.link };
  asking = new Asking(consent, asked, { language } as Settings, report, noPanel);
  consent.subscribe(() => measure(consent));
  if (wish.surface === 'banner') asking.begin();
  else asking.show('preferences').catch(report);
  patience = PATIENCE;
  measure(consent);
}

/** The frame has no system of its own to say which colours are wanted; what the file itself fixes stays. */
function dressed({ config, scheme }: Wish): Wish['config'] {
  const { scheme: own = 'auto' } = config.theme ?? {};
  return own === 'auto' ? { ...config, theme: { ...config.theme, scheme } } : config;
}

function signal(gpc: boolean): void {
  Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: gpc });
}

/** A dialog takes the focus, which belongs to the field that is being written in. */
function giveBack(): void {
  if (!focused) return;
  parent.focus();
  (focused as HTMLElement).focus();
}

/** The panel shows a profile, which nobody has here: the link leads to the choice by purpose. */
async function noPanel(): Promise<void> {
  throw new Error('there is no profile in a preview');
}

/** Says what there is, as soon as it has arrived; the words of a language may be a while on their way. */
function measure(consent: Consent): void {
  clearTimeout(measuring);
  measuring = window.setTimeout(() => {
    const host = document.querySelector('hb-consent');
    const isBanner = wished?.surface === 'banner';
    const isThere = !!host?.shadowRoot?.querySelector(isBanner ? '.banner' : 'dialog[open]');
    if (!isThere && patience-- > 0 && (!isBanner || consent.asking)) return measure(consent);
    patience = 0;
    focused = null;
    const { asked, purposes } = consent.state();
    const answers = asked.map((id) => `${id} ${purposes[id]?.effective ? 'on' : 'off'}`);
    tell({ kind: 'shown', findings: host ? inspectNotice(host) : [], isThere, answers });
  }, ARRIVED_MS);
}

function report(thrown: unknown): void {
  console.error(thrown);
}

function tell(sight: Sight): void {
  parent.postMessage(sight, location.origin);
}
