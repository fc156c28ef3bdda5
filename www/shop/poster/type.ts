/** A typeface and how a title is set in it. System fonts only: nothing is fetched for a poster. */
export interface Face {
  readonly family: string;
  readonly weight: number;
  readonly style: 'normal' | 'italic';
  /** Line height, as a multiple of the size. */
  readonly leading: number;
  readonly upper: boolean;
}

/** The faces posters are set in. */
export const FACES: Readonly<Record<'grotesque' | 'book' | 'italic', Face>> = {
  grotesque: {
    family:
      "'Avenir Next Condensed', 'Helvetica Neue Condensed', 'Roboto Condensed', 'Arial Narrow', 'DejaVu Sans Condensed', sans-serif",
    weight: 700,
    style: 'normal',
    leading: 0.98,
    upper: true,
  },
  book: {
    family: "'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'DejaVu Serif Condensed', serif",
    weight: 700,
    style: 'normal',
    leading: 1.04,
    upper: false,
  },
  italic: {
    family: "Didot, 'Bodoni MT', Georgia, 'DejaVu Serif Condensed', serif",
    weight: 400,
    style: 'italic',
    leading: 1.06,
    upper: false,
  },
};

const LARGEST = 36;
const SMALLEST = 9;

/** Breaks a title into lines and finds the largest size at which they fit into the box. */
export function setTitle(title: string, face: Face, width: number, height: number): { lines: string[]; size: number } {
  const words = (face.upper ? title.toUpperCase() : title).split(' ');
  for (let size = LARGEST; size > SMALLEST; size -= 1) {
    const lines = broken(words, face, size, width);
    if (lines && lines.length * size * face.leading <= height) return { lines, size };
  }
  return { lines: broken(words, face, SMALLEST, Infinity) ?? [title], size: SMALLEST };
}

function broken(words: string[], face: Face, size: number, width: number): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line ? `${line} ${word}` : word;
    if (widthOf(word, face, size) > width) return undefined;
    if (widthOf(longer, face, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

let canvas: CanvasRenderingContext2D | null | undefined;

function widthOf(text: string, face: Face, size: number): number {
  canvas ??= document.createElement('canvas').getContext('2d');
  // Without a canvas (some privacy settings refuse it) a generous estimate.
  if (!canvas) return text.length * size * 0.62;
  canvas.font = `${face.style} ${face.weight} ${size}px ${face.family}`;
  return canvas.measureText(text).width;
}
