import { checkConfig } from '../../js/dist/consent/check.js';
import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';

/** Far more than any notice; what is bigger is something else. */
const MAX_BYTES = 512 * 1024;

/** Reads a configuration, or throws what to tell whoever opened it. */
export async function readConfig(file: File): Promise<ConsentConfig> {
  if (file.size > MAX_BYTES) throw new Error(`${file.name} is larger than 512 KB: it is no consent configuration`);
  return checkConfig(parsed(await file.text(), file.name));
}

/** The file that the form makes. */
export function textOf(config: ConsentConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Hands a configuration to the browser's downloads. */
export function download(config: ConsentConfig, name: string): void {
  const address = URL.createObjectURL(new Blob([textOf(config)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is no JSON`);
  }
}
