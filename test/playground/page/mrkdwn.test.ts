import { expect, test } from '@jest/globals'
import { parseMrkdwn, type Mrkdwn } from '../../../playground/page/mrkdwn.ts'
import { workOf } from '../../support/work-of.ts'

/** Writes a tree as tags, to read it in a test. */
function show(nodes: readonly Mrkdwn[]): string {
  return nodes.map(showNode).join('')
}

function showNode(node: Mrkdwn): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'break':
      return '⏎'
    case 'emoji':
      return `[emoji ${node.name}]`
    case 'link':
      return `[link ${node.url}]`
    case 'special':
      return `[special ${node.body}]`
    case 'bold':
    case 'italic':
    case 'strike':
    case 'code':
    case 'quote':
    case 'pre':
      return `[${node.kind} ${show(node.children)}]`
  }
}

const cases: readonly (readonly [string, string, string])[] = [
  ['bold, italic, strike and code', '*a* _b_ ~c~ `d`', '[bold a] [italic b] [strike c] [code d]'],
  ['styles inside each other', '*a _b ~c~_*', '[bold a [italic b [strike c]]]'],
  ['no style inside a word', 'snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
  ['no style around spaces', '* a * and _ b _', '* a * and _ b _'],
  ['no style over a line break', '*a\nb*', '*a⏎b*'],
  ['nothing inside code', '`*a* :tada: &lt;b&gt;`', '[code *a* :tada: <b>]'],
  [
    'people, channels, broadcasts and links',
    '<@U1> <#C1|x> <!here> <https://a.b|c>',
    '[special @U1] [special #C1|x] [special !here] [special https://a.b|c]',
  ],
  ['bare addresses', 'see https://a.b/c?d=1&amp;e=2.', 'see [link https://a.b/c?d=1&e=2.]'],
  ['emoji', 'a :tada: b :+1::skin-tone-3: c:d', 'a [emoji tada] b [emoji +1::skin-tone-3] c:d'],
  ['entities, once', '&lt;b&gt; &amp;lt;', '<b> &lt;'],
  ['a quote of several lines', 'a\n&gt; b\n> c\nd', 'a[quote b⏎c]d'],
  ['a fenced block between texts', 'a\n```\n*x*\n y\n```\nb', 'a[pre *x*\n y]b'],
  ['an open fence as text', 'a ```b', 'a ```b'],
  ['unclosed things as they are', '*a _b ~c `d <e', '*a _b ~c `d <e'],
]

test.each(cases)('parses %s', (_what, source, expected) => {
  expect(show(parseMrkdwn(source))).toBe(expected)
})

test.each(['*a ', '_a', '~`', '<', '`', ':a', '*_~', '&gt;', '```'])(
  'takes a long text of %j in its stride',
  async (part) => {
    expect(await workOf(() => expect(parseMrkdwn(part.repeat(40_000 / part.length)).length).toBeGreaterThan(0))).toBeLessThan(6_000)
  },
)
