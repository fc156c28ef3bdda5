import type { Motif } from './motifs.js';
import { between, circle, path, pick, rect, ring, shape } from './svg.js';

/** Rays from one point. */
export const burst: Motif = (draw, { main, second }) => {
  const x = between(draw, 40, 160);
  const y = between(draw, 90, 150);
  const rays = Array.from({ length: 18 }, (_, index) => {
    const from = (index / 18) * Math.PI * 2;
    const to = from + Math.PI / 18;
    const far = 320;
    const corner = (angle: number): string => `${x + far * Math.cos(angle)} ${y + far * Math.sin(angle)}`;
    return path(`M${x} ${y}L${corner(from)}L${corner(to)}Z`, main, index % 3 === 0 ? 1 : 0.72);
  });
  return [...rays, circle(x, y, between(draw, 26, 40), second)];
};

/** Strokes of speed. */
export const slashes: Motif = (draw, { main, second }) => {
  const shift = between(draw, -20, 20);
  return Array.from({ length: 6 }, (_, index) => {
    const x = shift + index * 46 - 60;
    const width = 8 + index * 4;
    return path(`M${x} 210L${x + 110} -10h${width}L${x + width} 210Z`, index % 3 === 1 ? second : main);
  });
};

/** Hills behind hills, and a sun. */
export const hills: Motif = (draw, { main, second, ink }) => {
  const sun = circle(between(draw, 50, 150), between(draw, 55, 80), between(draw, 24, 36), main);
  const ridge = (base: number, height: number, fill: string, opacity: number): SVGElement => {
    const peaks = Array.from({ length: 5 }, (_, index) => `${index * 50} ${base - draw() * height}`);
    return path(`M-10 210L-10 ${base}L${peaks.join('L')}L210 ${base}L210 210Z`, fill, opacity);
  };
  return [sun, ridge(130, 50, second, 0.55), ridge(155, 42, second, 1), ridge(185, 34, ink, 0.9)];
};

/** A sun on the water. */
export const horizon: Motif = (draw, { main, second, ground }) => {
  const x = between(draw, 70, 130);
  const level = between(draw, 110, 130);
  const radius = between(draw, 56, 74);
  const ripples = Array.from({ length: 6 }, (_, index) =>
    rect(0, level + 8 + index * 13, 200, 3 + index * 1.2, ground),
  );
  return [
    circle(x, level, radius, main),
    rect(0, level, 200, 90, second),
    circle(x, level, radius, main, 0.35),
    ...ripples,
  ];
};

/** Windows at night, one of them lit. */
export const windows: Motif = (draw, { main, second }) => {
  const lit = Math.floor(draw() * 12);
  return Array.from({ length: 12 }, (_, index) => {
    const x = 24 + (index % 3) * 54;
    const y = 20 + Math.floor(index / 3) * 45;
    return shape('rect', {
      x,
      y,
      width: 44,
      height: 34,
      fill: index === lit ? main : second,
      opacity: index === lit ? 1 : 0.45,
    });
  });
};

/** Half a rainbow, turned. */
export const arcs: Motif = (draw, { main, second }) => {
  const turn = pick(draw, [0, 90, 180, 270]);
  const bands = [86, 66, 46, 26].map((radius, index) =>
    path(`M${100 - radius} 110A${radius} ${radius} 0 0 1 ${100 + radius} 110Z`, index % 2 ? second : main),
  );
  return [shape('g', { transform: `rotate(${turn} 100 100)` }, bands)];
};

/** Confetti. */
export const confetti: Motif = (draw, { main, second, ink }) =>
  Array.from({ length: 22 }, (_, index) => {
    const x = (index % 5) * 42 + between(draw, 4, 30);
    const y = Math.floor(index / 5) * 42 + between(draw, 4, 26);
    const fill = [main, second, ink][index % 3] ?? main;
    return index % 2
      ? circle(x, y, between(draw, 5, 13), fill)
      : shape('rect', {
          x,
          y,
          width: 22,
          height: 8,
          rx: 4,
          fill,
          transform: `rotate(${between(draw, 0, 180)} ${x} ${y})`,
        });
  });

/** A face that laughs. */
export const grin: Motif = (draw, { main, second }) => {
  const tilt = between(draw, -14, 14);
  const face = [
    circle(100, 100, 78, main),
    circle(74, 82, 8, second),
    circle(126, 82, 8, second),
    path('M56 112A46 46 0 0 0 144 112Z', second),
  ];
  return [shape('g', { transform: `rotate(${tilt} 100 100)` }, face)];
};

/** Two circles that meet. */
export const pair: Motif = (draw, { main, second }) => {
  const gap = between(draw, 26, 36);
  const y = between(draw, 92, 108);
  return [circle(100 - gap, y, 58, main, 0.9), circle(100 + gap, y, 58, second, 0.78)];
};

/** A heart in a heart. */
export const heart: Motif = (draw, { main, second }) => {
  const tilt = between(draw, -12, 12);
  const d = 'M100 172C40 128 26 98 34 70C42 44 78 40 100 70C122 40 158 44 166 70C174 98 160 128 100 172Z';
  return [
    shape('g', { transform: `rotate(${tilt} 100 100)` }, [
      path(d, main),
      shape('g', { transform: 'translate(46 50) scale(.54)' }, [path(d, second)]),
    ]),
  ];
};

/** Rings that draw one in. */
export const spiral: Motif = (draw, { main, second }) => {
  const x = between(draw, 80, 120);
  const drift = between(draw, -3, 3);
  const rings = Array.from({ length: 9 }, (_, index) =>
    ring(x + index * drift, 100, 8 + index * 13, index === 2 ? main : second, index === 2 ? 7 : 4),
  );
  return [...rings, circle(x, 100, 6, main)];
};

/** Light behind blinds. */
export const blinds: Motif = (draw, { main, second }) => {
  const slit = 3 + Math.floor(draw() * 4);
  const slats = Array.from({ length: 11 }, (_, index) => rect(0, index * 19, 200, index === slit ? 3 : 11, second));
  return [circle(100, slit * 19 + 8, 46, main), ...slats];
};

/** Bare trees before the moon. */
export const forest: Motif = (draw, { main, second, ground }) => {
  const moon = circle(between(draw, 60, 140), 78, 44, main);
  const trees = Array.from({ length: 13 }, (_, index) => {
    const x = index * 16 + between(draw, -4, 4);
    const top = between(draw, 50, 130);
    return path(`M${x - 11} 210L${x} ${top}L${x + 11} 210Z`, index % 2 ? ground : second);
  });
  return [moon, ...trees];
};

/** An eye, looking aside. */
export const eye: Motif = (draw, { main, second, ground }) => {
  const look = between(draw, -14, 14);
  const lid = 'M14 100Q100 22 186 100Q100 178 14 100Z';
  return [
    path(lid, second),
    circle(100 + look, 100, 37, main),
    circle(100 + look, 100, 15, ground),
    circle(108 + look, 91, 5, '#fff'),
  ];
};

/** Waves of sound. */
export const waves: Motif = (draw, { main, second }) => {
  const lift = between(draw, 12, 22);
  return Array.from({ length: 8 }, (_, index) => {
    const y = 26 + index * 22;
    const d = `M-20 ${y}q30 ${-lift} 60 0t60 0t60 0t60 0`;
    return shape('path', { d, fill: 'none', stroke: index % 2 ? second : main, 'stroke-width': 7 });
  });
};

/** A record and its arm. */
export const record: Motif = (draw, { main, second, ground, ink }) => {
  const grooves = [70, 60, 50, 40].map((radius) => ring(100, 100, radius, ground, 1.5));
  return [
    circle(100, 100, 82, ink),
    ...grooves,
    circle(100, 100, 28, main),
    circle(100, 100, 5, ground),
    rect(150, between(draw, 10, 24), 6, 78, second),
  ];
};

/** Frames, one of them held. */
export const frames: Motif = (draw, { main, second }) => {
  const held = Math.floor(draw() * 16);
  return Array.from({ length: 16 }, (_, index) => {
    const at = [18 + (index % 4) * 43, 18 + Math.floor(index / 4) * 43] as const;
    return index === held ? rect(...at, 35, 35, main) : ring(at[0] + 17.5, at[1] + 17.5, 15, second, 3);
  });
};

/** Table mountains at dusk. */
export const mesa: Motif = (draw, { main, second }) => {
  const x = between(draw, 60, 140);
  return [circle(x, 104, 62, main), path('M-5 210V140H28L36 108H70L78 140H120L126 124H164L172 140H205V210Z', second)];
};

/** A circle at odds with itself. */
export const split: Motif = (draw, { main, second, ground }) => {
  const tilt = pick(draw, [-35, -15, 20, 45]);
  const halves = [
    path('M100 22A78 78 0 0 1 100 178Z', main),
    path('M100 22A78 78 0 0 0 100 178Z', second),
    circle(100, 61, 14, second),
    circle(100, 139, 14, ground),
  ];
  return [shape('g', { transform: `rotate(${tilt} 100 100)` }, halves)];
};

/** Levels of sound. */
export const bars: Motif = (draw, { main, second }) =>
  Array.from({ length: 11 }, (_, index) => {
    const height = between(draw, 30, 160);
    return shape('rect', {
      x: 12 + index * 16.4,
      y: 190 - height,
      width: 11,
      height,
      rx: 3,
      fill: index % 3 ? main : second,
    });
  });
