import { expect, test } from 'vitest'
import { weekOfClosed, weekOfLocale, weekdayOf } from './week'

const closed = (...days: number[]) => new Set(days)

test('a week begins after its weekend', () => {
  expect(weekOfClosed(closed(6, 7))?.first).toBe(1)
  expect(weekOfClosed(closed(5, 6))?.first).toBe(7)
  expect(weekOfClosed(closed(5))?.first).toBe(6)
  expect(weekOfClosed(closed(7))?.first).toBe(1)
})

test('of two gaps the longer one is the weekend to begin after', () => {
  expect(weekOfClosed(closed(3, 6, 7))?.first).toBe(1)
  expect(weekOfClosed(closed(1, 2, 5))?.first).toBe(3)
})

test('who is never closed, or always, has no week of their own', () => {
  expect(weekOfClosed(closed())).toBeNull()
  expect(weekOfClosed(closed(1, 2, 3, 4, 5, 6, 7))).toBeNull()
})

test('days of the week', () => {
  expect(weekdayOf('2026-11-23')).toBe(1)
  expect(weekdayOf('2026-11-27T00:00:00Z')).toBe(5)
  expect(weekdayOf('2026-11-29')).toBe(7)
})

test('a language has a week', () => {
  expect(weekOfLocale('en-GB').first).toBe(1)
  expect([...weekOfLocale('ar-SA').weekend]).toEqual([5, 6])
})
