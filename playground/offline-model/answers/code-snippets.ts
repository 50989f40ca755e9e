/** A small function that is ready to be shown. */
export interface Snippet {
  readonly what: string
  readonly language: string
  readonly code: string
  readonly notes: readonly string[]
}

interface Entry {
  readonly about: RegExp
  readonly what: string
  readonly ts: string
  readonly python?: string
  readonly notes: readonly string[]
}

/** The snippet that a request asks for, in Python where it says so and there is one, else in TypeScript. */
export function findSnippet(asked: string): Snippet | undefined {
  const entry = entries.find(({ about }) => about.test(asked))
  if (entry === undefined) return undefined
  const isPython = /\bpython\b/i.test(asked) && entry.python !== undefined
  const language = entry.ts.startsWith('SELECT') ? 'sql' : isPython ? 'python' : 'ts'
  return { what: entry.what, notes: entry.notes, language, code: (isPython ? entry.python : entry.ts) ?? entry.ts }
}

const entries: readonly Entry[] = [
  {
    about: /retr(?:y|ies)|backoff/i,
    what: 'a retry with exponential backoff',
    ts: `export async function retry<T>(attempt: () => Promise<T>, attempts = 4, firstDelayMs = 200): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (made >= attempts) throw error
      const delayMs = firstDelayMs * 2 ** (made - 1) * (0.5 + Math.random())
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
  }
}`,
    python: `import random, time

def retry(attempt, attempts=4, first_delay=0.2):
    for made in range(1, attempts + 1):
        try:
            return attempt()
        except Exception:
            if made == attempts:
                raise
            time.sleep(first_delay * 2 ** (made - 1) * (0.5 + random.random()))`,
    notes: [
      'The pause doubles each time, with some randomness so that callers do not come back all at once.',
      'The last error is passed on as it is.',
      'Retry only what may be done twice.',
    ],
  },
  {
    about: /debounce|throttle/i,
    what: 'a debounce',
    ts: `export function debounce<A extends unknown[]>(call: (...args: A) => void, waitMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (...args: A): void => {
    clearTimeout(timer)
    timer = setTimeout(() => call(...args), waitMs)
  }
}`,
    notes: ['Only the last call within `waitMs` is made.', 'Each debounced function has its own timer.'],
  },
  {
    about: /fizz ?buzz/i,
    what: 'FizzBuzz',
    ts: `export function fizzBuzz(limit: number): string[] {
  return Array.from({ length: limit }, (_, index) => {
    const number = index + 1
    return (number % 3 === 0 ? 'Fizz' : '') + (number % 5 === 0 ? 'Buzz' : '') || String(number)
  })
}`,
    python: `def fizz_buzz(limit):
    return [("Fizz" * (n % 3 == 0) + "Buzz" * (n % 5 == 0)) or str(n) for n in range(1, limit + 1)]`,
    notes: ['It returns the lines instead of printing them, so that it can be tested.'],
  },
  {
    about: /fibonacci/i,
    what: 'a function for the Fibonacci numbers',
    ts: `export function fibonacci(count: number): bigint[] {
  const numbers: bigint[] = []
  let [one, other] = [0n, 1n]
  while (numbers.length < count) {
    numbers.push(one);
    [one, other] = [other, one + other]
  }
  return numbers
}`,
    python: `def fibonacci(count):
    numbers, one, other = [], 0, 1
    while len(numbers) < count:
        numbers.append(one)
        one, other = other, one + other
    return numbers`,
    notes: [
      'A loop, for recursion would calculate the same numbers again and again.',
      'The numbers grow fast: the 80th is beyond what a 64-bit float holds exactly, hence integers of any size.',
    ],
  },
  {
    about: /\bprimes?\b/i,
    what: 'the primes up to a limit (sieve of Eratosthenes)',
    ts: `export function primesUpTo(limit: number): number[] {
  const isComposite = new Uint8Array(limit + 1)
  const primes: number[] = []
  for (let candidate = 2; candidate <= limit; candidate += 1) {
    if (isComposite[candidate]) continue
    primes.push(candidate)
    for (let multiple = candidate * candidate; multiple <= limit; multiple += candidate) isComposite[multiple] = 1
  }
  return primes
}`,
    python: `def primes_up_to(limit):
    composite, primes = bytearray(limit + 1), []
    for candidate in range(2, limit + 1):
        if composite[candidate]:
            continue
        primes.append(candidate)
        for multiple in range(candidate * candidate, limit + 1, candidate):
            composite[multiple] = 1
    return primes`,
    notes: [
      'Memory grows with the limit: one byte a number.',
      'Multiples below the square were crossed out by smaller primes.',
    ],
  },
  {
    about: /palindrome/i,
    what: 'a check for palindromes',
    ts: `export function isPalindrome(text: string): boolean {
  const letters = [...text.toLowerCase().normalize('NFKD')].filter((letter) => /[\\p{L}\\p{N}]/u.test(letter))
  return letters.every((letter, index) => letter === letters[letters.length - 1 - index])
}`,
    python: `def is_palindrome(text):
    letters = [letter for letter in text.lower() if letter.isalnum()]
    return letters == letters[::-1]`,
    notes: ['Case, spaces and punctuation do not count.', 'The empty text is a palindrome.'],
  },
  {
    about: /revers\w+/i,
    what: 'a function that reverses a text',
    ts: `export function reverse(text: string): string {
  const letters = [...new Intl.Segmenter().segment(text)].map((part) => part.segment)
  return letters.reverse().join('')
}`,
    python: `def reverse(text):
    return text[::-1]`,
    notes: ['It goes by visible characters, so that an emoji or an accent stays whole.'],
  },
  {
    about: /group(?:s|ed|ing)?[ -]?by|group (?:a |an )?(?:list|array|items|objects)/i,
    what: 'a grouping of a list by a key',
    ts: `export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}`,
    notes: [
      'A `Map` takes keys of any type and keeps their order.',
      '`Map.groupBy` does the same where it is available.',
    ],
  },
  {
    about: /chunk|batches|split (?:an |the )?(?:array|list)/i,
    what: 'a function that cuts a list into parts',
    ts: `export function chunk<T>(items: readonly T[], size: number): T[][] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(\`Expected a size of 1 or more, got \${size}.\`)
  const parts: T[][] = []
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size))
  return parts
}`,
    python: `def chunk(items, size):
    return [items[start:start + size] for start in range(0, len(items), size)]`,
    notes: ['The last part may be shorter.', 'A size below 1 would never end, hence the check.'],
  },
  {
    about: /binary search/i,
    what: 'a binary search',
    ts: `/** The place of a value in a sorted list, or -1. */
export function binarySearch(sorted: readonly number[], wanted: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const value = sorted[middle]
    if (value === wanted) return middle
    if (value !== undefined && value < wanted) low = middle + 1
    else high = middle - 1
  }
  return -1
}`,
    notes: ['The list must be sorted.', 'A million entries take at most 20 steps.'],
  },
  {
    about: /dedup|duplicates|\bunique\b/i,
    what: 'a function that removes duplicates',
    ts: `export function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  const seen = new Set<unknown>()
  return items.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)))
}`,
    python: `def unique_by(items, key=lambda item: item):
    return list({key(item): item for item in reversed(items)}.values())[::-1]`,
    notes: ['The first of equal entries stays, in the old order.'],
  },
  {
    about: /sort\w*/i,
    what: 'a sort by several keys',
    ts: `export function sortBy<T>(items: readonly T[], ...keys: ((item: T) => string | number)[]): T[] {
  return items.toSorted((one, other) => {
    for (const key of keys) {
      if (key(one) < key(other)) return -1
      if (key(one) > key(other)) return 1
    }
    return 0
  })
}`,
    python: `def sort_by(items, *keys):
    return sorted(items, key=lambda item: tuple(key(item) for key in keys))`,
    notes: ['The given list stays as it is.', 'Equal entries keep their order.'],
  },
  {
    about: /e-?mail.*(?:valid|regex|check)|(?:valid|regex|check).*e-?mail/i,
    what: 'a check for e-mail addresses',
    ts: `export function looksLikeEmail(text: string): boolean {
  return text.length <= 254 && /^[^\\s@]+@[^\\s@.]+(?:\\.[^\\s@.]+)+$/.test(text)
}`,
    notes: ['It only catches typing errors: whether an address exists shows when a message arrives.'],
  },
  {
    about: /fetch|http request|call an? api/i,
    what: 'a request with a time limit',
    ts: `export async function fetchJson(url: string, timeoutMs = 5_000): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(\`Expected \${url} to answer 2xx, got \${response.status}.\`)
  return response.json()
}`,
    notes: [
      'Without a time limit one slow server holds everything up.',
      'The result is `unknown`: check its shape before use.',
    ],
  },
  {
    about: /active users|\b[wdm]au\b/i,
    what: 'a query for the weekly active users',
    ts: `SELECT date_trunc('week', occurred_at) AS week, count(DISTINCT user_id) AS active_users
FROM events
WHERE occurred_at >= $1 AND occurred_at < $2
GROUP BY week
ORDER BY week;`,
    notes: [
      'Each user counts once a week, however often they come.',
      'Say which events count as active: a sign-in alone is rarely what is meant.',
      'The current week is not over; leave it out of comparisons.',
    ],
  },
  {
    about: /\bsql\b|\bquery\b/i,
    what: 'a query for the totals of each month',
    ts: `SELECT date_trunc('month', created_at) AS month, count(*) AS orders, sum(amount) AS total
FROM orders
WHERE created_at >= $1 AND created_at < $2
GROUP BY month
ORDER BY month;`,
    notes: [
      'The end of the range is exclusive, so that no day is counted twice.',
      'Dates are bound as parameters, never pasted in.',
      'An index on `created_at` keeps it quick.',
    ],
  },
]
