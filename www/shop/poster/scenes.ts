import type { Motif } from './motifs.js';
import { between, circle, path, pick, rect, shape } from './svg.js';

/** A door left open, its light on the floor. */
export const doorway: Motif = (draw, { main, second }) => {
  const x = between(draw, 50, 96);
  const lean = pick(draw, [-70, 60]);
  return [
    rect(0, 0, 200, 150, second),
    rect(x, 34, 54, 116, main),
    path(`M${x} 150h54L${x + 54 + lean} 210H${x + lean}Z`, main, 0.55),
  ];
};

/** Stairs, and somebody's place on them. */
export const stairs: Motif = (draw, { main, second, ink }) => {
  const at = 1 + Math.floor(draw() * 4);
  const steps = Array.from({ length: 6 }, (_, index) =>
    rect(index * 34, 176 - index * 28, 210, 60 + index * 28, index % 2 ? second : main),
  );
  return [...steps, circle(at * 34 + 17, 162 - at * 28, 13, ink)];
};

/** Sheets of paper, laid over each other. */
export const sheets: Motif = (draw, { main, second, ink }) => {
  const turn = between(draw, 6, 14);
  return [
    [second, 0.5],
    [second, 1],
    [main, 1],
  ]
    .map(([fill, opacity], index) =>
      shape('rect', {
        x: 50,
        y: 34,
        width: 98,
        height: 132,
        fill: fill as string,
        opacity: opacity as number,
        transform: `rotate(${(index - 1) * turn} 100 100)`,
      }),
    )
    .concat(shape('path', { d: 'M66 62H130M66 78H130M66 94H106', stroke: ink, 'stroke-width': 4, opacity: 0.7 }));
};

/** A branch with leaves on both sides. */
export const branch: Motif = (draw, { main, second, ink }) => {
  const bend = between(draw, -24, 24);
  const leaves = Array.from({ length: 10 }, (_, index) => {
    const y = 178 - index * 16;
    const x = 100 + bend * (index / 9) ** 2;
    const side = index % 2 ? 1 : -1;
    const size = 50 - index * 2.6;
    return path(
      `M${x} ${y}q${side * size * 0.5} ${-size * 0.75} ${side * size} ${-size * 0.3}q${-side * size * 0.35} ${size * 0.6} ${-side * size} ${size * 0.3}Z`,
      index % 3 === 1 ? main : second,
    );
  });
  const stem = shape('path', {
    d: `M100 210V178Q100 90 ${100 + bend} 24`,
    fill: 'none',
    stroke: ink,
    'stroke-width': 3,
  });
  return [...leaves, stem];
};

/** A table laid for two. */
export const table: Motif = (draw, { main, second, ink }) => {
  const cups = [between(draw, 40, 60), between(draw, 130, 150)];
  const drawn = cups.map((x, index) => path(`M${x - 20} 92H${x + 20}L${x + 14} 130H${x - 14}Z`, index ? second : main));
  return [
    circle(100, 62, 34, second, 0.6),
    ...drawn,
    rect(10, 130, 180, 9, ink),
    rect(34, 139, 8, 70, ink),
    rect(158, 139, 8, 70, ink),
  ];
};

/** A town at night with a few windows lit. */
export const skyline: Motif = (draw, { main, second, ink }) => {
  const blocks = Array.from({ length: 7 }, (_, index) => {
    const height = between(draw, 60, 150);
    const lit = Array.from({ length: 3 }, () =>
      rect(index * 29 + 6 + Math.floor(draw() * 2) * 9, 205 - height + 12 + Math.floor(draw() * 4) * 14, 5, 7, main),
    );
    return [rect(index * 29, 200 - height, 27, height, index % 2 ? second : ink), ...lit];
  });
  return [circle(between(draw, 40, 160), 44, 20, main), ...blocks.flat()];
};

/** A road to the horizon. */
export const road: Motif = (draw, { main, second, ground }) => {
  const x = between(draw, 70, 130);
  const dashes = Array.from({ length: 5 }, (_, index) => {
    const y = 112 + index * index * 5.5;
    return path(`M${x - 0.6 - index} ${y}h${1.2 + index * 2}l${index} ${4 + index * 3}h${-1.2 - index * 4}Z`, ground);
  });
  return [
    circle(x, 108, 44, main),
    rect(0, 108, 200, 100, second),
    path(`M${x - 3} 108H${x + 3}L${x + 80} 210H${x - 80}Z`, main, 0.9),
    ...dashes,
  ];
};
