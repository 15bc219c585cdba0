// What a table shows, as a file: CSV or XLSX. The writer of XLSX is loaded when it is wanted.
import { type Rows, csvBlob } from './csv'

export type SheetFormat = 'csv' | 'xlsx'

const isPlain = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)

/** A row of names and a row for each item; what is a list or a table itself is left out. */
export function rowsOf(items: readonly object[]): Rows {
  const names = [
    ...new Set(
      items.flatMap((item) =>
        Object.entries(item)
          .filter(([, value]) => isPlain(value))
          .map(([name]) => name),
      ),
    ),
  ]
  return [
    names,
    ...items.map((item) => names.map((name) => (item as Record<string, unknown>)[name])),
  ]
}

async function xlsxBlob(rows: Rows, isRtl: boolean): Promise<Blob> {
  const { default: write } = await import('write-excel-file/universal')
  const data = rows.map((row) =>
    row.map((value) => {
      if (value === null || value === undefined || value === '') return null
      if (typeof value === 'number') return { value, type: Number }
      return { value: String(value), type: String }
    }),
  )
  return write(data, { rightToLeft: isRtl }).toBlob()
}

/** Gives the reader a file. */
export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export async function saveSheet(
  name: string,
  format: SheetFormat,
  rows: Rows,
  isRtl: boolean,
): Promise<void> {
  save(`${name}.${format}`, format === 'csv' ? csvBlob(rows) : await xlsxBlob(rows, isRtl))
}
