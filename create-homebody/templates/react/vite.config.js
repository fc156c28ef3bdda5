// Relative addresses: `dist` works in any folder of any host.
export default { base: './', oxc: { jsx: { runtime: 'automatic' } } };
