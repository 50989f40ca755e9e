import { expect, test } from '@jest/globals'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errorTable } from '../src/errors.ts'
import { topologies } from '../src/orchestration/swarms/topologies.ts'
import { projectRoot, readSources } from './support/source-tree.ts'

function read(name: string): string {
  return readFileSync(join(projectRoot, name), 'utf8')
}

/** The cells of a section's table, without its head. */
function tableOf(document: string, heading: string): string[][] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|')).slice(2)
  return rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()))
}

function codeIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? '')
}

const readme = read('README.md')

test('the error table has every code with its retry rule and who is told, and no others', () => {
  const rows = tableOf(readme, 'Errors').map(([code, , retry, told]) => [codeIn(code)[0], retry, told])
  expect(rows).toEqual(Object.entries(errorTable).map(([code, row]) => [code, row.retry, row.told]))
})

test('README and .env.example name the settings that the app reads, and no others', () => {
  const variables = [...read('src/app/config.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1] ?? '')
  // The libraries read this one.
  const known = [...variables, 'NODE_ENV'].toSorted()
  const documented = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? '')
  expect(documented.toSorted()).toEqual(known)
  expect(tableOf(readme, 'Settings').flatMap(([names]) => codeIn(names)).toSorted()).toEqual(known)
})

test('README shows every command as its help does, and no others', () => {
  const usages = readSources(['src/commands']).flatMap((file) => [...file.text.matchAll(/^ {2}usage: '([^']+)'/gm)].map((match) => match[1] ?? '')).concat(topologies.map(({ name }) => `/swarm ${name} <objective>`))
  const shown = tableOf(readme, 'In Slack').flatMap(([cell]) => [...(cell ?? '').matchAll(/`(\/[^`]+)`/g)].map((match) => match[1] ?? ''))
  expect(shown.filter((usage) => usage !== '/swarm <objective>').toSorted()).toEqual(usages.toSorted())
})

test.each(['README.md', 'ARCHITECTURE.md'])('%s links to files that exist', (name) => {
  const targets = [...read(name).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
  expect(targets.filter((target) => !existsSync(join(projectRoot, target)))).toEqual([])
})

test('README shows every screenshot once, describes it, and none is large', () => {
  const folder = 'docs/screenshots'
  const shown = [...readme.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map((match) => ({ alt: match[1] ?? '', path: match[2] ?? '' }))
  expect(shown.map(({ path }) => path).toSorted()).toEqual(readdirSync(join(projectRoot, folder)).toSorted().map((name) => `${folder}/${name}`))
  expect(shown.filter(({ alt }) => alt.length < 20)).toEqual([])
  expect(shown.filter(({ path }) => statSync(join(projectRoot, path)).size > 200_000)).toEqual([])
})

test('README gives only commands that package.json has', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/\bnpm (?:run )?(test|start|(?<=run )[a-z:-]+)/g)].map((match) => match[1] ?? '')
  expect(named).toEqual(expect.arrayContaining(['demo', 'test']))
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})
