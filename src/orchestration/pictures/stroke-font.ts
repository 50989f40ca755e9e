/**
 * Letters as strokes on a grid: each point is a column and a row, capitals stand between rows 0 and 6, small letters begin at 2, tails end at 8;
 * `|` lifts the pen.
 */
const glyphs: Readonly<Record<string, string>> = {
  A: '06 20 46|14 34', B: '03 33 44 45 36 06 00 30 41 42 33', C: '41 30 10 01 05 16 36 45', D: '00 06 26 44 42 20 00', E: '40 00 06 46|03 33', F: '40 00 06|03 33',
  G: '41 30 10 01 05 16 36 45 43 23', H: '00 06|40 46|03 43', I: '00 06', J: '30 35 26 16 05', K: '00 06|40 03 46', L: '00 06 36', M: '06 00 23 40 46', N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10', P: '06 00 30 41 42 33 03', Q: '10 30 41 45 36 16 05 01 10|24 46', R: '06 00 30 41 42 33 03|23 46', S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40|20 26', U: '00 05 16 36 45 40', V: '00 26 40', W: '00 16 21 36 40', X: '00 46|40 06', Y: '00 23 40|23 26', Z: '00 40 06 46',
  a: '32 36|33 22 12 03 05 16 26 35', b: '00 06|03 12 22 33 35 26 16 05', c: '33 22 12 03 05 16 26 35', d: '30 36|33 22 12 03 05 16 26 35', e: '04 34 33 22 12 03 05 16 26 35',
  f: '30 20 11 16|02 22', g: '32 37 28 18 07|33 22 12 03 05 16 26 35', h: '00 06|03 12 22 33 36', i: '02 06|00 00', j: '12 17 08|10 10', k: '00 06|32 04 36', l: '00 06',
  m: '02 06|03 12 23 26|23 32 43 46', n: '02 06|03 12 22 33 36', o: '12 22 33 35 26 16 05 03 12', p: '02 08|03 12 22 33 35 26 16 05', q: '32 38|33 22 12 03 05 16 26 35',
  r: '02 06|03 12 22', s: '32 12 03 14 24 35 26 06', t: '10 15 26|02 22', u: '02 05 16 26 35|32 36', v: '02 26 42', w: '02 16 23 36 42', x: '02 36|32 06', y: '02 26|42 18 08', z: '02 32 06 36',
  0: '10 20 31 35 26 16 05 01 10', 1: '01 10 16', 2: '01 10 20 31 32 06 36', 3: '01 10 20 31 32 23 34 35 26 16 05|13 23', 4: '26 20 04 34', 5: '30 00 02 22 33 35 26 06',
  6: '20 10 01 05 16 26 35 34 23 13 04', 7: '00 30 16', 8: '13 02 01 10 20 31 32 23 13 04 05 16 26 35 34 23', 9: '32 23 13 02 01 10 20 31 35 26 16',
  '.': '06 06', ',': '16 07', ':': '03 03|06 06', ';': '13 13|16 07', '-': '03 23', '(': '10 01 05 16', ')': '00 11 15 06', '/': '06 30', '%': '06 40|00 10 11 01 00|35 45 46 36 35', "'": '00 01', '+': '03 43|21 25',
  '&': '46 12 11 20 31 04 05 16 26 44', '_': '07 37', '!': '00 04|06 06', '?': '01 10 20 31 23 24|26 26', '…': '06 06|26 26|46 46', '·': '03 03', ' ': '',
}
const rows = 6
const gap = 1.7
const blank = 1.4

export interface StrokePoint {
  readonly x: number
  readonly y: number
}

/**
 * A line of text as strokes. The base line is at y = 0, up is negative, as in pictures.
 * @param height of a capital letter
 */
export function layOut(text: string, height: number): { readonly strokes: readonly (readonly [StrokePoint, StrokePoint])[]; readonly width: number } {
  const unit = height / rows
  const strokes: (readonly [StrokePoint, StrokePoint])[] = []
  let left = 0
  for (const sign of text.normalize('NFKD').replaceAll(/\p{Mark}/gu, '')) {
    const lines = (glyphs[sign] ?? glyphs['?'] ?? '').split('|').map((line) => line.split(' ').filter((point) => point !== ''))
    let width = sign === ' ' ? blank : 0
    for (const line of lines) {
      const points = line.map((point) => ({ x: (left + Number(point[0])) * unit, y: (Number(point[1]) - rows) * unit }))
      points.slice(1).forEach((to, at) => strokes.push([points[at] ?? to, to]))
      width = Math.max(width, ...line.map((point) => Number(point[0])))
    }
    left += width + gap
  }
  return { strokes, width: Math.max(0, left - gap) * unit }
}
