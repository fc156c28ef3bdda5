let __wbg_init_promise;

// Compiling is the page's business: it is the same for every module, and stands in the package once.
function __wbg_init(compile) {
    return (__wbg_init_promise ??= __wbg_load(compile).catch((error) => {
        __wbg_init_promise = undefined;
        throw error;
    }));
}

async function __wbg_load(compile) {
    const module = await compile();
    __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}

function initSync() {
    return wasm;
}

export { initSync, __wbg_init as default };
