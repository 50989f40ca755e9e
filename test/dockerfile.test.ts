import { expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './support/source-tree.ts'

function read(name: string): string[] {
  const joined = readFileSync(join(projectRoot, name), 'utf8').replaceAll('\\\n', ' ')
  return joined.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}

const instructions = read('Dockerfile')
const copied = instructions
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  .flatMap((line) => line.split(/\s+/).slice(1, -1))

test('everything the image copies exists and is let through to the builder', () => {
  expect(copied.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([])
  const allowed = read('.dockerignore')
  expect(copied.filter((path) => !allowed.includes(`!${path}`))).toEqual([])
})

test('the builder sees nothing that is not copied', () => {
  const allowed = read('.dockerignore')
  expect(allowed[0]).toBe('*')
  expect(allowed.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual([...new Set(copied)].toSorted())
})

test('the app runs as a user without rights, and nothing is copied after that', () => {
  const user = instructions.findIndex((line) => line.startsWith('USER '))
  expect(instructions[user]).toBe('USER node')
  expect(instructions.slice(user).filter((line) => /^(?:COPY|RUN|ADD)\b/.test(line))).toEqual([])
})

test('the image asks the app for its health and starts it without a shell, so that signals reach it', () => {
  const health = instructions.find((line) => line.startsWith('HEALTHCHECK')) ?? ''
  expect(health).toContain('/healthz')
  const command = instructions.find((line) => line.startsWith('CMD ')) ?? ''
  const words = JSON.parse(command.slice('CMD '.length)) as string[]
  expect(words[0]).toBe('node')
  expect(existsSync(join(projectRoot, words[1] ?? ''))).toBe(true)
})
