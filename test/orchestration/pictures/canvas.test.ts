import { expect, test } from '@jest/globals'
import { decode } from 'fast-png'
import { Canvas, type Colour } from '../../../src/orchestration/pictures/canvas.ts'
import { encodePng } from '../../../src/orchestration/pictures/encode-png.ts'
import { layOut } from '../../../src/orchestration/pictures/stroke-font.ts'

const white: Colour = [255, 255, 255]
const red: Colour = [200, 0, 0]
const pixel = (canvas: Canvas, x: number, y: number): number[] => {
  const { data, width } = decode(canvas.toPng())
  return Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3))
}

test('a reader of PNG gets back the very pixels', () => {
  const rgb = Uint8Array.from({ length: 7 * 5 * 3 }, (_, at) => (at * 37) % 256)
  const { width, height, data, depth, channels } = decode(encodePng(7, 5, rgb), { checkCrc: true })
  expect({ width, height, depth, channels }).toEqual({ width: 7, height: 5, depth: 8, channels: 3 })
  expect([...data]).toEqual([...rgb])
})

test('refuses pixels that do not fill the picture', () => {
  expect(() => encodePng(2, 2, new Uint8Array(11))).toThrow('Expected 2 x 2 pixels of three bytes, got 11 bytes.')
})

test('shapes cover what is inside of them, and blend at their edges', () => {
  const canvas = new Canvas(40, 20, white)
  canvas.disc({ x: 10, y: 10 }, 5, red)
  canvas.line({ x: 20, y: 10 }, { x: 36, y: 10 }, 2, red)
  expect(pixel(canvas, 10, 10)).toEqual([200, 0, 0])
  expect(pixel(canvas, 2, 2)).toEqual([255, 255, 255])
  expect(pixel(canvas, 28, 10)).toEqual([200, 0, 0])
  const [edge = 0] = pixel(canvas, 13, 13).slice(1)
  expect(edge).toBeGreaterThan(0)
  expect(edge).toBeLessThan(255)
})

test('what lies outside of the picture is not drawn, and harms nothing', () => {
  const canvas = new Canvas(8, 8, white)
  canvas.disc({ x: -50, y: 900 }, 20, red)
  canvas.line({ x: -100, y: 4 }, { x: 100, y: 4 }, 2, red)
  expect(pixel(canvas, 0, 4)).toEqual([200, 0, 0])
  expect(pixel(canvas, 0, 0)).toEqual([255, 255, 255])
})

test('text is as high as asked for, drops accents and shows what it has no sign for as a question mark', () => {
  const { strokes, width } = layOut('Ab', 12)
  expect(Math.min(...strokes.flat().map(({ y }) => y))).toBe(-12)
  expect(Math.max(...strokes.flat().map(({ x }) => x))).toBeLessThanOrEqual(width)
  expect(layOut('é', 12)).toEqual(layOut('e', 12))
  expect(layOut('漢', 12)).toEqual(layOut('?', 12))
  expect(layOut('', 12)).toEqual({ strokes: [], width: 0 })
})
