/** Terms that a demo is likely to be asked about, each in one sentence. */
const terms: Readonly<Record<string, string>> = {
  idempotency:
    'doing something twice has the same effect as doing it once; a key that names the request makes a retry safe.',
  'exponential backoff':
    'waiting longer after each failed attempt, usually twice as long, with some randomness so that not everybody '
    + 'comes back at once.',
  'circuit breaker':
    'a switch that stops calling a failing service for a while, so that it can recover and callers fail fast.',
  'rate limit':
    'a bound on how many requests are served in a time; more get status 429 and are told when to come back.',
  webhook: 'an HTTP request that a service sends to you when something happens, instead of you asking again and again.',
  embedding: 'a list of numbers that stands for the meaning of a text, so that near texts have near numbers.',
  'vector database': 'a store that finds the entries whose embeddings are nearest to a given one.',
  'structured output': 'asking a model to answer in JSON that fits a given schema, so that programs can rely on it.',
  swarm:
    'several agents that work on one objective in a given way: by debate, by vote, in competition or along a plan.',
  consensus: 'an agreement that all can live with, even those who would have chosen otherwise.',
  'canary release': 'giving a change to a small share of users first and going on only if nothing gets worse.',
  'feature flag': 'a switch in the configuration that turns a function on or off without a new release.',
  'technical debt': 'shortcuts in code that save time now and cost more of it with every later change.',
  okr: 'objectives and key results: a goal in words, with two to five numbers that show whether it is reached.',
  kpi: 'key performance indicator: one number that is watched because it stands for how well something goes.',
  churn: 'the share of customers who leave in a given time.',
  median: 'the value in the middle: half of the others are below it, half above; single extremes do not move it.',
  'standard deviation': 'how far values usually lie from their mean.',
  'sql injection': 'an attack in which input becomes part of a database command; bound parameters prevent it.',
  typescript: 'JavaScript with types that are checked before the program runs.',
  rest: 'a style of HTTP interfaces: addresses name things, methods say what is done with them.',
  graphql: 'a query language for interfaces: the client names the fields that it wants, and gets just these.',
  kubernetes: 'a system that runs containers on many machines and keeps as many of them alive as was asked for.',
  docker: 'a tool that packs a program with all it needs into an image that runs the same everywhere.',
  slack: "a place for a team's conversations in channels, threads and direct messages.",
}

/** "**Term**: what it means", where a request asks for a term that is known. */
export function definitionIn(asked: string): string | undefined {
  if (!/\b(what(?:'s| is| are| does)|define|explain|meaning of|who is|tell me about)\b/i.test(asked)) return undefined
  const lower = asked.toLowerCase()
  const term = Object.keys(terms)
    .sort((one, other) => other.length - one.length)
    .find((one) => new RegExp(`\\b${one}s?\\b`).test(lower))
  return term === undefined ? undefined : `**${term.charAt(0).toUpperCase()}${term.slice(1)}**: ${terms[term]}`
}
