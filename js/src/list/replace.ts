import { hold, renewBox } from '../rank/held.js';

/**
 * Makes `order` what stands in `container` in place of `children`; where there are none, before `tail`. The rest is as in
 * `arrange`; when the child with the focus goes, the focus goes to the one in its place.
 */
export function replace(container: Element, children: readonly Element[], order: readonly Element[], tail: Element | null): void {
  let same = 0;
  while (children[same] && children[same] === order[same]) same += 1;
  const [before, after] = [children.slice(same), order.slice(same)];
  if (before.length + after.length === 0) return;
  const giveBack = hold();
  const focused = before.find((child) => child.contains(document.activeElement));
  const to = after.indexOf(focused as Element);
  const end = document.createComment('');
  container.insertBefore(end, children.at(-1)?.nextSibling ?? (children.length > 0 ? null : tail));
  for (const child of before) if (to < 0 || child !== focused) child.remove();
  after.forEach((child, place) => place === to || container.insertBefore(child, place < to ? (focused as Element) : end));
  end.remove();
  if (focused && to >= 0) renewBox(focused);
  giveBack();
  if (focused && to < 0) focusIn(order[children.indexOf(focused)] ?? order.at(-1));
}

/** The first thing in `child` that takes the focus gets it. */
export function focusIn(child: Element | undefined): void {
  const wanted = 'a[href], button, input, [tabindex]';
  const target = child?.matches(wanted) ? child : child?.querySelector(wanted);
  (target as HTMLElement | undefined)?.focus({ preventScroll: true });
}
