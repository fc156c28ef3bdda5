/**
 * Looks that the banner, the preferences and the panel share. Each host is shut against the page's rules, which would
 * otherwise win; what a site may change goes through `--hb-` properties and `::part`. Accept and reject are one rule and
 * one part, so neither can be made to stand out. Lengths are `em` of the reader's own size: the page's root size is the
 * page's affair.
 */
export const BASE_CSS = `\
:host{all:initial!important;display:block!important;pointer-events:none!important;color-scheme:var(--l-scheme,light dark)!important;\
--button:var(--hb-button,light-dark(var(--l-button,var(--bg)),var(--d-button,var(--bg))));\
--button-ink:var(--hb-button-text,light-dark(var(--l-buttonText,var(--ink)),var(--d-buttonText,var(--ink))));\
--edge:var(--hb-button-border,light-dark(var(--l-buttonBorder,var(--accent)),var(--d-buttonBorder,var(--accent))))}\
*,::before,::after{box-sizing:border-box}\
.banner,dialog{pointer-events:auto;font:1em/1.5 var(--font);color:var(--ink);background:var(--bg);border:1px solid var(--line);\
border-radius:calc(var(--radius)*1.5);box-shadow:0 12px 48px #0004;overflow-wrap:anywhere}\
h2{margin:0;font-size:1.125em;line-height:1.3}\
p{margin:.375em 0 0;color:var(--soft)}\
a,button,input,summary{font:inherit;color:inherit;min-block-size:44px;min-inline-size:44px;cursor:pointer;border-radius:var(--radius)}\
a{display:inline-flex;align-items:center}\
a,.quiet{color:var(--soft);font-size:.9375em;text-decoration:underline;text-decoration-color:var(--line);text-underline-offset:.25em}\
button{padding:.5em 1em;border:0;background:none}\
.choice{background:var(--button);color:var(--button-ink);border:2px solid var(--edge);\
font-size:var(--l-fontSize,1em);font-weight:var(--l-fontWeight,600);line-height:1.3}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
@media(hover:hover){.choice:hover{box-shadow:0 0 0 3px color-mix(in srgb,var(--edge) 30%,#0000)}a:hover,.quiet:hover,.close:hover{color:var(--ink)}}\
p,summary,li{font-size:.9375em}\
@media(prefers-reduced-motion:no-preference){.choice{transition:box-shadow .15s}.banner,dialog[open]{animation:rise .25s ease-out}@keyframes rise{from{transform:translateY(.75em)}}}\
@media(forced-colors:active){.choice{border-color:ButtonText}}\
@media print{:host{display:none!important}}\
`;

/** Looks of the banner. */
export const NOTICE_CSS = `${BASE_CSS}\
:host{position:fixed!important;z-index:2147483000!important;inset:auto 0 0!important}\
:host([at=top]){inset-block:0 auto!important}\
.banner{display:grid;gap:.875em 2.5em;margin:1em auto;inline-size:min(100% - 2em,64em);max-block-size:80dvh;overflow:auto;padding:1.25em 1.5em .75em}\
.banner p{max-inline-size:68ch}\
.actions{display:grid;gap:.25em;align-content:center}\
.choices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,8.5em),1fr));grid-auto-rows:1fr;gap:.625em}\
.yes-first>:last-child{order:-1}\
.more{display:flex;flex-wrap:wrap;justify-content:center}\
@media(min-width:56em){:host(:not([at^=bottom-])) .banner{grid-template-columns:1fr minmax(24em,auto)}}\
@media(min-width:34em){:host([at^=bottom-]) .banner{inline-size:27em;margin-inline:1em auto}:host([at$=end]) .banner{margin-inline:auto 1em}}\
@media(max-width:34em){.banner{margin:.5em auto;inline-size:calc(100% - 1em);padding-inline:1em}}\
`;
