/**
 * What the visitor holds on the page: the focus, and a selection, in a field or in the text. The returned function gives
 * back what moving took away.
 */
export function hold(): () => void {
  const active = document.activeElement as HTMLInputElement | null;
  const { selectionStart, selectionEnd } = active ?? {};
  const page = getSelection();
  const { anchorNode, anchorOffset = 0, focusNode, focusOffset = 0 } = page ?? {};
  return () => {
    if (active !== document.activeElement) active?.focus({ preventScroll: true });
    // A field has a selection of its own, and that of the page would take it away.
    if (selectionStart != null) active?.setSelectionRange(selectionStart, selectionEnd ?? null);
    else if (anchorNode?.isConnected && focusNode?.isConnected && (page?.anchorNode !== anchorNode || page.focusNode !== focusNode)) {
      page?.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
    }
  };
}

/**
 * A child moved in one step keeps its box, and a box in another place counts as a layout shift. Laid out as absent for
 * a moment it gets a new one; the focus is looked at only when the page is painted, and stays.
 */
export function renewBox(child: Element): void {
  const { style } = child as HTMLElement;
  const { cssText } = style;
  const isStyled = child.hasAttribute('style');
  style.setProperty('display', 'none', 'important');
  child.getBoundingClientRect();
  style.cssText = cssText;
  if (!isStyled) child.removeAttribute('style');
}
