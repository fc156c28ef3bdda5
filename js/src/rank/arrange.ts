import { hold, renewBox } from './held.js';

/**
 * Gives every place of `children` to its new child. Children are taken out and put back, which browsers do not count as
 * a layout shift; the one with the focus is moved in one step where the browser can, and focused again where it cannot.
 * A selection stays. Who stands in the right place already is not touched.
 */
export function arrange(children: readonly Element[], order: readonly Element[]): void {
  const giveBack = hold();
  const focused = children.find((child) => child.contains(document.activeElement));
  const moved = children.flatMap((child, index) => (child === order[index] ? [] : [index]));
  const places = moved.map((index) => {
    const child = children[index] as Element;
    const place = document.createComment('');
    if (child === focused) child.before(place);
    else child.replaceWith(place);
    return place;
  });
  places.forEach((place, index) => {
    const child = order[moved[index] as number] as Element;
    if (child === focused) {
      step(child, place);
      place.remove();
    } else place.replaceWith(child);
  });
  giveBack();
}

function step(child: Element, place: Comment): void {
  const parent = place.parentElement as Element & { moveBefore?: typeof place.insertBefore };
  if (parent.moveBefore) {
    parent.moveBefore(child, place);
    renewBox(child);
  } else parent.insertBefore(child, place);
}
