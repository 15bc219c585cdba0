// A table of leads: columns by choice, sorted at the server, chosen rows for bulk actions.
import { type Row, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { Fragment, memo, useDeferredValue, useMemo } from 'react'
import { useFormat, useText } from '@/i18n'
import { useNow } from '@/data/now'
import { useLeadHref } from '@/data/route'
import { Gap } from '@/screenful/Gap'
import { useScreenful } from '@/screenful/screenful'
import {
  type AnyLead,
  type Column,
  COLUMNS,
  columnName,
  makeColumns,
  NUMERIC,
  SORT_KEYS,
  USUAL,
} from './columns'

interface Props {
  leads: readonly AnyLead[]
  /** How many there are, those not loaded yet included. */
  total?: number | undefined
  columns?: readonly Column[]
  hasMore: boolean
  onMore: () => void
  sort?: string
  onSort?: (sort: string) => void
  chosen?: ReadonlySet<string>
  onChoose?: (chosen: ReadonlySet<string>) => void
}

interface CellsProps {
  row: Row<AnyLead>
  columns: unknown
  shown: unknown
}

function Sorter({
  column,
  sort,
  onSort,
}: {
  column: Column
  sort: string
  onSort: (s: string) => void
}) {
  const t = useText()
  const key = SORT_KEYS[column]
  if (!key) return null
  const isUp = sort === key
  const isDown = sort === `-${key}`
  return (
    <button
      type="button"
      aria-label={t('leads.sortBy', { name: columnName(column, t) })}
      onClick={() => onSort(isDown ? key : `-${key}`)}
    >
      {isUp ? '↑' : isDown ? '↓' : '↕'}
    </button>
  )
}

/** Drawn anew only when the lead or the columns are others: choosing many leads is quick. */
const Cells = memo(
  function Cells({ row }: CellsProps) {
    return row.getVisibleCells().map((c) => (
      <td key={c.id} className={NUMERIC.has(c.column.id) ? 'num' : 'nowrap'}>
        {flexRender(c.column.columnDef.cell, c.getContext())}
      </td>
    ))
  },
  (a, b) => a.row.original === b.row.original && a.columns === b.columns && a.shown === b.shown,
)

export function LeadTable(props: Props) {
  const { leads, total, columns = USUAL, hasMore, onMore, sort = '', onSort } = props
  const { chosen, onChoose } = props
  const t = useText()
  const format = useFormat()
  const hrefOf = useLeadHref()
  const now = useNow()
  const all = useMemo(() => makeColumns(t, format, hrefOf, now), [t, format, hrefOf, now])
  const shown = useMemo(
    () => Object.fromEntries(COLUMNS.map((c) => [c, columns.includes(c)])),
    [columns],
  )
  // Rows of another answer are drawn aside: keys and clicks do not wait for them.
  const drawn = useDeferredValue(leads)
  const table = useReactTable({
    data: drawn as AnyLead[],
    columns: all,
    state: { columnVisibility: shown },
    getRowId: (lead) => lead.lead_id,
    getCoreRowModel: getCoreRowModel(),
  })
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose?.(next)
  }
  const { rows } = table.getRowModel()
  const { body, places, rest_px, measure, keep } = useScreenful(rows.length)
  const isAll = chosen !== undefined && leads.length > 0 && chosen.size >= leads.length
  return (
    <>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('leads.label')}>
        <table className="grid dense" aria-rowcount={(total ?? leads.length) + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {onChoose && (
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label={t('leads.chooseAll')}
                    checked={isAll}
                    onChange={() =>
                      onChoose(isAll ? new Set() : new Set(leads.map((l) => l.lead_id)))
                    }
                  />
                </th>
              )}
              {table.getFlatHeaders().map((header) => (
                <th
                  scope="col"
                  key={header.id}
                  className={NUMERIC.has(header.id) ? 'num' : undefined}
                >
                  {flexRender(header.column.columnDef.header, header.getContext())}{' '}
                  {onSort && <Sorter column={header.id as Column} sort={sort} onSort={onSort} />}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onFocus={keep} onBlur={keep}>
            {places.map(({ index, gap_px }) => {
              const row = rows[index]
              if (!row) return null
              return (
                <Fragment key={row.id}>
                  {gap_px > 0 && <Gap size_px={gap_px} />}
                  <tr
                    ref={measure}
                    data-index={index}
                    aria-rowindex={index + 2}
                    aria-selected={chosen?.has(row.id)}
                  >
                    {onChoose && (
                      <td>
                        <input
                          type="checkbox"
                          aria-label={t('leads.choose', { id: row.id })}
                          checked={chosen?.has(row.id) ?? false}
                          onChange={() => toggle(row.id)}
                        />
                      </td>
                    )}
                    <Cells row={row} columns={all} shown={shown} />
                  </tr>
                </Fragment>
              )
            })}
            {rest_px > 0 && <Gap size_px={rest_px} />}
          </tbody>
        </table>
      </div>
      {hasMore && (
        <div className="panel-body">
          <button type="button" className="button" onClick={onMore}>
            {t('leads.more')}
          </button>
        </div>
      )}
    </>
  )
}
