import { describe, expect, test } from 'vitest'
import { hrefHere, hrefTo, joinList, readRoute, splitList } from './route'

describe('lists', () => {
  test.each([[['a']], [['a', 'b']], [['a,b', 'c\\d']], [['']], [['', 'x']]])(
    '%j survive writing and reading',
    (values) => {
      expect(splitList(joinList(values))).toEqual(values)
    },
  )
  test('a comma of a value is not one of the list', () => {
    expect(joinList(['Doha, Qatar', 'Cairo'])).toBe('Doha\\, Qatar,Cairo')
  })
})

describe('addresses', () => {
  test('nothing is today', () => {
    expect(readRoute('')).toMatchObject({ page: 'today', part: '' })
  })
  test('a lead is named by what follows its page', () => {
    expect(readRoute('#/lead/L%2F1?region=UAE')).toMatchObject({ page: 'lead', part: 'L/1' })
  })
  test('a broken escape is taken as it is', () => {
    expect(readRoute('#/lead/100%').part).toBe('100%')
  })
  test('filters go along to another page, its own choices do not', () => {
    const route = readRoute('#/leads?region=UAE&as_of=2026-01-01&tier=Hot&sort=score')
    expect(hrefTo(route, 'funnel')).toBe('#/funnel?region=UAE&as_of=2026-01-01')
  })
  test('a change of this page keeps everything else', () => {
    const route = readRoute('#/leads?region=UAE&tier=Hot')
    expect(hrefHere(route, { tier: null, dealer: ['A, B'] })).toBe(
      '#/leads?region=UAE&dealer=A%5C%2C+B',
    )
  })
})
