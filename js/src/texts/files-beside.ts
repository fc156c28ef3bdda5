// What `files.ts` does, in the script-tag build: it names its chunks itself, so that a language's file can be asked for beside
// the list that says where it is, not after it.
import type { NoticeTexts } from './notice-keys.js';
import type { ProfileTexts } from './profile-shape.js';
import type { Find } from './told.js';

/** webpack's: fetches a chunk by its name. */
declare const __webpack_chunk_load__: (name: string) => Promise<unknown>;

/** Finds the texts of the notice. */
export const noticeFiles: Find<NoticeTexts> = (language) => [
  import(/* webpackChunkName: "texts/list" */ './notice-files.js'),
  __webpack_chunk_load__(`texts/notice-${language}`),
];

/** Finds everything about the profile. */
export const profileFiles: Find<ProfileTexts> = (language) => [
  import(/* webpackChunkName: "texts/list" */ './profile-files.js'),
  __webpack_chunk_load__(`texts/profile-${language}`),
];
