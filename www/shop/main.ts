import { type Display, type Kind, onDwell, type Personalizer, personalize, type Ranked } from 'homebody';
import type { CardActions } from './card.js';
import { posterFor, showListed } from './card.js';
import { showFilm, showList } from './detail.js';
import { byId } from './dom.js';
import { type Film, loadFacts, printedFilms } from './films.js';
import { Shelf } from './shelf.js';
import { modeOf, showControls, showMode } from './status.js';
import { toast } from './toast.js';
import { isPersonal } from './wording.js';

const SHELF_SIZE = 24;

const listed = new Map<string, Film>();
const dismissed = new Set<string>();
const filmDialog = byId<HTMLDialogElement>('film');
const grid = byId('films');
const printed = printedFilms(grid);

let me: Personalizer | undefined;
let ranked: readonly Ranked<Display>[] = [];
/** A new order arrived while a dialog covered the shelf: it is shown when the shelf can be seen. */
let waiting = false;
let ranking = 0;
/** Pages of the shelf that are shown; each continues the one before, whatever was clicked meanwhile. */
let pages = 1;
let questions: HTMLElement | null = null;

const actions: CardActions = {
  open: openFilm,
  toggleListed,
  dismiss,
  isListed: (id) => listed.has(id),
};
const shelf = new Shelf(grid, actions);

drawFan(printed);
void start();

async function start(): Promise<void> {
  const facts = loadFacts(byId<HTMLLinkElement>('film-facts').href);
  try {
    // The key differs with every demo folder, so the page asks for it. A real page has its key in the page itself:
    // a key that comes from the server it is meant to check proves nothing.
    const answer = await fetch('/v1/key.json');
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const { key, site } = (await answer.json()) as { key: string; site?: string };
    me = await personalize({
      server: location.origin,
      key,
      ...(site && { site }),
      placement: 'home',
      consent: 'banner',
      policyUrl: '/privacy.html',
      onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
    });
  } catch (error) {
    console.warn('homebody:', error);
    await facts;
    showPrinted();
    return;
  }
  await facts;
  connect(me);
  await refresh(false);
}

function connect(me: Personalizer): void {
  me.on('change', () => void refresh(true));
  me.on('erased', () => {
    dismissed.clear();
    questions?.remove();
    questions = null;
    byId('questions').hidden = true;
    byId('toasts').replaceChildren();
  });
  byId('ask').addEventListener('click', () => void me.consent.open('banner'));
  byId('more').addEventListener('click', () => void showMore());
  byId('neutral').addEventListener('click', () => {
    me.neutral = !me.neutral;
  });
  for (const opener of document.querySelectorAll<HTMLButtonElement>('[data-open-panel]')) {
    opener.disabled = false;
    opener.addEventListener('click', () => void me.consent.open('panel'));
  }
}

/** Ranks again and shows the result, unless a newer ranking was asked for meanwhile. */
async function refresh(animate: boolean): Promise<void> {
  if (!me) return;
  const mine = (ranking += 1);
  showControls(me);
  const all = await me.rank(undefined, { limit: SHELF_SIZE + dismissed.size });
  if (mine !== ranking) return;
  ranked = all.filter(({ id }) => !dismissed.has(id)).slice(0, SHELF_SIZE);
  pages = 1;
  if (ranked.length === 0) return showPrinted();
  byId('more').hidden = ranked.length < SHELF_SIZE;
  void askNewcomer();
  byId<HTMLButtonElement>('my-list').disabled = false;
  byId('trouble').hidden = true;
  if (document.querySelector('dialog[open]')) waiting = true;
  // Moving cards are painted above everything, so under the panel they change places unmoved.
  else await show(animate && !document.querySelector('hb-privacy-panel[open]'));
}

/** Adds the next page of the same list; what is on the shelf stays where it is. */
async function showMore(): Promise<void> {
  if (!me) return;
  const mine = ranking;
  const next = await me.rank(undefined, { limit: SHELF_SIZE, offset: pages * SHELF_SIZE + dismissed.size });
  if (mine !== ranking) return;
  pages += 1;
  const first = next.find(({ id }) => !dismissed.has(id))?.id;
  ranked = [...ranked, ...next.filter(({ id }) => !dismissed.has(id) && !ranked.some((shown) => shown.id === id))];
  byId('more').hidden = next.length < SHELF_SIZE;
  await show(false);
  if (first) shelf.card(first)?.querySelector<HTMLElement>('.card-open')?.focus({ preventScroll: true });
}

/** Offers a few questions to somebody who has just said yes, if the shop has any; folded, so that the films stay in sight. */
async function askNewcomer(): Promise<void> {
  if (questions || !me?.consent.allowed('personalize')) return;
  const place = byId('questions');
  const shown = await me.onboarding.show(place).catch(() => null);
  // Two shelves may have been drawn meanwhile.
  if (questions) shown?.remove();
  else questions = shown;
  place.hidden = !questions;
}

async function show(animate: boolean): Promise<void> {
  if (!me) return;
  waiting = false;
  showControls(me);
  const personalized = ranked.some((item) => item.personalized && item.reasons.some(isPersonal));
  const { moved, settled } = shelf.show(ranked, animate);
  showMode(modeOf(me, personalized, true), animate ? moved : 0);
  document.documentElement.dataset['shelf'] = 'ready';
  await settled;
}

/** The films printed into the page, when nothing better can be had. */
function showPrinted(): void {
  ranked = [];
  shelf.showPlain(printed.filter(({ id }) => !dismissed.has(id)));
  byId<HTMLButtonElement>('my-list').disabled = false;
  byId('trouble').hidden = false;
  byId('trouble').textContent =
    'The suggestions cannot be reached just now. These are well-known films; everything else works.';
  if (me) showControls(me);
  showMode('offline', 0);
  document.documentElement.dataset['shelf'] = 'ready';
}

function openFilm(film: Film, card: HTMLElement): void {
  record('click', film);
  const stopDwell = me ? onDwell(me, { item: film.id }) : () => undefined;
  const reasons = ranked.find(({ id }) => id === film.id)?.reasons ?? [];
  showFilm(filmDialog, film, reasons, {
    toggleListed,
    isListed: (id) => listed.has(id),
    closed: () => {
      stopDwell();
      // The card may have moved off the shelf by then; the heading of the shelf takes the focus instead.
      const settle = (): void =>
        (card.isConnected ? card.querySelector<HTMLElement>('.card-open') : byId('for-you'))?.focus({
          preventScroll: true,
        });
      if (waiting) void show(true).then(settle);
      else settle();
    },
  });
}

function toggleListed(film: Film): void {
  const on = !listed.delete(film.id);
  if (on) listed.set(film.id, film);
  record(on ? 'cart_add' : 'cart_remove', film);
  byId('my-list-count').textContent = String(listed.size);
  const card = shelf.card(film.id);
  if (card) showListed(card, film, on);
}

function dismiss(film: Film): void {
  dismissed.add(film.id);
  me?.dismiss(film.id);
  byId('for-you').focus({ preventScroll: true });
  const kept = me?.consent.allowed('personalize');
  toast(kept ? `Less like ${film.title}.` : `${film.title} is hidden until you leave.`, () => {
    dismissed.delete(film.id);
    me?.undo(film.id);
    afterChoice();
  });
  afterChoice();
}

function afterChoice(): void {
  if (ranked.length > 0) void refresh(true);
  else showPrinted();
}

function record(kind: Kind, film: Film): void {
  me?.record({ kind, item: film.id });
}

function drawFan(films: readonly Film[]): void {
  const chosen = [3, 10, 5].map((index) => films[index]).filter((film) => film !== undefined);
  byId('fan').append(...chosen.map(posterFor));
}

byId('my-list').addEventListener('click', () => {
  showList(byId<HTMLDialogElement>('list'), [...listed.values()], toggleListed);
});
byId('list').addEventListener('close', () => void (waiting && show(true)));
