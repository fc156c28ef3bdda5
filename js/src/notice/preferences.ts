import type { Choice, ConsentSurface, NoticeContext, PurposeId } from '../consent/types.js';
import type * as panel from '../elements/panel.js';
import { DETAILS } from '../texts/english/details.js';
import { kit as banner } from './banner.js';
import { head, switchRow } from './controls.js';
import { DIALOG_CSS, PREFERENCES_CSS } from './dialog-style.js';
import { aboutController, aboutPurpose } from './facts.js';
import type { Words } from './words.js';

const { answer, enter, isExplicit, keyOf, leave, make, press, titleOf, withWords, yesToAll } = banner;

/** What the panel shares with this part. */
export const kit = { DETAILS, DIALOG_CSS, head, switchRow };

/** Opens the panel, fetched on first need: it comes after this part. */
export async function openPanel(...all: Parameters<typeof panel.openPanel>): Promise<panel.HbPrivacyPanel> {
  const part = await import(/* webpackChunkName: "homebody.panel" */ '../elements/panel.js');
  return part.openPanel(...all);
}

/** The switches, by purpose. */
type Switches = Map<PurposeId, HTMLInputElement>;

/**
 * The choice by purpose, in a native dialog: it takes the focus and gives it back, Escape and the backdrop close it
 * without an answer. Nothing is ticked that is not on already.
 */
export function showPreferences(context: NoticeContext): ConsentSurface {
  let dialog: HTMLDialogElement | undefined;
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    dialog?.close();
  };
  withWords(context, (words) => {
    if (isClosed) return;
    const drawn = (dialog = dialogOf(context, words, close));
    drawn.addEventListener('close', () => leave(drawn));
    drawn.addEventListener('click', ({ target }) => target === drawn && close());
    enter(context, drawn, () => (isClosed ? leave(drawn) : drawn.showModal()), banner.NOTICE_CSS + PREFERENCES_CSS);
  }, DETAILS);
  return { close };
}

function dialogOf(context: NoticeContext, words: Words, close: () => void): HTMLDialogElement {
  const { say, spoken } = words;
  const { asked, gpc } = context.consent.state();
  const switches: Switches = new Map();
  return make(
    'dialog.dialog',
    { 'aria-labelledby': 'title', ...spoken },
    head(say('preferences.title'), say('preferences.close'), close),
    make(
      'div.body',
      {},
      make('p', {}, say('preferences.lead')),
      gpc ? make('p.note', {}, say('signal.gpc')) : undefined,
      ...asked.map((purpose, index) => purposeOf(context, words, purpose, index, switches)),
      aboutController(context, words),
    ),
    foot(context, words, switches, close),
  ) as HTMLDialogElement;
}

function purposeOf(
  context: NoticeContext,
  words: Words,
  purpose: PurposeId,
  index: number,
  switches: Switches,
): HTMLElement {
  const { say } = words;
  const { explicit } = context.config.purposes[purpose] ?? {};
  const { effective = false, despiteGpc } = context.consent.state().purposes[purpose] ?? {};
  const id = `p${index}`;
  const about = [`${keyOf(context, purpose)}.body`, explicit, despiteGpc && 'signal.gpc_despite'];
  const [label, input] = switchRow(id, titleOf(context, words, purpose), effective, ...about.map((key) => key && say(key)));
  switches.set(purpose, input);
  return make('div.purpose', {}, label, aboutPurpose(context, words, purpose, id));
}

/** Save, yes and no to all: one rule for the three. */
function foot(context: NoticeContext, { say }: Words, switches: Switches, close: () => void): HTMLElement {
  const decide = (choice: () => Choice | null) => (): void => {
    close();
    answer(context, choice(), 'preferences');
  };
  const ticked = (): Choice => Object.fromEntries([...switches].map(([purpose, { checked }]) => [purpose, checked]));
  // A tick beside the sentence of explicit consent counts with "all", too.
  const all = (): Choice => {
    const choice = yesToAll(context);
    for (const [purpose, { checked }] of switches) if (checked && isExplicit(context, purpose)) choice[purpose] = true;
    return choice;
  };
  const buttons = [
    press('choice', 'reject', say('preferences.reject'), decide(() => null)),
    press('choice', 'accept', say('preferences.accept'), decide(all)),
    press('choice', 'save', say('preferences.save'), decide(ticked)),
  ];
  return make('div.foot', { class: 'foot choices' }, ...buttons);
}
