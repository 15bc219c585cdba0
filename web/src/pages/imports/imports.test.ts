import { expect, test } from 'vitest'
import { fieldOf, mapColumn } from './imports'

const guess = '[leads]\ncolumns = { lead_id = "Lead ID", dealer = "الوكيل" }\ntime_zone = "UTC"\n'

test('a column gets another meaning, and only that', () => {
  const next = mapColumn(guess, 'leads', 'الوكيل', 'dealer_group')
  expect(fieldOf(next, 'leads', 'الوكيل')).toBe('dealer_group')
  expect(fieldOf(next, 'leads', 'Lead ID')).toBe('lead_id')
  expect(next).toContain('time_zone = "UTC"')
})

test('a meaning is of one column at a time', () => {
  const next = mapColumn(guess, 'leads', 'Other', 'dealer')
  expect(fieldOf(next, 'leads', 'Other')).toBe('dealer')
  expect(fieldOf(next, 'leads', 'الوكيل')).toBeNull()
})

test('a column without a meaning is not in the mapping', () => {
  expect(fieldOf(mapColumn(guess, 'leads', 'الوكيل', null), 'leads', 'الوكيل')).toBeNull()
})

test('a kind of file that has none yet gets its own section', () => {
  expect(fieldOf(mapColumn('', 'events', 'When', 'at'), 'events', 'When')).toBe('at')
})
