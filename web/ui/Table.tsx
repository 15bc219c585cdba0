// A table of whatever a page lists. It scrolls sideways by itself, also by keys.
import type { ReactNode } from 'react'
import { Notice } from './blocks'

export interface Column<T> {
  /** Unique within the table. */
  id: string
  head: ReactNode
  /** Read out, not shown: over a column of buttons. */
  isHeadHidden?: boolean
  /** Figures stand at the end of their cell. */
  isNumber?: boolean
  /** Of the cells below the head. */
  className?: string
  cell: (row: T, at: number) => ReactNode
}

interface Props<T> {
  rows: readonly T[]
  columns: readonly Column<T>[]
  keyOf: (row: T, at: number) => string | number
  /** Says instead of the table that there is nothing, and what to do. */
  empty?: string
  label?: string
  className?: string
  isChosen?: (row: T) => boolean
  /** Rows below those of the data. */
  children?: ReactNode
}

const classOf = <T,>({ isNumber, className }: Column<T>): string | undefined =>
  [isNumber ? 'num' : '', className ?? ''].filter(Boolean).join(' ') || undefined

export function Table<T>(props: Props<T>) {
  const { rows, columns, keyOf, empty, label, className, isChosen, children } = props
  if (rows.length === 0 && empty !== undefined) return <Notice title={empty} />
  return (
    <div
      className="scroll-x"
      tabIndex={0}
      {...(label ? { role: 'region', 'aria-label': label } : {})}
    >
      <table className={className ? `grid ${className}` : 'grid'}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.id} scope="col" className={c.isNumber ? 'num' : undefined}>
                {c.isHeadHidden ? <span className="hidden-visually">{c.head}</span> : c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={keyOf(row, at)} aria-selected={isChosen?.(row)}>
              {columns.map((c) => (
                <td key={c.id} className={classOf(c)}>
                  {c.cell(row, at)}
                </td>
              ))}
            </tr>
          ))}
          {children}
        </tbody>
      </table>
    </div>
  )
}
