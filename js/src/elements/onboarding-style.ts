/** Style of the questions; the three answers are one rule, so none of them stands out. */
export const ONBOARDING_CSS = `\
:host{display:block;color-scheme:light dark;font:1rem/1.5 var(--font);color:var(--ink)}\
:host([hidden]){display:none}\
section,.done{background:var(--bg);border:1px solid var(--line);border-radius:var(--radius);padding:1.1rem 1.25rem;margin:0}\
h2{margin:0;font-size:1.1rem;line-height:1.3}\
p{margin:0}\
.about{color:var(--soft);font-size:.9375rem;max-inline-size:62ch}\
.lead{margin-block-start:.9rem;color:var(--soft)}\
.question{font-size:1.35rem;line-height:1.3;font-weight:600;overflow-wrap:anywhere;min-block-size:1.3em}\
.answers{display:flex;flex-wrap:wrap;gap:.6rem;margin-block:.9rem .4rem}\
button{font:inherit;min-block-size:44px;min-inline-size:44px;padding:.5rem 1.1rem;border-radius:var(--radius);cursor:pointer;color:var(--ink);background:var(--bg);border:2px solid var(--accent)}\
.answers button{flex:1 1 6rem;font-weight:600}\
.skip-all{border-color:#0000;background:none;color:var(--soft);text-decoration:underline;text-underline-offset:.2em;padding-inline:0}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
@media(hover:hover){.answers button:hover{background:color-mix(in srgb,var(--accent) 12%,var(--bg))}}\
@media(forced-colors:active){.answers button{border-color:ButtonText}}`;
