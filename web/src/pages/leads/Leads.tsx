// All leads: filtered by the address, in columns by choice, saved as views, acted on in bulk.
import { useMemo, useState } from 'react'
import { useBulk } from '@/actions/Bulk'
import { Loading, Notice, Panel } from '@ui/blocks'
import { Icon } from '@ui/Icon'
import { Popover } from '@ui/overlays'
import { useFormat, usePreferences, useText } from '@/i18n'
import { type ListWish, PAST, type Sort, useLeadList, useQueue } from '@/data/queries'
import { go, hrefHere, joinList, splitList, useFilters, useRoute } from '@/data/route'
import { type AnyLead, type Column, COLUMNS, columnName, USUAL } from './columns'
import { LeadTable } from './LeadTable'
import { useViews } from './views'

const STATES = ['open', 'won', 'lost', 'all'] as const
const TIERS = ['Hot', 'Warm', 'Cold'] as const
const STATUSES = ['active', 'expired', 'overdue', 'dormant'] as const

/** One of a few, or none of them, as a segment of buttons. */
function Choice<T extends string>({
  name,
  values,
  write,
}: {
  name: 'state' | 'tier' | 'status'
  values: readonly T[]
  write: (value: T) => string
}) {
  const t = useText()
  const route = useRoute()
  const now = route.query.get(name) ?? (name === 'state' ? 'open' : null)
  return (
    <div className="segments" role="group" aria-label={t(`leads.${name}`)}>
      {values.map((v) => (
        <button
          key={v}
          type="button"
          aria-pressed={now === v}
          onClick={() =>
            go(hrefHere(route, { [name]: now === v && name !== 'state' ? null : v }), 'replace')
          }
        >
          {write(v)}
        </button>
      ))}
    </div>
  )
}

function ColumnChoice({ columns }: { columns: readonly Column[] }) {
  const t = useText()
  const route = useRoute()
  const toggle = (c: Column) => {
    const next = columns.includes(c) ? columns.filter((x) => x !== c) : [...columns, c]
    go(hrefHere(route, { columns: joinList(next) }), 'replace')
  }
  return (
    <Popover label={t('leads.columns')} title={t('leads.columns')}>
      {() => (
        <ul>
          {COLUMNS.filter((c) => c !== 'lead').map((c) => (
            <li key={c}>
              <label className="menu-item">
                <input type="checkbox" checked={columns.includes(c)} onChange={() => toggle(c)} />
                {columnName(c, t)}
              </label>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}

function Views() {
  const t = useText()
  const { views, save, remove } = useViews()
  const [name, setName] = useState('')
  return (
    <Popover label={t('leads.views')} title={t('leads.views')}>
      {(close) => (
        <div className="pad stack">
          {views.length === 0 && <p className="muted">{t('leads.noViews')}</p>}
          <ul>
            {views.map((v) => (
              <li key={v.name} className="row">
                <a className="menu-item grow" href={v.hash} onClick={close}>
                  <bdi>{v.name}</bdi>
                </a>
                <button
                  type="button"
                  className="button quiet"
                  aria-label={t('leads.removeView', { name: v.name })}
                  onClick={() => remove(v.name)}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
          <form
            className="row"
            onSubmit={(e) => {
              e.preventDefault()
              if (name.trim()) save(name.trim(), location.hash)
              setName('')
            }}
          >
            <input
              className="input grow"
              aria-label={t('leads.viewName')}
              placeholder={t('leads.viewName')}
              value={name}
              onChange={(e) => setName(e.target.value)}
            />
            <button type="submit" className="button">
              {t('leads.saveView')}
            </button>
          </form>
        </div>
      )}
    </Popover>
  )
}

/** All leads of the view, not only those shown so far, as the server writes them. */
function Export({ isOpen }: { isOpen: boolean }) {
  const t = useText()
  const { language } = usePreferences()
  const filters = useFilters()
  const { query } = useRoute()
  const href = (format: string) => {
    const wish = new URLSearchParams({ ...filters, format, lang: language })
    const names = isOpen
      ? ['state', 'tier', 'status', 'stage', 'sort']
      : ['state', 'stage', ...PAST]
    for (const name of names) {
      const value = query.get(name)
      if (value && value !== 'all') wish.set(name, value)
    }
    if (format === 'csv') wish.set('bom', 'true')
    return `/api/v1/export/${isOpen ? 'queue' : 'leads'}?${wish.toString()}`
  }
  return (
    <Popover
      title={t('export.title')}
      label={
        <>
          <Icon name="export" /> {t('export.title')}
        </>
      }
    >
      {(close) => (
        <ul>
          {['csv', 'xlsx', 'parquet'].map((format) => (
            <li key={format}>
              <a className="menu-item" href={href(format)} download onClick={close}>
                {format.toUpperCase()}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}

/** Open leads come from the queue, in its order; others, and those of a past, from the list. */
function useLeads(sort: Sort) {
  const route = useRoute()
  const filters = useFilters()
  const pick = (name: string) => {
    const value = route.query.get(name)
    return value ? { [name]: value } : {}
  }
  const state = route.query.get('state') ?? 'open'
  const past = Object.assign({}, ...PAST.map(pick)) as ListWish
  const isOpen = state === 'open' && Object.keys(past).length === 0
  const wish = { ...filters, ...pick('stage') }
  const open = useQueue(
    { ...wish, ...pick('tier'), ...pick('status'), ...pick('snoozed') },
    sort,
    isOpen,
  )
  const list = useLeadList({ ...wish, ...past, ...(state === 'all' ? {} : { state }) }, !isOpen)
  const hidden = open.data?.pages[0]?.hidden ?? 0
  const query = isOpen ? open : list
  return { query, isOpen, total: query.data?.pages[0]?.total, hidden: isOpen ? hidden : 0 }
}

/** What narrows the list beside the filters of every page, each with its removal. */
function Chips() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const { query } = route
  const names = (['stage', ...PAST, 'snoozed'] as const).filter((name) => query.has(name))
  const write = (name: (typeof names)[number]): string => {
    const value = query.get(name) ?? ''
    if (name === 'snoozed') return t('leads.withSnoozed')
    if (name === 'stage') return splitList(value).join(t('why.and'))
    if (name === 'reached') return t('leads.reached', { stage: value })
    return t(`leads.${name}`, { at: format.full(value) })
  }
  const all = names.map((name) => ({ name, what: write(name) }))
  return all.map(({ name, what }) => (
    <span key={name} className="chip">
      <button
        type="button"
        aria-label={t('leads.removeFilter', { what })}
        onClick={() => go(hrefHere(route, { [name]: null }))}
      >
        {what}
        <Icon name="close" />
      </button>
    </span>
  ))
}

export default function Leads() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const sort = (route.query.get('sort') ?? '-score') as Sort
  const { query, isOpen, total, hidden } = useLeads(sort)
  const named = route.query.get('columns')
  const columns = useMemo(
    () => (named ? COLUMNS.filter((c) => c === 'lead' || splitList(named).includes(c)) : USUAL),
    [named],
  )
  const pages = query.data?.pages
  const leads = useMemo(() => pages?.flatMap((page) => page.items as AnyLead[]) ?? [], [pages])
  const { chosen, setChosen, picked, buttons, dialog } = useBulk(leads)
  return (
    <div className="stack">
      <header className="page-head">
        <h1 className="grow">
          {t('pages.leads')} <span className="muted">{format.count(total)}</span>
        </h1>
        {hidden > 0 && (
          <a href={hrefHere(route, { snoozed: 'show' })}>{t('queue.hidden', { n: hidden })}</a>
        )}
        <Chips />
        <Choice
          name="state"
          values={STATES}
          write={(v) => (v === 'all' ? t('leads.all') : t(`leadState.${v}`))}
        />
        {isOpen && <Choice name="tier" values={TIERS} write={(v) => t(`tier.${v}`)} />}
        {isOpen && <Choice name="status" values={STATUSES} write={(v) => t(`status.${v}`)} />}
      </header>
      <Panel
        title={
          picked.length > 0
            ? t('leads.chosen', { n: picked.length, shown: format.count(picked.length) })
            : t('leads.shown', { n: leads.length, shown: format.count(leads.length) })
        }
        tools={
          <>
            {buttons}
            <Views />
            <ColumnChoice columns={columns} />
            <Export isOpen={isOpen} />
          </>
        }
      >
        <Loading of={query} lines={14}>
          {() =>
            leads.length === 0 ? (
              <Notice title={t('leads.empty')}>
                <p>{t('leads.emptyHint')}</p>
              </Notice>
            ) : (
              <LeadTable
                leads={leads}
                total={total}
                columns={columns}
                hasMore={query.hasNextPage}
                onMore={() => void query.fetchNextPage()}
                chosen={chosen}
                onChoose={setChosen}
                {...(isOpen
                  ? { sort, onSort: (s: string) => go(hrefHere(route, { sort: s }), 'replace') }
                  : {})}
              />
            )
          }
        </Loading>
      </Panel>
      {dialog}
    </div>
  )
}
