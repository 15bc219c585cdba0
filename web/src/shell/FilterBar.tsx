// The filters that hold on every page. They stand in the address.
import { useMemo, useState } from 'react'
import { Icon } from '@ui/Icon'
import { TickList } from '@ui/MultiChoice'
import { Popover } from '@ui/overlays'
import { useFormat, useText } from '@/i18n'
import { useFacets } from '@/data/queries'
import {
  DIMENSIONS,
  type Dimension,
  go,
  hrefHere,
  splitList,
  useFilters,
  useRoute,
} from '@/data/route'
import { Period } from './Period'

/** The values of one dimension that leads have under the other filters, most leads first. */
function Values({ dimension }: { dimension: Dimension }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const filters = useFilters()
  const { [dimension]: chosenText, ...others } = filters
  const facets = useFacets(others)
  const chosen = useMemo(
    () => new Set(chosenText === undefined ? [] : splitList(chosenText)),
    [chosenText],
  )
  const toggle = (value: string) => {
    const next = new Set(chosen)
    if (!next.delete(value)) next.add(value)
    go(hrefHere(route, { [dimension]: [...next] }), 'replace')
  }
  const all = facets.data?.[dimension] ?? []
  const leads = new Map(all.map((v) => [v.value, v.leads]))
  return (
    <TickList
      name={t(`dimension.${dimension}`)}
      values={all.map((v) => v.value)}
      chosen={chosen}
      onToggle={toggle}
      note={(value) => format.count(leads.get(value))}
    />
  )
}

function Chip({ dimension, text }: { dimension: Dimension; text: string }) {
  const t = useText()
  const route = useRoute()
  const values = splitList(text)
  const name = t(`dimension.${dimension}`)
  const first = values[0] || t('filter.none')
  const label =
    values.length === 1 ? first : t('filter.several', { first, more: values.length - 1 })
  return (
    <span className="chip">
      <Popover
        className=""
        title={name}
        label={
          <>
            <span className="muted">{name}</span> <bdi className="clip">{label}</bdi>
          </>
        }
      >
        {() => <Values dimension={dimension} />}
      </Popover>
      <button
        type="button"
        aria-label={t('filter.remove', { name })}
        onClick={() => go(hrefHere(route, { [dimension]: null }))}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}

function AddFilter() {
  const t = useText()
  const [dimension, setDimension] = useState<Dimension | null>(null)
  return (
    <Popover
      className="button quiet"
      title={t('filter.add')}
      label={
        <>
          <Icon name="plus" /> {t('filter.add')}
        </>
      }
    >
      {() => (
        <div>
          {dimension === null ? (
            <ul>
              {DIMENSIONS.map((d) => (
                <li key={d}>
                  <button type="button" className="menu-item" onClick={() => setDimension(d)}>
                    <span className="grow">{t(`dimension.${d}`)}</span>
                    <Icon name="next" />
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <>
              <button type="button" className="menu-item" onClick={() => setDimension(null)}>
                <Icon name="back" /> {t(`dimension.${dimension}`)}
              </button>
              <Values dimension={dimension} />
            </>
          )}
        </div>
      )}
    </Popover>
  )
}

export function FilterBar() {
  const t = useText()
  const route = useRoute()
  const filters = useFilters()
  const active = DIMENSIONS.filter((d) => filters[d] !== undefined)
  const clear = Object.fromEntries(active.map((d) => [d, null]))
  return (
    <div className="filters" role="group" aria-label={t('filter.label')}>
      {active.map((d) => (
        <Chip key={d} dimension={d} text={filters[d] ?? ''} />
      ))}
      <AddFilter />
      <Period />
      {active.length > 1 && (
        <button type="button" className="button quiet" onClick={() => go(hrefHere(route, clear))}>
          {t('filter.clear')}
        </button>
      )}
    </div>
  )
}
