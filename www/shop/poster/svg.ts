/** A random number generator from a text: the same film has the same poster everywhere. */
export type Draw = () => number;

/** Seeds a generator (mulberry32) with the FNV-1a hash of `text`; it gives numbers in [0, 1). */
export function drawFrom(text: string): Draw {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the choices, by the next draw. */
export function pick<T>(draw: Draw, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(draw() * choices.length)] ?? choices[0];
}

/** A number between two bounds. */
export function between(draw: Draw, low: number, high: number): number {
  return low + draw() * (high - low);
}

type Attributes = Record<string, string | number>;

/** An SVG element with attributes; attributes, unlike inline styles, pass a strict policy. */
export function shape(name: string, attributes: Attributes, children: Node[] = []): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);
  }
  element.append(...children);
  return element;
}

/** A filled circle. */
export function circle(cx: number, cy: number, r: number, fill: string, opacity = 1): SVGElement {
  return shape('circle', { cx, cy, r, fill, opacity });
}

/** A ring. */
export function ring(cx: number, cy: number, r: number, stroke: string, width: number): SVGElement {
  return shape('circle', { cx, cy, r, fill: 'none', stroke, 'stroke-width': width });
}

/** A filled rectangle. */
export function rect(x: number, y: number, width: number, height: number, fill: string): SVGElement {
  return shape('rect', { x, y, width, height, fill });
}

/** A filled path. */
export function path(d: string, fill: string, opacity = 1): SVGElement {
  return shape('path', { d, fill, opacity });
}
