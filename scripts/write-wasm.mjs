import { readFileSync, writeFileSync } from 'node:fs'
import loadWabt from 'wabt'

// node scripts/write-wasm.mjs: makes dot-product.wasm from its text.
const path = new URL('../src/storage/vectors/dot-product.wat', import.meta.url)
const module = (await loadWabt()).parseWat('dot-product.wat', readFileSync(path, 'utf8'), { simd: true })
writeFileSync(new URL('dot-product.wasm', path), module.toBinary({}).buffer)
