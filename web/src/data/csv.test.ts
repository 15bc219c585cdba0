import { expect, test } from 'vitest'
import { csvCell, csvText } from './csv'

test.each([
  ['=1+1', "'=1+1"],
  ['  =cmd', "'  =cmd"],
  ['\t@sum', "'\t@sum"],
  ['+971 50', "'+971 50"],
  ['-2', '-2'],
  [-2.5, '-2.5'],
  ['-2+3', "'-2+3"],
  ['a"b', '"a""b"'],
  ['a,b', '"a,b"'],
  [null, ''],
])('%j is written as %j', (value, text) => {
  expect(csvCell(value)).toBe(text)
})

test('rows end as spreadsheets want them', () => {
  expect(csvText([['a', 1], ['ب']])).toBe('\uFEFFa,1\r\nب\r\n')
})
