// The columns that a table of leads can have.
import { type ColumnDef, createColumnHelper } from '@tanstack/react-table'
import { Badge, FigureName, TierBadge } from '@ui/blocks'
import { type Format, type Text, useFormat, useText } from '@/i18n'
import type { Lead } from '@/data/client'
import { DIMENSIONS } from '@/data/route'

/** What every list of leads has; some know names and times as well. */
export type AnyLead = Omit<
  Lead,
  'expires_at' | 'dormant_at' | 'name' | 'phone' | 'email' | 'snoozed_until' | 'next_step'
> &
  Partial<Pick<Lead, 'expires_at' | 'name' | 'phone' | 'email'>>

export const COLUMNS = [
  'lead',
  'score',
  'tier',
  'stage',
  'status',
  'time_in_stage',
  'time_left',
  'sla',
  ...DIMENSIONS,
  'last_activity',
  'entered',
  'phone',
  'email',
] as const
export type Column = (typeof COLUMNS)[number]

export const USUAL: readonly Column[] = [
  'lead',
  'score',
  'tier',
  'stage',
  'status',
  'time_in_stage',
  'time_left',
  'sla',
  'dealer',
  'nameplate',
  'owner',
]

/** Columns whose cells are figures, set at the end of their cell. */
export const NUMERIC: ReadonlySet<string> = new Set(['score', 'time_in_stage', 'time_left'])

/** The key of the queue that a column sorts by. */
export const SORT_KEYS: Partial<Record<Column, string>> = {
  score: 'score',
  time_left: 'time_left',
  time_in_stage: 'time_in_stage',
  entered: 'entered_at',
  last_activity: 'last_activity_at',
}

export function columnName(column: Column, t: Text): string {
  if (column === 'score' || column === 'time_left') {
    return t(`figures.${column === 'score' ? 'score' : 'timeLeft'}.name`)
  }
  if ((DIMENSIONS as readonly string[]).includes(column) || column === 'stage') {
    return t(`dimension.${column as 'stage'}`)
  }
  return t(`leads.column.${column as 'lead'}`)
}

const timeLeft = (l: AnyLead): number | null =>
  l.threshold_hours != null && l.time_in_stage_hours !== undefined
    ? l.threshold_hours - l.time_in_stage_hours
    : null

function TimeLeft({ lead }: { lead: AnyLead }) {
  const t = useText()
  const format = useFormat()
  const left = timeLeft(lead)
  if (left === null) return <>–</>
  if (left >= 0) return <>{format.hours(left)}</>
  return <span className="tone-bad">{t('queue.over', { by: format.hours(-left) })}</span>
}

function Status({ lead }: { lead: AnyLead }) {
  const t = useText()
  return (
    <>
      {lead.status ? (
        <Badge kind={lead.status}>{t(`status.${lead.status}`)}</Badge>
      ) : (
        <Badge kind={lead.state}>{t(`leadState.${lead.state}`)}</Badge>
      )}{' '}
      {lead.dormant && <Badge kind="dormant">{t('status.dormant')}</Badge>}
    </>
  )
}

export function makeColumns(
  t: Text,
  format: Format,
  hrefOf: (lead_id: string) => string,
  now: number,
) {
  const helper = createColumnHelper<AnyLead>()
  const cell = (
    id: Column,
    show: (lead: AnyLead) => React.ReactNode,
    text: (l: AnyLead) => unknown,
  ) =>
    helper.accessor((lead) => text(lead), {
      id,
      header: () =>
        id === 'score' ? (
          <FigureName id="score" />
        ) : id === 'time_left' ? (
          <FigureName id="timeLeft" />
        ) : (
          columnName(id, t)
        ),
      cell: ({ row }) => show(row.original),
    })
  const dimension = DIMENSIONS.map((d) =>
    cell(
      d,
      (l) => <bdi>{l[d] || '–'}</bdi>,
      (l) => l[d],
    ),
  )
  return [
    cell(
      'lead',
      (l) => (
        <a href={hrefOf(l.lead_id)}>
          {l.name ? (
            <>
              <bdi>{l.name}</bdi> <span className="muted mono">{l.lead_id}</span>
            </>
          ) : (
            <span className="mono">{l.lead_id}</span>
          )}
        </a>
      ),
      (l) => l.lead_id,
    ),
    cell(
      'score',
      (l) => format.score(l.score),
      (l) => l.score,
    ),
    cell(
      'tier',
      (l) => (l.tier ? <TierBadge tier={l.tier} /> : null),
      (l) => l.tier,
    ),
    cell(
      'stage',
      (l) => l.stage,
      (l) => l.stage,
    ),
    cell(
      'status',
      (l) => <Status lead={l} />,
      (l) => [l.status ?? l.state, l.dormant ? 'dormant' : ''].filter(Boolean).join(' '),
    ),
    cell(
      'time_in_stage',
      (l) => format.hours(l.time_in_stage_hours),
      (l) => l.time_in_stage_hours,
    ),
    cell('time_left', (l) => <TimeLeft lead={l} />, timeLeft),
    cell(
      'sla',
      (l) => (l.category ? <Badge kind={l.category}>{t(`category.${l.category}`)}</Badge> : null),
      (l) => l.category,
    ),
    ...dimension,
    cell(
      'last_activity',
      (l) =>
        t('leads.ago', { time: format.hours((now - Date.parse(l.last_activity_at)) / 3_600_000) }),
      (l) => l.last_activity_at,
    ),
    cell(
      'entered',
      (l) => format.moment(l.entered_at),
      (l) => l.entered_at,
    ),
    cell(
      'phone',
      (l) => <span dir="ltr">{l.phone}</span>,
      (l) => l.phone,
    ),
    cell(
      'email',
      (l) => <span dir="ltr">{l.email}</span>,
      (l) => l.email,
    ),
  ] as ColumnDef<AnyLead>[]
}
