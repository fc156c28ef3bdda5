/**
 * The 32-bit key of an id: FNV-1a over its UTF-8 bytes, then the finaliser of MurmurHash3. 0 means "none" and becomes 1.
 * Twin of `protocol::derive_key`; the golden vectors hold both to the same bits.
 */
export function deriveKey(seed: number, id: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
