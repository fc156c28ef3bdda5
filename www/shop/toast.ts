import { button, byId, make } from './dom.js';

/** Shows a short message with a way to take it back; it stays while it is pointed at or has the focus. */
export function toast(text: string, undo: () => void): void {
  const box = make('div', 'toast', [make('span', '', [text])]);
  const gone = (): void => {
    if (box.matches(':hover, :focus-within')) later();
    else box.remove();
  };
  const later = (): void => void setTimeout(gone, 8000);
  box.append(
    button('quiet', 'Undo', () => {
      undo();
      box.remove();
    }),
  );
  byId('toasts').replaceChildren(box);
  later();
}
