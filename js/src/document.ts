/** Documents as the care module reads and writes them; `core/device/src/care/document` says how. */

const PLAIN: readonly unknown[] = [null, false, true];
const NUMBER = 3;
const TEXT = 4;
const LIST = 5;
const MAP = 6;
const END = 7;
/** Nothing in an export lies deeper; what does is nobody's, and a circle ends. */
const MAX_DEPTH = 6;

/** What JSON could hold of a value, as bytes; numbers that it could not are kept. */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const put = (tag: number, ...rest: Iterable<number>[]): void => {
    bytes.push(tag);
    for (const part of rest) for (const byte of part) bytes.push(byte);
  };
  const write = (value: unknown, depth: number): void => {
    if (typeof value === 'number') put(NUMBER, raw(Float64Array.of(value)));
    else if (typeof value === 'string') {
      const text = new TextEncoder().encode(value);
      put(TEXT, raw(Uint32Array.of(text.length)), text);
    } else if (!depth || !value || typeof value !== 'object') put(Math.max(0, PLAIN.indexOf(value)));
    else {
      const isList = Array.isArray(value);
      put(isList ? LIST : MAP);
      for (const [name, member] of Object.entries(value)) {
        if (isList) write(member, depth - 1);
        else if (member !== undefined) {
          write(name, 0);
          write(member, depth - 1);
        }
      }
      put(END);
    }
  };
  write(value, MAX_DEPTH);
  return Uint8Array.from(bytes);
}

/** The value of bytes that Rust wrote. */
export function decode(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 0;
  const read = (): unknown => {
    const tag = bytes[at++]!;
    if (tag < NUMBER) return PLAIN[tag];
    if (tag === NUMBER) return view.getFloat64((at += 8) - 8, true);
    if (tag === TEXT) {
      const start = at + 4;
      at = start + view.getUint32(at, true);
      return new TextDecoder().decode(bytes.subarray(start, at));
    }
    const members: unknown[] = [];
    while (bytes[at] !== END) members.push(tag === LIST ? read() : [read(), read()]);
    at++;
    return tag === LIST ? members : Object.fromEntries(members as [string, unknown][]);
  };
  return read();
}

/** The bytes of a number, in the order that every machine with WebAssembly keeps them in memory. */
function raw({ buffer }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer);
}
