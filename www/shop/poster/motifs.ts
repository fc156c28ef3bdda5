import {
  arcs,
  bars,
  blinds,
  burst,
  confetti,
  eye,
  forest,
  frames,
  grin,
  heart,
  hills,
  horizon,
  mesa,
  pair,
  record,
  slashes,
  spiral,
  split,
  waves,
  windows,
} from './figures.js';
import type { Palette } from './palette.js';
import { branch, doorway, road, sheets, skyline, stairs, table } from './scenes.js';
import { type Draw, pick } from './svg.js';
import { arch, balloons, halftone, orbits } from './worlds.js';

/** Draws the picture of a poster into the square 200 × 200 at the origin. */
export type Motif = (draw: Draw, inks: Palette) => SVGElement[];

type Motifs = readonly [Motif, ...Motif[]];

const BY_GENRE: Readonly<Record<string, Motifs>> = {
  Action: [burst, slashes, road],
  Adventure: [hills, horizon, road],
  Drama: [horizon, windows, arcs, pair, doorway, stairs, sheets, branch, table],
  Comedy: [confetti, grin, arcs, table],
  'Romantic Comedy': [pair, heart, table, branch],
  Thriller: [spiral, blinds, skyline, doorway],
  Horror: [forest, eye, doorway],
  Musical: [waves, record],
  Documentary: [frames, branch, sheets],
  Western: [mesa, road],
  'Black Comedy': [split, stairs],
  Concert: [bars, record],
};

const BY_TAG: Readonly<Record<string, Motifs>> = {
  'Science Fiction': [orbits],
  Fantasy: [arch],
  Superheroes: [halftone],
  Family: [balloons],
};

/** The picture for a film: its genre's, or more often the one of its kind of story when that has its own. */
export function motifOf(genre: string, tags: readonly string[], draw: Draw): Motif {
  const told = tags.map((tag) => BY_TAG[tag]).find(Boolean);
  const ofGenre = BY_GENRE[genre] ?? [arcs, horizon];
  return told && draw() < 0.7 ? pick(draw, told) : pick(draw, ofGenre);
}
