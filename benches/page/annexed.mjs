/** Gives a ranking module its annex, as `js/src/rank/annexed.ts` does. */
export async function annexed(address, exports) {
  const annex = await WebAssembly.compileStreaming(fetch(address));
  await WebAssembly.instantiate(annex, { rank: exports });
}
