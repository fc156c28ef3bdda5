/** File in the origin's private file system with the second part of the key. */
export const SHARD_FILE = 'homebody.shard';
/** Length of the shard. */
export const SHARD_BYTES = 32;

/** The shard, or null when there is none (or half of one). Rejects where the file system is missing. */
export async function readShard(): Promise<Uint8Array<ArrayBuffer> | null> {
  const root = await navigator.storage.getDirectory();
  try {
    const file = await (await root.getFileHandle(SHARD_FILE)).getFile();
    const bytes = new Uint8Array(await file.arrayBuffer());
    return bytes.length === SHARD_BYTES ? bytes : null;
  } catch (thrown) {
    if ((thrown as Error).name === 'NotFoundError') return null;
    throw thrown;
  }
}

/** Writes a shard. */
export async function writeShard(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(SHARD_FILE, { create: true });
  const stream = await handle.createWritable();
  await stream.write(bytes);
  await stream.close();
}

/** Overwrites the shard, then removes it; false when there was none. Nothing sealed with it can be opened again. */
export async function destroyShard(): Promise<boolean> {
  const root = await navigator.storage.getDirectory();
  try {
    await root.getFileHandle(SHARD_FILE);
  } catch {
    return false;
  }
  await writeShard(new Uint8Array(SHARD_BYTES)).catch(() => undefined); // Removal alone also takes the bytes off disk.
  await root.removeEntry(SHARD_FILE);
  return true;
}
