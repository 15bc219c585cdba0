import { expect, test } from 'vitest'
import {
  blocksOf,
  readPolicy,
  tableOf,
  tablesOf,
  textsOf,
  withItem,
  withValue,
  writePolicy,
} from './toml'

test('one value is changed and the rest stays', () => {
  const policy = { tier: { hot: 70, warm: 40 }, load: { cap: 0.2 } }
  expect(withValue(policy, ['tier', 'hot'], 60)).toEqual({
    tier: { hot: 60, warm: 40 },
    load: { cap: 0.2 },
  })
  expect(policy.tier.hot).toBe(70)
})

test('tables that are not there yet are made', () => {
  expect(withValue({}, ['score', 'weights', 'stage'], 0.5)).toEqual({
    score: { weights: { stage: 0.5 } },
  })
})

test('a value is taken out by undefined, an item by null', () => {
  expect(withValue({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 })
  expect(withItem(['x', 'y'], 0, null)).toEqual(['y'])
  expect(withItem(['x', 'y'], 1, 'z')).toEqual(['x', 'z'])
})

test('what is no table is taken for an empty one', () => {
  expect(tableOf({ tier: 3, sla: [] }, 'tier')).toEqual({})
  expect(tableOf({ tier: 3, sla: [] }, 'sla')).toEqual({})
})

test('calendars survive reading and writing', () => {
  const text = [
    '[[calendar]]',
    'region = "UAE"',
    'zone = "Asia/Dubai"',
    'holidays = ["2026-12-02"]',
    '[calendar.weekly]',
    'mon = ["09:00-13:00"]',
  ].join('\n')
  const policy = readPolicy(text)
  if (typeof policy === 'string') throw new Error(policy)
  const again = readPolicy(writePolicy(policy))
  expect(again).toEqual(policy)
  const calendar = tablesOf(policy, 'calendar')[0] ?? {}
  expect(textsOf(calendar, 'holidays')).toEqual(['2026-12-02'])
  expect(textsOf(tableOf(calendar, 'weekly'), 'mon')).toEqual(['09:00-13:00'])
})

test('a date without quotes is read as its day', () => {
  const policy = readPolicy('holidays = [2026-12-02]')
  if (typeof policy === 'string') throw new Error(policy)
  expect(textsOf(policy, 'holidays')).toEqual(['2026-12-02'])
})

test('text that is no TOML says so', () => {
  expect(readPolicy('[tier\n')).toBeTypeOf('string')
})

test.each([
  ['', []],
  ['09:00-13:00', ['09:00-13:00']],
  ['09:00-13:00, 16:00-24:00', ['09:00-13:00', '16:00-24:00']],
  ['9-13', null],
  ['13:00-09:00', null],
  ['09:00-13:00 12:00-14:00', null],
  ['09:00-25:00', null],
])('hours %s', (text, blocks) => {
  expect(blocksOf(text)).toEqual(blocks)
})
