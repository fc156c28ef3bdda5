import { type Draw, pick } from './svg.js';

/** The inks of one poster. `ink` has at least 4.5:1 on `ground`. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly main: string;
  readonly second: string;
}

type Inks = readonly [ground: string, ink: string, main: string, second: string];
type Choices = readonly [Inks, ...Inks[]];

const OTHER: Choices = [
  ['#e9e2d0', '#1f2a37', '#c4512d', '#2f6f73'],
  ['#22303c', '#f3ead7', '#e3a857', '#6d8f9c'],
];

const BY_GENRE: Readonly<Record<string, Choices>> = {
  Action: [
    ['#16181d', '#fff1e0', '#ff5a1f', '#ffb627'],
    ['#f5b700', '#171411', '#d7263d', '#1b1b1e'],
    ['#0b2545', '#eef4ed', '#f25f4c', '#8da9c4'],
  ],
  Adventure: [
    ['#f4e3c1', '#23332f', '#e07a3f', '#2f6b62'],
    ['#12414b', '#f8eed8', '#f2b84b', '#e4572e'],
    ['#e8d7b5', '#3a2417', '#b5532a', '#6f8f72'],
  ],
  Drama: [
    ['#e7dfd3', '#2b2530', '#8c3b3b', '#40576b'],
    ['#2a2438', '#f2e9e4', '#c9ada7', '#e07a5f'],
    ['#d9e2e1', '#1d3038', '#35637a', '#d98e5f'],
    ['#f1e4d4', '#4a2020', '#a63d2f', '#d9a15b'],
    ['#26413c', '#f3eedd', '#e0b36a', '#7fa08d'],
    ['#c9c3d8', '#2a2140', '#5a4a86', '#e08e6d'],
    ['#8a3324', '#fdeedd', '#f2c48d', '#3b1f2b'],
  ],
  Comedy: [
    ['#ffe27a', '#3a2235', '#ff6b5e', '#3fa7a0'],
    ['#ff8a6b', '#331a26', '#ffe6a7', '#5b3a8c'],
    ['#cdebe4', '#25323f', '#ff7f50', '#f2c14e'],
  ],
  'Romantic Comedy': [
    ['#fbdcd4', '#5a1734', '#ef5d77', '#f6a86d'],
    ['#7d1f45', '#ffe9e2', '#ff8fa3', '#ffc6a5'],
    ['#e8e0f5', '#3b2557', '#b4559b', '#f28f79'],
  ],
  Thriller: [
    ['#101820', '#e8ecef', '#d5332b', '#5c6f7d'],
    ['#dfe3da', '#1a2420', '#c8321f', '#53665c'],
    ['#1d2b2a', '#eaf2e3', '#b8d15a', '#567572'],
  ],
  Horror: [
    ['#120d14', '#f4e7e1', '#b3121d', '#4d3a57'],
    ['#0f1a17', '#e6f0df', '#7fae4e', '#2f4a3f'],
    ['#2b0b12', '#fbe6d9', '#e5383b', '#6b1a27'],
  ],
  Musical: [
    ['#2d1e4f', '#fdeccb', '#f7b32b', '#e4578b'],
    ['#fce3b6', '#3c1b3d', '#d8436d', '#3d7ea6'],
  ],
  Documentary: [
    ['#eceae4', '#20262b', '#2f6690', '#c9b458'],
    ['#1f2d2f', '#eef1ea', '#d8a657', '#7fa7a0'],
  ],
  Western: [
    ['#f0c987', '#3d1f12', '#c8502b', '#7b2d1d'],
    ['#7a2e1a', '#fbe7c6', '#f0a34a', '#471a10'],
  ],
  'Black Comedy': [
    ['#f2efe9', '#161616', '#161616', '#e23e2f'],
    ['#1a1a1a', '#f6f1e7', '#f6f1e7', '#d9b44a'],
  ],
  Concert: [
    ['#140f2d', '#fbf0ff', '#f72585', '#4cc9f0'],
    ['#f4e9ff', '#2a1145', '#7b2cbf', '#ff7a59'],
  ],
};

/** The inks for a genre, one of a few by the next draw. */
export function paletteOf(genre: string, draw: Draw): Palette {
  const [ground, ink, main, second] = pick(draw, BY_GENRE[genre] ?? OTHER);
  return { ground, ink, main, second };
}
