import init from './pkg/homebody_all_rust.js';

await init({ module_or_path: './pkg/homebody_all_rust_bg.wasm' });
