import { describe, expect, test } from '@jest/globals'
import { createTextSanitizer, sanitizeMrkdwn, sanitizeText } from '../../../src/app/slack/sanitize-text.ts'
import { cutAtRandom, joinAtRandom, seededRandom } from './pieces.ts'
import { workOf } from '../../support/work-of.ts'

const zw = '\u200B'

// Built at run time, so that no scanner of the repository takes an example for a leak.
const slackKey = ['xoxb', '123456789012', 'abcdefGHIJKL'].join('-')
const openAiKey = ['sk', 'proj', 'Ab12Cd34Ef56Gh78Ij90'].join('-')
const awsKey = `AKIA${'ABCDEFGHIJKLMNOP'}`
const gitHubKey = `ghp_${'a1B2c3D4e5F6g7H8i9J0'}`
const pemBlock = `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIEpAIBAAKCAQEA7\nabc=\n-----END RSA ${'PRIVATE'} KEY-----`

describe('mentions', () => {
  test.each([
    ['hello <!channel> and <!here|here>', 'hello &lt;!channel&gt; and &lt;!here|here&gt;'],
    ['<!subteam^S123|@team>', '&lt;!subteam^S123|@team&gt;'],
    ['@channel, @Here @EVERYONE', `@${zw}channel, @${zw}Here @${zw}EVERYONE`],
    ['\\@channel', `\\@${zw}channel`],
    ['a@hereford.example and @channels', 'a@hereford.example and @channels'],
    ['`@here` and `<!here>`', `\`@${zw}here\` and \`&lt;!here&gt;\``],
    ['```\n<!channel> @channel\n```', `\`\`\`\n&lt;!channel&gt; @${zw}channel\n\`\`\``],
    ['ask <@U0STRANGER> or <#C0SECRET|secret>', 'ask &lt;@U0STRANGER&gt; or &lt;#C0SECRET|secret&gt;'],
    ['<<!here>>', '&lt;&lt;!here&gt;&gt;'],
    ['\\<!here>', '&lt;!here&gt;'],
  ])('calls nobody: %j', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })

  test('keeps people and channels that the request named', () => {
    const options = { mentionable: ['U0ALICE0001', 'C0AILAB0001'] }
    expect(sanitizeText('ask <@U0ALICE0001> in <#C0AILAB0001|ai-lab>, not <@U0BOB000001>', options)).toBe(
      'ask <@U0ALICE0001> in <#C0AILAB0001>, not &lt;@U0BOB000001&gt;',
    )
  })

  test('never lets a mention through inside code', () => {
    expect(sanitizeText('`<@U0ALICE0001>`', { mentionable: ['U0ALICE0001'] })).toBe('`&lt;@U0ALICE0001&gt;`')
  })
})

describe('angle brackets and quotes', () => {
  test.each([
    ['a < b && c > d', 'a &lt; b && c &gt; d'],
    ['> quoted <b>\n>> deeper\n  > indented > more', '> quoted &lt;b&gt;\n>> deeper\n  > indented &gt; more'],
    ['- > in a list', '- &gt; in a list'],
    ['> ```\n> a > b\n> ```\n> done > ok', '> ```\n> a &gt; b\n> ```\n> done &gt; ok'],
    ['```\n> not a quote\n```', '```\n&gt; not a quote\n```'],
    ['> ```\n> in\n[x](javascript:alert)', '> ```\n> in\nx (javascript:alert)'],
  ])('keeps quote marks and escapes the rest: %j', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })
})

describe('links', () => {
  test.each([
    ['[docs](https://example.com/a?b=c&d=e)', '[docs](https://example.com/a?b=c&d=e)'],
    ['[mail](mailto:a@example.com)', '[mail](mailto:a@example.com)'],
    ['[a](https://en.wikipedia.org/wiki/Foo_(bar))', '[a](https://en.wikipedia.org/wiki/Foo_(bar))'],
    ['[a](<https://example.com> "a title")', '[a](https://example.com)'],
    ['[README.md](https://github.com/a/b)', '[README.md](https://github.com/a/b)'],
    ['[src/app/main.ts](https://github.com/a/b)', '[src/app/main.ts](https://github.com/a/b)'],
    ['[https://example.com/x](https://www.example.com/y)', '[https://example.com/x](https://www.example.com/y)'],
    ['<https://example.com/x>', 'https://example.com/x'],
    ['<https://example.com|our site>', '[our site](https://example.com)'],
    ['- [ ] open\n- [x] done', '- [ ] open\n- [x] done'],
    ['a[0] and [b] c', 'a[0] and [b] c'],
  ])('keeps what is honest: %j', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })

  test.each([
    ['[x](javascript:alert(1))', 'x (javascript:alert(1))'],
    ['[x](data:text/html,hi)', 'x (data:text/html,hi)'],
    ['[x](slack://user?id=1)', 'x (slack://user?id=1)'],
    ['[x](https://bank.com@evil.example)', 'x (https://bank.com@evil.example)'],
    ['[https://bank.com](https://evil.example)', 'https://bank.com (https://evil.example)'],
    ['[Log in at **bank.com** now](https://evil.example)', 'Log in at **bank.com** now (https://evil.example)'],
    ['[www.bank.example](https://evil.example)', 'www.bank.example (https://evil.example)'],
    ['[ｈｔｔｐｓ://bank.com](https://evil.example)', 'ｈｔｔｐｓ://bank.com (https://evil.example)'],
    ['[boss@bank.com](mailto:evil@evil.example)', 'boss@bank.com (mailto:evil@evil.example)'],
    ['[x](https://a.example|b)', 'x (https://a.example|b)'],
    ['[x](https://a.example/<!here>)', 'x (https://a.example/&lt;!here&gt;)'],
    ['<https://evil.example|https://bank.com>', 'https://bank.com (https://evil.example)'],
  ])('shows where a doubtful link leads instead of hiding it: %j', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })

  test('makes links of images', () => {
    expect(sanitizeText('![a chart](https://example.com/c.png) ![](https://example.com/d.png)')).toBe(
      '[a chart](https://example.com/c.png) [image](https://example.com/d.png)',
    )
    expect(sanitizeText('[![badge](https://a.example/b.svg)](https://example.com)')).toBe(
      '[badge](https://example.com)',
    )
  })

  test('leaves no bracket pair from which another parser could make a link', () => {
    const safe = sanitizeText(
      '[bank.com\n](https://evil.example) and [1]: https://evil.example and [x](\njavascript:y)',
    )
    expect(safe).not.toMatch(/\][(:]/)
  })
})

describe('characters and secrets', () => {
  test('drops what is invisible or turns the reading direction', () => {
    expect(sanitizeText('a\u0000b\u202Egnp.exe\u202C\u2066c\u2069\u0007\r\nd\te')).toBe('abgnp.exec\nd\te')
  })

  test('replaces half of a surrogate pair', () => {
    expect(sanitizeText('a\uD83D b')).toBe('a\uFFFD b')
  })

  test.each([
    [`token ${slackKey}!`, 'token [redacted]!'],
    [`key=${openAiKey};`, 'key=[redacted];'],
    [`\`${awsKey}\``, '`[redacted]`'],
    [`https://${gitHubKey}@github.com/a`, 'https://[redacted]@github.com/a'],
    [`Authorization: Bearer abcdef0123456789abcd`, 'Authorization: Bearer [redacted]'],
    [`before\n${pemBlock}\nafter`, 'before\n[redacted]\nafter'],
    [pemBlock.slice(0, 60), '[redacted]'],
    [`xox${'\u0000'}b-${'1234567890'}-abc`, '[redacted]'],
  ])('redacts keys: %#', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })

  test.each([
    'risk-management-of-the-whole-company-2026',
    'the bearer of responsibilities',
    'Bearer authentication',
    'sk-SK',
  ])('leaves ordinary words alone: %j', (text) => {
    expect(sanitizeText(text)).toBe(text)
  })
})

describe('code fences', () => {
  test.each([
    ['```ts\nlet a = 1', '```ts\nlet a = 1\n```'],
    ['~~~~\na\n~~~\n', '~~~~\na\n~~~\n~~~~'],
    ['> ```\n> a', '> ```\n> a\n> ```'],
    ['```', '```\n```'],
    ['- item\n    ```js\n    x\n    ```', '- item\n    ```js\n    x\n    ```'],
  ])('closes what is left open: %j', (text, safe) => {
    expect(sanitizeText(text)).toBe(safe)
  })

  test('changes no code but its angle brackets', () => {
    const code = '```js\nconst f = a[i](x); // [x](javascript:y) ![z](q)\n```'
    expect(sanitizeText(code)).toBe(code)
  })
})

const hostile = [
  'word ',
  ' ',
  '\n',
  '\n\n',
  '> ',
  '>> ',
  '- ',
  '1. ',
  '12',
  '```',
  '```js\n',
  '~~~\n',
  '`',
  '``',
  '<',
  '>',
  '<@',
  'U0ALICE0001',
  '>',
  '<#C1|',
  '<!here>',
  '@',
  '@chan',
  'nel',
  '@here',
  '\\',
  '[',
  ']',
  '(',
  ')',
  '![',
  '](',
  'https://',
  'example.com',
  'javascript:',
  '|',
  '&lt;',
  'xoxb-',
  '12345678901',
  'sk-',
  'Ab1',
  '-----BEGIN ',
  'RSA PRIVATE KEY-----',
  '-----',
  '-----END RSA PRIVATE KEY-----',
  'Bearer ',
  '0123456789abcdef',
  '\u202E',
  '😀',
  'é',
  '中文',
  '<https://a.example',
  '|text>',
  'www.bank.com',
  '    ',
  '\t',
  '~',
  '*',
  '_',
  ':',
  '"',
  '\r\n',
]

test('gives out the same text however the pieces are cut', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 3_000; round++) {
    const text = joinAtRandom(hostile, 1 + Math.floor(random() * 40), random)
    const whole = sanitizeText(text, { mentionable: ['U0ALICE0001'] })
    const stage = createTextSanitizer({ mentionable: ['U0ALICE0001'] })
    let shown = ''
    for (const piece of cutAtRandom(text, random)) {
      shown += stage.push(piece)
      if (!whole.startsWith(shown)) throw new Error(`shown too early: ${JSON.stringify({ text, shown, whole })}`)
    }
    expect(shown + stage.end()).toBe(whole)
  }
})

test('lets nothing through that Slack would act on, whatever the text', () => {
  const random = seededRandom(11)
  for (let round = 0; round < 3_000; round++) {
    const safe = sanitizeText(joinAtRandom(hostile, 1 + Math.floor(random() * 40), random), {
      mentionable: ['U0ALICE0001'],
    })
    expect(safe.replaceAll('<@U0ALICE0001>', '').replaceAll('<#U0ALICE0001>', '')).not.toContain('<')
    expect(safe).not.toMatch(/@(?:channel|here|everyone)\b/i)
    expect(safe).not.toMatch(/xoxb-1234/)
  }
})

test('streams words without waiting for the line to end', () => {
  const stage = createTextSanitizer()
  expect(stage.push('The answer is forty-')).toBe('The answer is ')
  expect(stage.push('two. And')).toBe('forty-two. ')
})

test.each([
  ['brackets', '['],
  ['backticks', '` `` '],
  ['angles', '<https://a'],
  ['dashes', '-----BEGIN '],
  ['keys', 'sk-'],
  ['tokens', '-eyJ'],
  ['quotes', '>'],
  ['backslashes', '\\'],
  ['images', '![a]('],
])('stays quick on 200,000 characters of %s', async (_name, piece) => {
  const text = piece.repeat(Math.ceil(200_000 / piece.length))
  expect(await workOf(() => sanitizeText(text))).toBeLessThan(10_000)
})

describe('mrkdwn fields', () => {
  test('escapes all three control characters and keeps allowed mentions', () => {
    expect(sanitizeMrkdwn('<@U1> & <@U2> <!here> @here <https://a.example|b>', { mentionable: ['U1'] })).toBe(
      `<@U1> &amp; &lt;@U2&gt; &lt;!here&gt; @${zw}here &lt;https://a.example|b&gt;`,
    )
  })

  test('redacts keys', () => {
    expect(sanitizeMrkdwn(slackKey)).toBe('[redacted]')
  })
})
