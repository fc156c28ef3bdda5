import type { ConsentControl, Grant, PurposeId } from './types.js';

/** Waits for a purpose to be allowed; see `ConsentControl.when`. */
export function whenAllowed(consent: ConsentControl, purpose: PurposeId, signal?: AbortSignal): Promise<Grant> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const stop = (): void => stops.splice(0).forEach((each) => each());
    const look = (): void => {
      if (!consent.allowed(purpose)) return;
      stop();
      resolve(grantOf(consent, purpose));
    };
    const give = (): void => {
      stop();
      reject(signal?.reason);
    };
    if (signal?.aborted) return give();
    signal?.addEventListener('abort', give);
    stops.push(() => signal?.removeEventListener('abort', give), consent.subscribe(look));
    look();
  });
}

function grantOf(consent: ConsentControl, purpose: PurposeId): Grant {
  const controller = new AbortController();
  const stop = consent.subscribe(() => {
    if (consent.allowed(purpose)) return;
    stop();
    controller.abort();
  });
  return { revoked: controller.signal };
}
