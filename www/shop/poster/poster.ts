import { motifOf } from './motifs.js';
import { paletteOf } from './palette.js';
import { type Draw, drawFrom, pick, rect, shape } from './svg.js';
import { type Face, FACES, setTitle } from './type.js';

/** What a poster shows. */
export interface PosterSubject {
  readonly id: string;
  readonly title: string;
  readonly genre: string;
  readonly tags: readonly string[];
  readonly byline: string;
}

const WIDTH = 200;
const HEIGHT = 300;
const MARGIN = 14;
/** Height left for the title block beside the 200 × 200 picture. */
const TITLE_HEIGHT = 74;

/** Draws the poster of a film; the same film gives the same poster. Decoration: hidden from screen readers. */
export function posterOf(subject: PosterSubject): SVGElement {
  const draw = drawFrom(subject.id);
  const inks = paletteOf(subject.genre, draw);
  const picture = motifOf(subject.genre, subject.tags, draw)(draw, inks);
  const titleFirst = draw() < 0.4;
  const face = faceOf(subject.genre, draw);
  const svg = shape('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    'aria-hidden': 'true',
    focusable: 'false',
    class: 'poster',
  });
  svg.append(
    rect(0, 0, WIDTH, HEIGHT, inks.ground),
    // A nested viewport clips the picture without needing an id for a clip path.
    shape('svg', { x: 0, y: titleFirst ? 100 : 0, width: 200, height: 200, viewBox: '0 0 200 200' }, picture),
    ...words(subject, face, titleFirst ? MARGIN : 208, inks.ink),
  );
  return svg;
}

function words(subject: PosterSubject, face: Face, top: number, ink: string): SVGElement[] {
  const title = setTitle(subject.title, face, WIDTH - 2 * MARGIN, TITLE_HEIGHT - 12);
  const lines = title.lines.map((line, index) =>
    text(line, MARGIN, top + title.size * (0.82 + index * face.leading), title.size, face, ink),
  );
  const byline = text(subject.byline.toUpperCase(), MARGIN, top + TITLE_HEIGHT + 3, 7, BYLINE, ink);
  byline.setAttribute('letter-spacing', '1');
  return [...lines, byline];
}

const BYLINE: Face = { ...FACES.grotesque, weight: 600, upper: true };

function faceOf(genre: string, draw: Draw): Face {
  const { grotesque, book, italic } = FACES;
  if (['Action', 'Thriller', 'Documentary', 'Concert'].includes(genre)) return pick(draw, [grotesque, grotesque, book]);
  if (['Romantic Comedy', 'Musical'].includes(genre)) return pick(draw, [italic, book]);
  return pick(draw, [grotesque, book, italic]);
}

function text(line: string, x: number, y: number, size: number, face: Face, fill: string): SVGElement {
  const element = shape('text', {
    x,
    y,
    fill,
    'font-size': size,
    'font-family': face.family,
    'font-weight': face.weight,
    'font-style': face.style,
  });
  element.textContent = line;
  return element;
}
