import { encodePng } from './encode-png.ts'
import { layOut } from './stroke-font.ts'

/** Red, green, blue: 0 to 255 each. */
export type Colour = readonly [number, number, number]
export interface Point {
  readonly x: number
  readonly y: number
}

/** A picture in memory, to be drawn on with soft edges. What lies outside is not drawn. */
export class Canvas {
  readonly #width: number
  readonly #height: number
  readonly #rgb: Uint8Array

  /** @param width in pixels, as `height` */
  constructor(width: number, height: number, background: Colour) {
    this.#width = width
    this.#height = height
    this.#rgb = new Uint8Array(width * height * 3)
    this.#rgb.set(background)
    // What is filled already is copied on, so that it doubles each time.
    for (let filled = 3; filled < this.#rgb.length; filled *= 2) this.#rgb.copyWithin(filled, 0, filled)
  }

  box(corner: Point, opposite: Point, colour: Colour): void {
    this.#fill(corner, opposite, (x, y) => Math.max(corner.x - x, x - opposite.x, corner.y - y, y - opposite.y), colour, 1)
  }

  /** With round ends. */
  line(from: Point, to: Point, width: number, colour: Colour, opacity = 1): void {
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    const lengthSquared = dx * dx + dy * dy
    const outside = (x: number, y: number): number => {
      const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / lengthSquared))
      return distance(x - from.x - along * dx, y - from.y - along * dy) - width / 2
    }
    const reach = width / 2
    const low = { x: Math.min(from.x, to.x) - reach, y: Math.min(from.y, to.y) - reach }
    this.#fill(low, { x: Math.max(from.x, to.x) + reach, y: Math.max(from.y, to.y) + reach }, outside, colour, opacity)
  }

  disc(centre: Point, radius: number, colour: Colour): void {
    this.#fill({ x: centre.x - radius, y: centre.y - radius }, { x: centre.x + radius, y: centre.y + radius }, (x, y) => distance(x - centre.x, y - centre.y) - radius, colour, 1)
  }

  ring(centre: Point, radius: number, width: number, colour: Colour): void {
    const reach = radius + width / 2
    const outside = (x: number, y: number): number => Math.abs(distance(x - centre.x, y - centre.y) - radius) - width / 2
    this.#fill({ x: centre.x - reach, y: centre.y - reach }, { x: centre.x + reach, y: centre.y + reach }, outside, colour, 1)
  }

  /**
   * Latin letters and digits; a letter's accents are dropped, what has no sign becomes a question mark.
   * @param at left end of the base line, or its middle
   * @param height of a capital letter
   */
  text(text: string, at: Point, height: number, colour: Colour, align: 'left' | 'middle' = 'left'): void {
    const { strokes, width } = layOut(text, height)
    const left = align === 'left' ? at.x : at.x - width / 2
    const pen = Math.max(1.1, height / 7.5)
    for (const [from, to] of strokes) this.line({ x: left + from.x, y: at.y + from.y }, { x: left + to.x, y: at.y + to.y }, pen, colour)
  }

  toPng(): Uint8Array {
    return encodePng(this.#width, this.#height, this.#rgb)
  }

  /** @param outside how far a point is from the shape; below 0 inside of it. Half a pixel to each side is blended. */
  #fill(low: Point, high: Point, outside: (x: number, y: number) => number, colour: Colour, opacity: number): void {
    const [left, right] = [Math.max(0, Math.floor(low.x - 1)), Math.min(this.#width - 1, Math.ceil(high.x + 1))]
    const [top, bottom] = [Math.max(0, Math.floor(low.y - 1)), Math.min(this.#height - 1, Math.ceil(high.y + 1))]
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const share = Math.min(1, Math.max(0, 0.5 - outside(x + 0.5, y + 0.5))) * opacity
        if (share > 0) this.#blend((y * this.#width + x) * 3, colour, share)
      }
    }
  }

  #blend(at: number, colour: Colour, share: number): void {
    for (let part = 0; part < 3; part++) {
      const below = this.#rgb[at + part] ?? 0
      this.#rgb[at + part] = Math.round(below + ((colour[part] ?? 0) - below) * share)
    }
  }
}

/** Math.hypot takes ten times as long, for numbers that pixels never have. */
const distance = (dx: number, dy: number): number => Math.sqrt(dx * dx + dy * dy)
