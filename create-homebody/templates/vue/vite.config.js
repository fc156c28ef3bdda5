// Relative addresses: `dist` works in any folder of any host. Vue asks to be told what of it is used; for `.vue` files add
// `@vitejs/plugin-vue`.
export default {
  base: './',
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
};
