// CSV of what is seen, for spreadsheets: no cell of it is taken for a formula.

/** A cell that a spreadsheet would run begins with one of these, also behind blanks. */
const RUNS = /^[\s\u0000-\u001f]*[=+\-@]/
const IS_NUMBER = /^-?\d+(\.\d+)?$/

export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value)
  if (RUNS.test(text) && !IS_NUMBER.test(text)) text = `'${text}`
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export type Rows = readonly (readonly unknown[])[]

export const csvText = (rows: Rows): string =>
  `\uFEFF${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`

export const csvBlob = (rows: Rows): Blob =>
  new Blob([csvText(rows)], { type: 'text/csv;charset=utf-8' })
