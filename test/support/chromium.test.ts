import { afterEach, expect, test } from '@jest/globals'
import { findChromium } from './chromium.ts'

const before = process.env['CHROMIUM_BIN']

afterEach(() => {
  if (before === undefined) delete process.env['CHROMIUM_BIN']
  else process.env['CHROMIUM_BIN'] = before
})

test('CHROMIUM_BIN goes before the usual places', () => {
  process.env['CHROMIUM_BIN'] = process.execPath
  expect(findChromium()).toBe(process.execPath)
})

test('a CHROMIUM_BIN that does not exist is passed over', () => {
  process.env['CHROMIUM_BIN'] = '/nowhere/chromium'
  expect(findChromium()).not.toBe('/nowhere/chromium')
})
