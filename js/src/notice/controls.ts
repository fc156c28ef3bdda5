import { kit } from './banner.js';

/** A switch in a row with its name and what is said about it; the whole row is the target. */
export function switchRow(
  id: string,
  name: string,
  isOn: boolean,
  ...about: (string | undefined)[]
): [HTMLElement, HTMLInputElement] {
  const words = kit.make('div', { id: `${id}-about` });
  for (const each of about) if (each) words.append(kit.make('p', {}, each));
  const input = kit.make('input.switch', {
    type: 'checkbox', role: 'switch', 'aria-labelledby': id, 'aria-describedby': words.id,
  }) as HTMLInputElement;
  input.checked = isOn;
  return [kit.make('label', {}, kit.make('div', {}, kit.make('b', { id }, name), words), input), input];
}

/** The head of a dialog: its title, by which the dialog is called, and a cross. */
export function head(title: string, closing: string, close: () => void): HTMLElement {
  const cross = kit.make('button.close', { type: 'button', 'aria-label': closing, on: close });
  cross.append(kit.draw('0 0 18 18', 'M3 3l12 12M15 3 3 15'));
  return kit.make('div.head', {}, kit.make('h2.title', { id: 'title' }, title), cross);
}
