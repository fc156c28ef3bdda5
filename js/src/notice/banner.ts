import type { ConsentSurface, NoticeContext } from '../consent/types.js';
import { answer, canYesToAll, isExplicit, yesToAll } from './answer.js';
import { Base, define, draw, make, press, rootOf, withBody } from './dom.js';
import { enter, leave } from './host.js';
import { keyOf, listed, titleOf } from './names.js';
import { BASE_CSS, NOTICE_CSS } from './style.js';
import { dress } from './tokens.js';
import { told } from '../texts/told.js';
import { type Words, withWords } from './words.js';

/**
 * What the parts that come after this one share with it. One object of this module: taken from where it is made, each
 * piece would have to be a module of its own in the bundle.
 */
export const kit = {
  BASE_CSS, NOTICE_CSS, Base, answer, define, draw, dress, enter, keyOf, leave, listed, make, press, rootOf, titleOf, told, withBody,
  withWords, yesToAll, isExplicit,
};

export { beginWords } from './words.js';
export { openPanel, showLink, showOnboarding, showPreferences } from './doors.js';

/**
 * Asks without taking the page away: a labelled region, first in the document; the focus is not moved, nothing is locked.
 * Escape decides later. In English it is there when this returns.
 */
export function showBanner(context: NoticeContext): ConsentSurface {
  const closed = new AbortController();
  const { signal } = closed;
  let banner: HTMLElement | undefined;
  const close = (): void => {
    closed.abort();
    if (banner) leave(banner);
  };
  withWords(context, (words) => {
    if (signal.aborted) return;
    const drawn = (banner = bannerOf(context, words, close));
    enter(context, drawn, (host) => {
      if (signal.aborted) return leave(drawn);
      host.setAttribute('at', positionOf(context));
      document.addEventListener('keydown', (event) => isEscape(event, drawn) && later(context, close), { signal });
      context.shown();
    });
  });
  return { close };
}

function bannerOf(context: NoticeContext, words: Words, close: () => void): HTMLElement {
  const { say, spoken } = words;
  const { asked, purposes, gpc } = context.consent.state();
  const isNotice = asked.length > 0 && asked.every((purpose) => purposes[purpose]?.mode === 'notice');
  // The built-in words speak of this use alone; others are named.
  const isAlone = !isNotice && asked.join() === 'personalize';
  const names = asked.map((purpose) => titleOf(context, words, purpose));
  const first = isNotice ? 'notice' : 'banner';
  return make(
    'section.banner',
    { 'aria-label': say('banner.label'), ...spoken },
    make(
      'div',
      {},
      make('h2.title', {}, say(`${first}.title`)),
      make('p.words', {}, say(`${first}.body`)),
      isAlone ? undefined : make('p.purposes', {}, make('b', {}, listed(spoken.lang, names))),
      gpc ? make('p.signal', {}, say('signal.gpc')) : undefined,
    ),
    actions(context, words, isNotice, close),
  );
}

/**
 * The buttons. Yes and no are one rule, side by side at the front, and there is always a no; on the screen they stand as
 * configured, while the keyboard meets the no first, so that saying it never takes more presses.
 */
function actions(context: NoticeContext, { say }: Words, isNotice: boolean, close: () => void): HTMLElement {
  const { consent, config, report } = context;
  const wanted = config.ask?.buttons ?? ['accept', 'reject', 'later'];
  const decide = (yes: boolean): void => {
    // A notice that was read is no consent.
    if (yes && isNotice) return later(context, close);
    if (yes && !canYesToAll(context)) return preferences();
    close();
    answer(context, yes ? yesToAll(context) : null, 'banner');
  };
  const preferences = (): void => void consent.open('preferences').catch(report);
  const yesFirst = wanted.indexOf('accept') <= wanted.indexOf('reject');
  const choices = [
    press('choice', 'reject', say(isNotice ? 'notice.object' : 'banner.reject'), () => decide(false)),
    press('choice', 'accept', say(isNotice ? 'notice.ok' : 'banner.accept'), () => decide(true)),
  ];
  const { policyUrl } = config.controller;
  const more = policyUrl ? [make('a.policy', { href: policyUrl }, say('banner.policy'))] : [];
  if (consent.state().asked.length > 1 || wanted.includes('preferences')) {
    more.push(press('quiet', 'preferences', say('banner.preferences'), preferences));
  }
  if (!isNotice && wanted.includes('later')) {
    more.push(press('quiet', 'later', say('banner.later'), () => later(context, close)));
  }
  const rest = more.length > 0 ? make('div.more', {}, ...more) : undefined;
  const side = make('div.choices', { class: `choices${yesFirst ? ' yes-first' : ''}` }, ...choices);
  return make('div.actions', {}, side, rest);
}

function positionOf({ config, arm }: NoticeContext): string {
  const own = config.experiment?.arms.find(({ id }) => id === arm)?.position;
  return own ?? config.ask?.position ?? 'bottom';
}

function later({ consent }: NoticeContext, close: () => void): void {
  close();
  consent.defer();
}

/** An open dialog, ours or the page's, has the key first. */
function isEscape(event: KeyboardEvent, banner: HTMLElement): boolean {
  if (event.key !== 'Escape' || event.defaultPrevented || !banner.isConnected) return false;
  const inDialog = event.composedPath().some((each) => each instanceof HTMLDialogElement);
  return !inDialog && !document.querySelector('dialog:modal');
}
