import type { NoticeContext } from '../consent/types.js';
import { LINK } from '../texts/english/link.js';
import { kit } from './banner.js';
import type { Words } from './words.js';

const { Base, define, draw, dress, make, rootOf, withBody, withWords } = kit;

/** In the page's own letters and colour where the site placed it; a small label in the lower corner where it did not. */
const CSS = `\
:host{display:inline-block}\
:host([hidden]){display:none}\
button{display:inline-flex;align-items:center;gap:.5em;min-block-size:44px;min-inline-size:44px;padding:0 .25em;border:0;background:none;font:inherit;color:inherit;\
text-decoration:underline;text-underline-offset:.2em;cursor:pointer;border-radius:6px}\
button:hover{text-decoration-thickness:2px}\
button:focus-visible{outline:3px solid;outline-offset:2px}\
svg{flex:none;inline-size:30px;fill:none;stroke:#06f;stroke-width:1.4;stroke-linecap:round}\
path:first-child{fill:#fff}path:nth-child(2){fill:#06f}path:last-child{stroke:#fff}\
nav{position:fixed;z-index:2147482000;inset-block-end:.75em;inset-inline-start:.75em;font:medium/1.2 var(--font);color-scheme:var(--l-scheme,light dark)}\
nav button{padding:0 1em;font-size:.875em;color:var(--soft);background:var(--bg);border:1px solid var(--line);border-radius:22px;box-shadow:0 1px 3px #0002,0 4px 16px #0002;text-decoration:none}\
nav button:hover{color:var(--ink);border-color:currentColor}\
nav button:focus-visible{outline-color:var(--accent)}\
@media(max-width:40em){:host{display:block}nav{position:static;padding:.5em;text-align:center}nav button{box-shadow:none}}\
@media print{:host{display:none}}`;

/** What the links of the page show; undefined until there is something to choose. */
let fill: ((link: Element) => void) | undefined;
/** The link that the page did not place itself. */
let added: HTMLElement | undefined;

/**
 * `<hb-privacy-link>`: the way back to the choice, wherever the site puts it. Part: `link`.
 */
export class HbPrivacyLink extends Base {
  connectedCallback(): void {
    fill?.(this);
  }
}

/**
 * Fills every `<hb-privacy-link>` of the page, now and later. Where there is none, one is put at the end of the page as
 * soon as somebody has chosen, or the region asks for it: there is always a visible way back.
 */
export function showLink(context: NoticeContext): void {
  withWords(context, (words) => {
    fill = (link) => fillLink(link, context, words);
    withBody(() => {
      define('hb-privacy-link', HbPrivacyLink);
      const look = (): void => {
        for (const link of document.querySelectorAll('hb-privacy-link')) fill?.(link);
        keepOne(context);
      };
      look();
      context.consent.subscribe(look);
    });
  }, LINK);
}

function keepOne(context: NoticeContext): void {
  const { asked, purposes } = context.consent.state();
  const open = ['unknown', 'requested', 'deferred'];
  const isChosen = asked.some((purpose) => !open.includes(purposes[purpose]?.status ?? 'unknown'));
  const isPlaced = [...document.querySelectorAll('hb-privacy-link')].some((link) => link !== added);
  if (isPlaced || (!isChosen && !context.link)) return added?.remove();
  added ??= document.createElement('hb-privacy-link');
  if (!added.isConnected) document.body.append(added);
  fill?.(added);
}

function fillLink(link: Element, context: NoticeContext, { say, spoken }: Words): void {
  const { consent, config, report } = context;
  const isChoices = context.link === 'your-privacy-choices';
  const text = say(isChoices ? 'link.choices' : 'link.settings');
  const root = rootOf(link);
  // Drawn once, so that the focus stays.
  if (root.textContent === text) return;
  dress(root, CSS, config.theme);
  const open = (): void => void consent.open('panel').catch(() => consent.open('preferences')).catch(report);
  const button = make('button.link', { type: 'button', ...spoken, on: open }, text, isChoices ? pill() : undefined);
  // At the end of the page it stands in no landmark of the site's.
  root.replaceChildren(link === added ? make('nav', { 'aria-label': text }, button) : button);
}

/** A pill with a tick in one half and a cross in the other, as people know it beside these words. */
function pill(): Node {
  return draw(
    '0 0 30 14',
    'M7 .7h16a6.3 6.3 0 0 1 0 12.6H7A6.3 6.3 0 0 1 7 .7z',
    'M18 .7h5a6.3 6.3 0 0 1 0 12.6h-8.5z',
    'M4.5 7.3l2.4 2.4 4.6-5.4',
    'M20.5 4.3l5 5.4m0-5.4-5 5.4',
  );
}
