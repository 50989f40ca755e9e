import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { aFooter, channelId, directId, runId, SlackPlace } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

describe('a streamed answer', () => {
  test('appears while it is written and ends with footer, metadata and a released session', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('There are ')
    await place.showing(request, 'first words', ([text]) => text?.includes('There are') === true)
    answer.append('forty-two of them')
    await place.showing(request, 'more words', ([text]) => text?.includes('forty-two of') === true)
    const receipt = await answer.finish('There are forty-two of them.', aFooter())
    const [reply, ...others] = place.replies(request)
    expect(others).toEqual([])
    expect(receipt).toEqual({ messageId: reply?.ts })
    expect(reply).toMatchObject({
      streamingState: 'completed',
      metadata: { event_type: 'murmur_step', event_payload: { run_id: runId, step_key: 'answer:open' } },
      text: 'There are forty-two of them.',
    })
    expect(reply?.blocks.map(({ type }) => type)).toEqual(['context', 'actions', 'context_actions'])
    expect(place.workspace.session(channelId, request.threadId ?? '')?.status).toBe('active')
    expect(place.methods().filter((method) => method === 'chat.update')).toEqual([])
    expect(place.steps.resultOf('answer:open')).toEqual({ ts: reply?.ts, mode: 'stream' })
  })

  test('names the reader in channels and not in direct messages', async () => {
    for (const channel of [channelId, directId]) {
      const request = await place.ask('how many?', channel)
      const answer = place.threadFor(request, place.otherRun(`run in ${channel}`)).openAnswer()
      answer.append('Some words')
      await place.workspace.waitFor('a stream', () => place.replies(request).length > 0)
      await answer.finish('Some words', aFooter())
      const start = place.workspace.calls('chat.startStream').at(-1)
      expect('recipient_user_id' in (start?.args ?? {})).toBe(channel === channelId)
    }
  })

  test('sends at most one append in 700 ms, with everything new in it', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('one two ')
    await place.until('the stream', () => place.steps.finished.includes('answer:open'))
    for (const word of ['three ', 'four ', 'five ', 'six ']) answer.append(word)
    const startedAtMs = place.clock.now()
    await place.until('the append', () => place.workspace.calls('chat.appendStream').length > 0)
    expect(place.clock.now() - startedAtMs).toBeGreaterThanOrEqual(600)
    expect(place.workspace.calls('chat.appendStream').map(({ args }) => args['markdown_text'])).toEqual([
      'three four five six ',
    ])
    await answer.finish('one two three four five six seven', aFooter())
    expect(place.texts(request)[0]).toContain('one two three four five six seven')
  })

  test('never shows a half key, link or mention on the way', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    const key = ['xoxb', '123456789012', 'secret'].join('-')
    const text = `Call <!channel> with ${key} or [here](https://example.com) now`
    for (const sign of text) answer.append(sign)
    await place.workspace.waitFor('the stream', () => place.replies(request).length > 0)
    await answer.finish(text, aFooter())
    for (const { args } of place.workspace.calls()) expect(JSON.stringify(args)).not.toMatch(/xoxb-1|<!channel/)
    expect(place.texts(request)[0]).toContain('[redacted]')
  })

  test('speaks as a persona, and as itself when the scope is missing', async () => {
    const persona = { username: 'Data Analyst', iconEmoji: ':bar_chart:' }
    const request = await place.ask()
    await place.threadFor(request, { persona }).openAnswer().finish('Hello', aFooter())
    expect(place.replies(request)[0]?.username).toBe('Data Analyst')

    const second = await SlackPlace.open()
    second.workspace.revokeScope('chat:write.customize')
    const other = await second.ask()
    await second.threadFor(other, { persona }).openAnswer().finish('Hello', aFooter())
    expect(second.replies(other)[0]?.username).toBeUndefined()
    expect(second.features.isMissing(second.workspace.teamId, 'persona')).toBe(true)
    await second.workspace.close()
  })

  test('goes on in a new message when the first is full', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    const paragraphs = Array.from(
      { length: 40 },
      (_, index) => `Paragraph ${index}: ${'words and more words '.repeat(24)}`,
    )
    const text = paragraphs.join('\n\n')
    let sent = 0
    for (const paragraph of paragraphs.slice(0, 30)) {
      answer.append(`${paragraph}\n\n`)
      sent++
      await place.showing(request, `paragraph ${sent}`, (texts) => texts.join('').includes(`Paragraph ${sent - 1}:`))
    }
    await answer.finish(text, aFooter())
    const shown = place.texts(request)
    expect(shown.length).toBeGreaterThan(1)
    expect(shown.join('\n').match(/Paragraph \d+:/g)).toEqual(paragraphs.map((_, index) => `Paragraph ${index}:`))
    for (const { ts } of place.replies(request)) expect(await place.steps.isKnownMessage(channelId, ts)).toBe(true)
    expect(place.replies(request).map(({ blocks }) => blocks.some(({ type }) => type === 'context_actions'))).toEqual(
      shown.map((_, index) => index === shown.length - 1),
    )
  })

  test('goes on in a new message before Slack ends an old stream', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('First, ')
    await place.until('the stream', () => place.steps.finished.includes('answer:open'))
    place.clock.advance(241_000)
    answer.append('late words, ')
    await place.showing(request, 'late words', ([text]) => text?.includes('late words') === true)
    answer.append('and later ones. ')
    await place.showing(request, 'a second message', (texts) => texts.length === 2)
    await answer.finish('First, late words, and later ones. End.', aFooter())
    expect(place.texts(request).join(' ')).toMatch(/First, late words,.*and later ones. End./s)
  })
})

describe('an answer in one piece', () => {
  test('is one post with everything in it', async () => {
    const request = await place.ask()
    await place.threadFor(request).openAnswer().finish('Hello **you**', aFooter())
    expect(place.methods()).toEqual(['chat.postMessage'])
    expect(place.texts(request)[0]).toContain('Hello **you**')
    expect(place.workspace.calls('chat.postMessage')[0]?.args).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
      thread_ts: request.threadId,
    })
  })

  test('is split when it is too long for one message', async () => {
    const request = await place.ask()
    const text = Array.from({ length: 60 }, (_, index) => `Line ${index} ${'x'.repeat(500)}`).join('\n')
    await place.threadFor(request).openAnswer().finish(text, aFooter())
    expect(
      place
        .texts(request)
        .join('\n')
        .match(/Line \d+/g),
    ).toEqual(Array.from({ length: 60 }, (_, index) => `Line ${index}`))
    expect(place.steps.finished).toEqual(['answer:open', 'answer:part:1', 'answer:part:2'])
  })

  test('may be finished again without another message', async () => {
    const request = await place.ask()
    const thread = place.threadFor(request)
    const first = await thread.openAnswer().finish('Hello', aFooter())
    expect(await thread.openAnswer().finish('Hello', aFooter())).toEqual(first)
    expect(await place.threadFor(request).openAnswer().finish('Hello', aFooter())).toEqual(first)
    expect(place.replies(request)).toHaveLength(1)
  })

  test('of nothing but blanks is still a message', async () => {
    const request = await place.ask()
    await place.threadFor(request).openAnswer().finish('', aFooter())
    expect(place.replies(request)).toHaveLength(1)
  })
})

describe('another attempt', () => {
  test('replaces what the first one showed, in the same message', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('The wrong begin')
    await place.showing(request, 'wrong words', ([text]) => text?.includes('The wrong') === true)
    answer.restart()
    answer.append('The right words come ')
    await place.showing(request, 'right words', ([text]) => text?.includes('right words') === true)
    expect(place.texts(request)[0]).not.toContain('wrong')
    await answer.finish('The right words come late.', aFooter())
    expect(place.texts(request)).toHaveLength(1)
    expect(place.texts(request)[0]).toContain('The right words come late.')
    expect(place.replies(request)[0]?.blocks.at(-1)).toMatchObject({ type: 'context_actions' })
  })

  test('removes messages that only the longer first attempt needed', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('long words '.repeat(1_500))
    await place.showing(request, 'two messages', (texts) => texts.length === 2)
    answer.restart()
    await answer.finish('Short.', aFooter())
    expect(place.texts(request)).toHaveLength(1)
    expect(place.texts(request)[0]).toContain('Short.')
  })

  test('shows a final text that does not go on from the streamed one', async () => {
    const request = await place.ask()
    const answer = place.threadFor(request).openAnswer()
    answer.append('I think that ')
    await place.showing(request, 'words', ([text]) => text?.includes('I think') === true)
    await answer.finish('No model answered.', aFooter({ tier: 4 }))
    expect(place.texts(request)).toHaveLength(1)
    expect(place.texts(request)[0]).toMatch(/^No model answered\./)
  })
})

describe('a run that ends with a notice', () => {
  test('keeps what was shown and adds the notice', async () => {
    const request = await place.ask()
    const thread = place.threadFor(request)
    const answer = thread.openAnswer()
    answer.append('So far:\n```js\nlet x = 1\n')
    await place.showing(request, 'code', ([text]) => text?.includes('let x') === true)
    await thread.fail('Stopped by <@U0ALICE0001>.', ['U0ALICE0001'])
    expect(place.texts(request)).toHaveLength(1)
    expect(place.texts(request)[0]).toMatch(/let x = 1\n```\n\nStopped by <@U0ALICE0001>\./)
    expect(place.replies(request)[0]?.streamingState).toBe('completed')
    expect(place.workspace.session(channelId, request.threadId ?? '')?.status).toBe('active')
  })

  test('replaces a placeholder, and is posted when there was nothing', async () => {
    const request = await place.ask()
    place.workspace.faults.add({
      method: 'agents.sessions.setStatus',
      kind: 'error',
      error: 'not_authorized',
      times: 9,
    })
    place.workspace.faults.add({
      method: 'assistant.threads.setStatus',
      kind: 'error',
      error: 'missing_scope',
      times: 9,
    })
    const thread = place.threadFor(request)
    await thread.showStatus('is thinking …')
    await thread.fail('I could not finish this.', [])
    expect(place.texts(request)).toEqual(['I could not finish this.'])

    const other = await place.ask()
    await place.threadFor(other, place.otherRun('another run')).fail('I could not finish this.', [])
    expect(place.texts(other)).toEqual(['I could not finish this.'])
  })

  test('says it once over restarts', async () => {
    const request = await place.ask()
    await place.threadFor(request).fail('Stopped.', [])
    await place.threadFor(request).fail('Stopped.', [])
    expect(place.texts(request)).toEqual(['Stopped.'])
  })
})

describe('status', () => {
  test('sets the session to work, says what is done, and releases it at the end', async () => {
    const request = await place.ask('<@U0MURMUR001> how <b> many?')
    const thread = place.threadFor(request)
    await thread.showStatus('is thinking …')
    const threadId = request.threadId ?? ''
    expect(place.workspace.session(channelId, threadId)).toMatchObject({ status: 'processing' })
    expect(place.workspace.statusText(channelId, threadId)).toBe('is thinking …')
    await thread.showStatus('is reading …')
    expect(place.workspace.calls('agents.sessions.setStatus')).toHaveLength(1)
    await thread.close()
    expect(place.workspace.session(channelId, threadId)?.status).toBe('active')
    expect(place.workspace.statusText(channelId, threadId)).toBe('')
    expect(place.replies(request)).toEqual([])
  })

  test('is released after refusals though each wait for Slack ends a millisecond early', async () => {
    const request = await place.ask()
    const thread = place.threadFor(request, { delay: async (ms) => place.clock.advance(Math.max(1, ms - 1)) })
    await thread.showStatus('is thinking …')
    for (const method of ['agents.sessions.setStatus', 'assistant.threads.setStatus']) place.workspace.faults.add({ method, kind: 'rate_limited', times: 2 })
    await thread.close()
    const threadId = request.threadId ?? ''
    expect(place.workspace.session(channelId, threadId)?.status).toBe('active')
    expect(place.workspace.statusText(channelId, threadId)).toBe('')
  })

  test('posts a placeholder where neither status works, and the answer takes its place', async () => {
    place.workspace.faults.add({
      method: 'agents.sessions.setStatus',
      kind: 'error',
      error: 'unknown_method',
      times: 99,
    })
    place.workspace.faults.add({
      method: 'assistant.threads.setStatus',
      kind: 'error',
      error: 'missing_scope',
      times: 99,
    })
    const request = await place.ask()
    const thread = place.threadFor(request)
    await thread.showStatus('is thinking …')
    expect(place.texts(request)).toEqual(['_Working on it …_'])
    await thread.showStatus('is still thinking …')
    const answer = thread.openAnswer()
    answer.append('Part of the answer ')
    await place.showing(request, 'the growing answer', ([text]) => text?.includes('Part of') === true)
    await answer.finish('Part of the answer is this.', aFooter())
    expect(place.texts(request)).toHaveLength(1)
    expect(place.texts(request)[0]).toContain('Part of the answer is this.')
    await thread.close()
    // What is missing was asked for once, not each time.
    expect(place.workspace.calls('agents.sessions.setStatus')).toHaveLength(1)
    expect(place.workspace.calls('assistant.threads.setStatus')).toHaveLength(1)
  })

  test('never throws, whatever Slack does', async () => {
    place.workspace.faults.add({ method: '*', kind: 'http_500', times: 99 })
    const request = await place.ask()
    const thread = place.threadFor(request)
    await expect(thread.showStatus('is thinking …')).resolves.toBeUndefined()
    await expect(place.whileTimePasses(thread.close())).resolves.toBeUndefined()
  })
})

test('shows nothing more once its thread is closed, so that a next attempt has the message to itself', async () => {
  const request = await place.ask()
  const thread = place.threadFor(request)
  const answer = thread.openAnswer()
  answer.append('Some words ')
  await place.until('the stream', () => place.steps.finished.includes('answer:open'))
  answer.append('and more ')
  await thread.close()
  const calls = place.methods().length
  answer.append('and even more ')
  for (let round = 0; round < 20; round++) {
    place.clock.advance(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(place.methods()).toHaveLength(calls)
})

test('stops showing after twenty messages, and the end says that there is more', async () => {
  const request = await place.ask()
  const answer = place.threadFor(request).openAnswer()
  const text = 'many words '.repeat(30_000)
  answer.append(text)
  await place.until('twenty messages', () => place.replies(request).length >= 20)
  await answer.finish(text, aFooter())
  expect(place.replies(request)).toHaveLength(20)
  expect(place.texts(request).at(-1)).toMatch(/This is not the whole text/)
})

describe('notices', () => {
  test('are posted once for each key', async () => {
    const request = await place.ask()
    const first = await place.threadFor(request).post('budget', 'The budget <!here> is spent.')
    expect(await place.threadFor(request).post('budget', 'The budget is spent.')).toEqual(first)
    await place.threadFor(request).post('other', 'Something else.')
    expect(place.texts(request)).toEqual(['The budget &lt;!here&gt; is spent.', 'Something else.'])
  })
})
