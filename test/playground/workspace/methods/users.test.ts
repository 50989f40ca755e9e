import { expect, test } from '@jest/globals'
import { ALICE, errorOf, withClient } from '../web-client.ts'

test('tells admins, guests and bots apart', () =>
  withClient(async ({ client }) => {
    const { members = [] } = await client.users.list({})
    expect(members.map((user) => [user.name, user.is_admin, user.is_restricted, user.is_bot])).toEqual([
      ['alice', true, false, false],
      ['bob', false, false, false],
      ['carol', false, true, false],
      ['murmur', false, false, true],
    ])
    expect((await client.users.info({ user: ALICE })).user).toMatchObject({
      real_name: 'Alice Archer',
      is_owner: true,
      team_id: 'T0MURMUR001',
    })
    expect(await errorOf(client.users.info({ user: 'U0NOBODY001' }))).toBe('user_not_found')
  }))

test('tells about the team and the bot', () =>
  withClient(async ({ client }) => {
    expect((await client.team.info({})).team).toMatchObject({
      id: 'T0MURMUR001',
      name: 'Playground',
      domain: 'playground',
    })
    expect((await client.bots.info({ bot: 'B0MURMUR001' })).bot).toMatchObject({
      app_id: 'A0MURMUR001',
      user_id: 'U0MURMUR001',
    })
  }))
