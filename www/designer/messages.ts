import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import type { Finding } from '../../js/dist/notice/inspect.js';

/** What the frame is to show. */
export interface Wish {
  readonly kind: 'show';
  readonly config: ConsentConfig;
  readonly region: string;
  readonly language: string;
  readonly scheme: 'light' | 'dark';
  readonly gpc: boolean;
  readonly surface: 'banner' | 'preferences';
}

/** What the frame says: that it can be told something, or what it shows. */
export type Sight =
  | { readonly kind: 'ready' }
  | { readonly kind: 'shown'; readonly findings: readonly Finding[]; readonly isThere: boolean; readonly answers: readonly string[] };
