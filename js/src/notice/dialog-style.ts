/** What all our dialogs look like, the preferences and the panel; stands on the looks that everything shares. */
export const DIALOG_CSS = `\
dialog{padding:0;overflow:hidden;max-inline-size:none}\
dialog[open]{display:flex;flex-direction:column}\
dialog::backdrop{background:#0b0f1899}\
.head{display:flex;align-items:center;gap:1em;padding:.75em;padding-inline-start:1.5em}\
.head h2{flex:1;font-size:1.25em}\
.close{flex:none;padding:0;color:var(--soft)}\
svg{display:block;margin:auto;inline-size:18px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}\
.body{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:0 1.5em 1.5em}\
.note{margin-block-start:.75em;padding:.75em 1em;border-radius:var(--radius);background:var(--raised);color:var(--ink)}\
label{display:flex;align-items:center;gap:1em;cursor:pointer}\
label>:first-child{flex:1}\
input{appearance:none;flex:none;display:grid;align-items:center;margin:0;inline-size:52px;block-size:44px}\
input::before,input::after{content:'';grid-area:1/1}\
@media(prefers-reduced-motion:no-preference){input::before,input::after{transition:margin .15s,background-color .15s}}\
input::before{block-size:28px;border:2px solid var(--soft);border-radius:14px}\
input::after{inline-size:16px;block-size:16px;margin-inline-start:6px;border-radius:50%;background:var(--soft)}\
input:checked::before{background:var(--accent);border-color:var(--accent)}\
input:checked::after{margin-inline-start:30px;background:var(--bg)}\
@media(max-width:34em){dialog{inline-size:100%;margin-block-end:0;max-block-size:94dvh;border-end-start-radius:0;border-end-end-radius:0}.head{padding-inline-start:1em}.body{padding-inline:1em}}\
@media(forced-colors:active){input::before{border-color:ButtonText}input::after{background:ButtonText;forced-color-adjust:none}\
input:checked::before{background:Highlight;border-color:Highlight;forced-color-adjust:none}input:checked::after{background:HighlightText}}\
`;

/** What the preferences have besides. */
export const PREFERENCES_CSS = `${DIALOG_CSS}\
.foot{padding:1em 1.5em calc(1em + env(safe-area-inset-bottom));border-block-start:1px solid var(--line);grid-template-columns:repeat(auto-fit,minmax(min(100%,11em),1fr))}\
@media(min-width:34em){dialog{inline-size:min(40em,100% - 2em);max-block-size:min(48em,100dvh - 2em)}}\
.purpose{border:1px solid var(--line);border-radius:var(--radius);padding:.75em 1em .25em;margin-block:.75em}\
summary{inline-size:fit-content;padding-block:.75em;color:var(--soft)}\
ul{display:grid;gap:.375em;margin:0;padding:0 0 .5em;padding-inline-start:1.125em;color:var(--soft)}\
@media(max-height:36em){dialog,dialog .body{overflow:auto}dialog[open]{display:block}}\
@media(max-width:34em){.foot{padding-inline:1em}}\
`;
