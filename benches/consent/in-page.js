// What the probes see of a page. Runs before any script of the page; looks through open shadow roots, so that one way of
// looking serves every manager.
(() => {
  const canvas = () => (canvas.made ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }));

  function all(selector, root = document) {
    const found = [...root.querySelectorAll(selector)];
    for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) found.push(...all(selector, shadowRoot));
    return found;
  }

  /** Parent as it is painted. */
  const above = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

  function within(element, selector) {
    for (let each = element; each; each = above(each)) if (each.matches?.(selector)) return true;
    return false;
  }

  function visible(element) {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const inView = width > 0 && height > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return inView && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  const seen = (selector) => all(selector).filter(visible);

  function active() {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  }

  /** Red, green, blue from 0 to 255 and alpha from 0 to 1, of any colour that CSS has. */
  function rgba(colour) {
    const context = canvas();
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }

  const over = (top, bottom) => [0, 1, 2].map((at) => top[at] * top[3] + bottom[at] * (1 - top[3])).concat(1);

  /** The colour behind an element, on a white page. */
  function behind(element) {
    const layers = [];
    for (let each = element; each; each = above(each)) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  }

  const luminance = (colour) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
      const part = colour[at] / 255;
      return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);

  function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  /** The lowest contrast of the words in the elements that match. */
  function lowestContrast(selector) {
    const words = seen(`:is(${selector}), :is(${selector}) *`).filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    const each = words.map((element) => {
      const background = behind(element);
      return contrast(over(rgba(getComputedStyle(element).color), background), background);
    });
    return { count: each.length, lowest: Math.min(...each) };
  }

  const LOOKS = ['backgroundColor', 'color', 'fontFamily', 'fontSize', 'fontWeight', 'fontStyle', 'borderTopColor', 'borderTopStyle', 'borderTopWidth', 'borderRadius', 'textDecorationLine', 'opacity'];

  /** How a button looks, and how large it is. */
  function looks(selector) {
    const element = seen(selector)[0];
    if (!element) return null;
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return { style: Object.fromEntries(LOOKS.map((name) => [name, style[name]])), width, height };
  }

  const spoken = (elements) =>
    elements
      .flatMap((element) => [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).concat(element.ariaLabel ?? []))
      .join(' ')
      .replace(/\s+/g, ' ');

  /** Everything that is said in sight, with the names of what has no words. */
  const words = (selector) => spoken(seen(`:is(${selector}), :is(${selector}) *`));

  /** The same with what has to be scrolled to. */
  const text = (selector) => spoken(all(`:is(${selector}), :is(${selector}) *`).filter((element) => element.checkVisibility()));

  const refused = [];
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.push(effectiveDirective));

  window.look = { all, seen, visible, within, active, contrast, lowestContrast, looks, words, text, refused };
})();
