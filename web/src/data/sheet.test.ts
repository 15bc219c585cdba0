import { expect, test } from 'vitest'
import { rowsOf } from './sheet'

test('names first, then a row for each item, with what some lack left empty', () => {
  expect(
    rowsOf([
      { stage: 'Created', n: 3 },
      { stage: 'Contacted', median: null },
    ]),
  ).toEqual([
    ['stage', 'n', 'median'],
    ['Created', 3, undefined],
    ['Contacted', undefined, null],
  ])
})

test('what is no plain value has no column', () => {
  expect(rowsOf([{ id: 'L-1', contributions: { stage: 2 }, tags: ['a'] }])).toEqual([
    ['id'],
    ['L-1'],
  ])
})
