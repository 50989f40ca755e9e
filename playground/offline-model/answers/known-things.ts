/** What is said of a thing in a comparison, in the order of {@link comparedBy}. */
export interface KnownThing {
  readonly name: string
  readonly facts: readonly [bestAt: string, start: string, run: string, limit: string]
}

/** The first column of a comparison of things that are known. */
export const comparedBy = ['Best at', 'To start', 'To run', 'Mind'] as const

const known: readonly (readonly [sign: RegExp, ...KnownThing['facts'], name: string])[] = [
  [
    /^postgres(?:ql)?$/i,
    'many writers at once, rich SQL, growing data',
    'a server, users, a connection string',
    'updates, backups and connections need care',
    'network between app and data',
    'PostgreSQL',
  ],
  [
    /^sqlite3?$/i,
    'one machine, tests, devices, read-heavy apps',
    'a library and a file, nothing to install',
    'copy a file to back it up',
    'one writer at a time, no access over a network',
    'SQLite',
  ],
  [
    /^mysql|mariadb$/i,
    'web apps with simple queries, replicas',
    'a server, users, a connection string',
    'well known to every host',
    'less strict types, fewer SQL features',
    'MySQL',
  ],
  [
    /^mongo(?:db)?$/i,
    'documents whose shape varies',
    'a server, no schema at first',
    'indexes and replica sets need care',
    'joins and consistency across documents',
    'MongoDB',
  ],
  [
    /^redis|valkey$/i,
    'caches, counters, short queues',
    'a server, a few commands',
    'memory is the bound',
    'not the only copy of anything',
    'Redis',
  ],
  [
    /^(?:apache )?kafka$/i,
    'event logs that many read again and again',
    'a cluster, topics, partitions',
    'disk, partitions and retention need watching',
    'order only inside a partition',
    'Kafka',
  ],
  [
    /^rabbit ?mq$/i,
    'work queues, routing, one consumer a message',
    'one server, queues and exchanges',
    'long queues make it slow',
    'a message that is read is gone',
    'RabbitMQ',
  ],
  [
    /^rest$/i,
    'simple resources, caching by HTTP',
    'any HTTP library',
    'easy to log and to cache',
    'several round trips for nested data',
    'REST',
  ],
  [
    /^graphql$/i,
    'clients that need different fields',
    'a schema and a server library',
    'limits on depth and cost of queries',
    'caching is the work of the client',
    'GraphQL',
  ],
  [
    /^typescript$/i,
    'code that lives long and is shared',
    'a compiler and its settings',
    'types catch errors before a run',
    'types say nothing about data from outside',
    'TypeScript',
  ],
  [
    /^javascript$/i,
    'scripts, small pages',
    'nothing',
    'runs as it is written',
    'errors show at run time only',
    'JavaScript',
  ],
  [
    /^docker$/i,
    'the same program on every machine',
    'one file that says how to build',
    'one host at a time',
    'no restart elsewhere when a host fails',
    'Docker',
  ],
  [
    /^kubernetes|k8s$/i,
    'many containers on many hosts',
    'a cluster and manifests',
    'somebody who knows it well',
    'more than a small team needs',
    'Kubernetes',
  ],
]

/** What is known of a thing by its name; undefined where nothing is. */
export function findKnownThing(name: string): KnownThing | undefined {
  const found = known.find(([sign]) => sign.test(name.trim()))
  if (found === undefined) return undefined
  const [, bestAt, start, run, limit, proper] = found
  return { name: proper, facts: [bestAt, start, run, limit] }
}
