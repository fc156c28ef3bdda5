import { deriveKey } from '../ids.js';
import type { Manifest } from '../manifest.js';

/**
 * The manifest as this device uses it: with the tables of the model on its way to everybody, if the device is among those
 * that have them already. That is drawn from the device's own secret and the model, the same on every page; nobody else
 * knows it. Without a secret the device takes no part.
 */
export function turned(manifest: Manifest, secret: number | undefined): Manifest {
  const { ramp } = manifest;
  if (!ramp || secret === undefined || deriveKey(secret, `${ramp.model.trained_at}`) >= ramp.per_mille * (2 ** 32 / 1000)) {
    return manifest;
  }
  const { model, catalog } = ramp;
  return { ...manifest, model, catalog, placements: { ...manifest.placements, ...ramp.placements } };
}
