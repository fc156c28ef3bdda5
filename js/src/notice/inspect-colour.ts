/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

let canvas: CanvasRenderingContext2D | null | undefined;

/** A computed colour, however it is written, laid over another; `opacity` is that of what it belongs to. */
export function over(colour: string, ground: Rgb, opacity = 1): Rgb {
  const [red, green, blue, alpha] = pixel(colour);
  const share = (alpha / 255) * opacity;
  const mix = (front: number, back: number): number => front * share + back * (1 - share);
  return [mix(red, ground[0]), mix(green, ground[1]), mix(blue, ground[2])];
}

/** Whether something shines through. */
export function transparent(colour: string): boolean {
  return pixel(colour)[3] < 255;
}

/** Contrast ratio, 1 to 21: <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>. */
export function contrast(one: Rgb, other: Rgb): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

/** The browser reads its own colours best: one pixel is painted and looked at. */
function pixel(colour: string): readonly [number, number, number, number] {
  const one = { width: 1, height: 1 };
  canvas ??= Object.assign(document.createElement('canvas'), one).getContext('2d', { willReadFrequently: true });
  if (!canvas) return [0, 0, 0, 255];
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha];
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const channel = value / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
