import type { Motif } from './motifs.js';
import { between, circle, path, shape } from './svg.js';

/** A planet with its ring. */
export const orbits: Motif = (draw, { main, second, ink }) => {
  const stars = Array.from({ length: 26 }, () => circle(draw() * 200, draw() * 200, between(draw, 0.6, 1.7), ink, 0.8));
  const tilt = between(draw, -35, 35);
  const band = shape('ellipse', {
    cx: 100,
    cy: 102,
    rx: 88,
    ry: 20,
    fill: 'none',
    stroke: second,
    'stroke-width': 5,
    transform: `rotate(${tilt} 100 102)`,
  });
  return [...stars, circle(100, 102, 50, main), band, circle(between(draw, 24, 60), between(draw, 26, 50), 9, second)];
};

/** A gate into another world. */
export const arch: Motif = (draw, { main, second, ink }) => {
  const gates = [82, 62, 42].map((half, index) =>
    path(
      `M${100 - half} 210V110A${half} ${half} 0 0 1 ${100 + half} 110V210Z`,
      index === 1 ? second : main,
      index === 0 ? 0.5 : 1,
    ),
  );
  const stars = Array.from({ length: 9 }, () => circle(draw() * 200, draw() * 60, between(draw, 1, 2.4), ink));
  return [...stars, ...gates];
};

/** A flash on dots of print. */
export const halftone: Motif = (draw, { main, second }) => {
  const dots = Array.from({ length: 100 }, (_, index) => {
    const column = index % 10;
    const row = Math.floor(index / 10);
    return circle(10 + column * 20, 10 + row * 20, 1.5 + row * 0.85, second);
  });
  const reach = between(draw, 64, 76);
  return [...dots, path(`M112 ${100 - reach}L62 112H98L84 ${100 + reach}L142 84H106Z`, main)];
};

/** Balloons. */
export const balloons: Motif = (draw, { main, second, ink }) =>
  [main, second, main, second, ink].map((fill, index) => {
    const x = 34 + index * 33;
    return circle(x, between(draw, 50, 140), between(draw, 22, 34), fill, 0.88);
  });
