import { Canvas, type Colour, type Point } from '../pictures/canvas.ts'
import { projectToPlane } from '../pictures/principal-axes.ts'

/** The way of one member: its answers in order. */
export interface DrawnPath {
  readonly name: string
  readonly points: readonly { readonly position: Float64Array; readonly score: number; readonly isBest: boolean }[]
}

const size = { width: 1200, height: 720 } as const
const field = { left: 32, top: 92, right: 848, bottom: 640, margin: 44 } as const
const legend = { left: 884, top: 118, line: 34, maxNames: 9, maxChars: 24 } as const

const white: Colour = [255, 255, 255]
const paper: Colour = [247, 248, 250]
const ink: Colour = [29, 28, 29]
const faint: Colour = [97, 96, 97]
const pale: Colour = [186, 189, 196]
const gold: Colour = [236, 178, 46]
/** Told apart also by those who see few colours: Okabe and Ito, https://jfly.uni-koeln.de/color/, their yellow left out and three of ours added. */
const colours: readonly Colour[] = [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [106, 61, 154], [122, 85, 52], [200, 30, 60], [80, 90, 100]]

interface Placed {
  readonly name: string
  readonly colour: Colour
  readonly best: number
  readonly dots: readonly { readonly at: Point; readonly radius: number; readonly isBest: boolean }[]
}

/**
 * The ways of a swarm's members through the space of meanings, as a PNG in two dimensions: a line per member, a dot per answer with its round in it,
 * as large as its score. The members with the best answers have colours and names, the others are grey. The same paths give the same bytes.
 */
export function drawSwarmPath(paths: readonly DrawnPath[]): Uint8Array {
  const canvas = new Canvas(size.width, size.height, white)
  const { points, shown } = projectToPlane(paths.flatMap((path) => path.points.map(({ position }) => position)))
  canvas.text('The way of the swarm', { x: field.left, y: 46 }, 20, ink)
  canvas.text('Each line is one member, each dot one of its answers. Near dots say similar things.', { x: field.left, y: 74 }, 11, faint)
  canvas.box({ x: field.left, y: field.top }, { x: field.right, y: field.bottom }, paper)
  const placed = place(paths, points)
  // The best come last, so that they lie on top.
  for (const path of placed.toReversed()) drawLine(canvas, path)
  for (const path of placed.toReversed()) drawDots(canvas, path)
  drawLegend(canvas, placed)
  const note = `The axes mean nothing by themselves: they are the two directions in which the answers differ most,`
  canvas.text(note, { x: field.left, y: 668 }, 10, faint)
  canvas.text(`and show ${Math.round(shown * 100)} % of the differences.`, { x: field.left, y: 690 }, 10, faint)
  return canvas.toPng()
}

function place(paths: readonly DrawnPath[], points: readonly Point[]): readonly Placed[] {
  const toField = fitInto(points)
  const crowd = Math.min(1, Math.sqrt(50 / Math.max(1, points.length)))
  let next = 0
  const dotted = paths.map((path) => ({
    name: path.name,
    best: Math.max(0, ...path.points.map(({ score }) => score)),
    dots: path.points.map(({ score, isBest }) => ({ at: toField(points[next++] ?? { x: 0, y: 0 }), radius: (7 + 0.9 * score) * crowd, isBest })),
  }))
  return dotted.toSorted((a, b) => b.best - a.best).map((path, rank) => ({ ...path, colour: (rank < legend.maxNames ? colours[rank] : undefined) ?? pale }))
}

/** One scale for both directions, so that distances stay comparable. */
function fitInto(points: readonly Point[]): (point: Point) => Point {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)]
  const [lowX, highX, lowY, highY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const [width, height] = [field.right - field.left - 2 * field.margin, field.bottom - field.top - 2 * field.margin]
  const scale = Math.min(width / Math.max(highX - lowX, 1e-9), height / Math.max(highY - lowY, 1e-9))
  const middle = { x: (field.left + field.right) / 2, y: (field.top + field.bottom) / 2 }
  return ({ x, y }) => ({ x: middle.x + (x - (lowX + highX) / 2) * scale, y: middle.y - (y - (lowY + highY) / 2) * scale })
}

function drawLine(canvas: Canvas, { dots, colour }: Placed): void {
  dots.slice(1).forEach(({ at: to, radius }, index) => {
    const from = dots[index]?.at ?? to
    canvas.line(from, to, 3, colour, 0.55)
    drawArrow(canvas, from, to, { radius, colour })
  })
}

/** In front of the dot it leads to. */
function drawArrow(canvas: Canvas, from: Point, to: Point, { radius, colour }: { readonly radius: number; readonly colour: Colour }): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  if (length < 3 * radius) return
  const back = { x: (from.x - to.x) / length, y: (from.y - to.y) / length }
  const tip = { x: to.x + back.x * (radius + 3), y: to.y + back.y * (radius + 3) }
  for (const side of [-1, 1]) canvas.line(tip, { x: tip.x + 10 * back.x - side * 5 * back.y, y: tip.y + 10 * back.y + side * 5 * back.x }, 3, colour)
}

function drawDots(canvas: Canvas, { dots, colour }: Placed): void {
  dots.forEach(({ at, radius, isBest }, index) => {
    const isFirst = index === 0
    canvas.disc(at, radius + 2, white)
    canvas.disc(at, radius, colour)
    if (isFirst) canvas.disc(at, radius - 2.5, white)
    if (isBest) canvas.ring(at, radius + 5, 4, gold)
    if (radius >= 7) canvas.text(String(index + 1), { x: at.x, y: at.y + 4.5 }, 9, isFirst ? colour : white, 'middle')
  })
}

function drawLegend(canvas: Canvas, placed: readonly Placed[]): void {
  const named = placed.slice(0, legend.maxNames)
  const line = (index: number): number => legend.top + index * legend.line
  canvas.text('Best score of each', { x: legend.left, y: line(0) - 10 }, 11, faint)
  named.forEach(({ name, colour, best }, index) => {
    canvas.disc({ x: legend.left + 8, y: line(index + 1) - 14 }, 8, colour)
    canvas.text(best.toFixed(1), { x: legend.left + 28, y: line(index + 1) - 8 }, 12, ink)
    canvas.text(shorten(name), { x: legend.left + 76, y: line(index + 1) - 8 }, 12, ink)
  })
  const hidden = placed.length - named.length
  if (hidden > 0) canvas.text(`and ${hidden} more, in grey`, { x: legend.left + 76, y: line(named.length + 1) - 8 }, 12, faint)
  drawKey(canvas)
}

function drawKey(canvas: Canvas): void {
  const [x, top, step] = [legend.left + 8, 530, 36]
  canvas.disc({ x, y: top }, 10, faint)
  canvas.disc({ x, y: top }, 7.5, white)
  canvas.text('1', { x, y: top + 4.5 }, 9, faint, 'middle')
  canvas.text('first answer', { x: x + 28, y: top + 5 }, 11, faint)
  canvas.disc({ x: x - 5, y: top + step }, 5, faint)
  canvas.disc({ x: x + 8, y: top + step }, 8, faint)
  canvas.text('larger: higher score', { x: x + 28, y: top + step + 5 }, 11, faint)
  canvas.disc({ x, y: top + 2 * step }, 8, faint)
  canvas.ring({ x, y: top + 2 * step }, 13, 4, gold)
  canvas.text('the best of all', { x: x + 28, y: top + 2 * step + 5 }, 11, faint)
}

const shorten = (name: string): string => (name.length > legend.maxChars ? `${name.slice(0, legend.maxChars - 1).trimEnd()}…` : name)
