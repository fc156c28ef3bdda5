/** Several values of bytes as one, as the modules `contribute` and `split` take and give them; `sdk-wasm/src/parcel.rs`. */

type Bytes = Uint8Array<ArrayBuffer>;

/** Puts values together, each behind its length. */
export function pack(...values: readonly Uint8Array[]): Bytes {
  const packed = new Uint8Array(values.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const value of values) {
    view.setUint32(at, value.length, true);
    packed.set(value, at + 4);
    at += 4 + value.length;
  }
  return packed;
}

/** Takes them apart again; each is a copy of its own. */
export function unpack(packed: Bytes): Bytes[] {
  const view = new DataView(packed.buffer, packed.byteOffset);
  const values: Bytes[] = [];
  for (let at = 0; at < packed.length; ) {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    values.push(packed.slice(start, at));
  }
  return values;
}

/** 32-bit numbers as bytes. */
export function bytesOf(numbers: readonly number[]): Bytes {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

/** Bytes as 32-bit numbers. */
export function numbersOf({ buffer }: Bytes): number[] {
  return [...new Uint32Array(buffer)];
}

/** Lower-case hex digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Standard base64. */
export function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Bytes of base64. */
export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** UTF-8. */
export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
