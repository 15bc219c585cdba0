// Load: which dealer has more open leads near a decision than it can serve, what is relaxed for it,
// and where the next lead goes safely.
import { Fragment, useMemo } from 'react'
import { Badge, FigureName, Loading, Notice, Panel } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { useLoad } from '@/data/queries'
import { go, hrefHere, hrefTo, splitList, useFilters, useRoute } from '@/data/route'
import { Gap } from '@/screenful/Gap'
import { useScreenful } from '@/screenful/screenful'
import { SheetMenu } from '@/shell/SheetMenu'
import { LoadTrend } from './LoadTrend'
import './load.css'

type Pair = Schema['Load']
/** Where the day by day of a pair is told. */
const TREND = 'load-trend'
const BANDS = ['low', 'moderate', 'elevated', 'critical'] as const

/** Per nameplate: whom to relieve, and who may take more. */
function Advice({ pairs }: { pairs: readonly Pair[] }) {
  const t = useText()
  const format = useFormat()
  const advice = useMemo(() => {
    const by = new Map<string, Pair[]>()
    for (const p of pairs) by.set(p.nameplate, [...(by.get(p.nameplate) ?? []), p])
    return [...by]
      .map(([nameplate, list]) => {
        const busy = list.filter((p) => p.band === 'critical' || p.band === 'elevated')
        const worst = busy.sort((a, b) => b.load_factor - a.load_factor || b.open - a.open)[0]
        const free = list
          .filter((p) => p.band === 'low')
          .sort((a, b) => a.load_factor - b.load_factor || a.open - b.open)[0]
        return { nameplate, worst, free }
      })
      .filter((a) => a.worst !== undefined && a.free !== undefined && a.worst.open >= 5)
      .sort((a, b) => (b.worst?.load_factor ?? 0) - (a.worst?.load_factor ?? 0))
      .slice(0, 6)
  }, [pairs])
  if (advice.length === 0) return <Notice title={t('load.balanced')} />
  return (
    <ul className="panel-body stack">
      {advice.map(({ nameplate, worst, free }) => (
        <li key={nameplate}>
          {t('load.advice', {
            nameplate,
            from: worst?.dealer ?? '',
            fromLoad: format.percent(worst?.load_factor),
            to: free?.dealer ?? '',
            toLoad: format.percent(free?.load_factor),
          })}
        </li>
      ))}
    </ul>
  )
}

function PairCell({ of: pair }: { of: Pair | undefined }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  if (!pair) return <td className="num" />
  const { dealer, nameplate } = pair
  return (
    <td className={`num band-${pair.band}`}>
      <button
        type="button"
        className="cell"
        title={t('load.cell', {
          open: format.count(pair.open),
          near: format.count(pair.in_load_stages),
          relaxation: format.percent1(pair.relaxation),
        })}
        onClick={() => {
          go(hrefHere(route, { pair: [dealer, nameplate] }), 'replace')
          // Below many dealers it would open unseen.
          document.getElementById(TREND)?.scrollIntoView({ block: 'nearest' })
        }}
      >
        {format.percent(pair.load_factor)}
        <span className="of">{format.count(pair.open)}</span>
      </button>
    </td>
  )
}

/** Dealers by nameplates; of many dealers those on the screen. */
function Matrix({ pairs }: { pairs: readonly Pair[] }) {
  const t = useText()
  const format = useFormat()
  const { nameplates, dealers, at } = useMemo(
    () => ({
      nameplates: [...new Set(pairs.map((p) => p.nameplate))].sort(format.compare),
      dealers: [...new Set(pairs.map((p) => p.dealer))].sort(format.compare),
      at: new Map(pairs.map((p) => [`${p.dealer}\n${p.nameplate}`, p])),
    }),
    [pairs, format],
  )
  const { body, places, rest_px, measure, keep } = useScreenful(dealers.length)
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={t('load.matrix')}>
      <table className="grid load" aria-rowcount={dealers.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t('dimension.dealer')}</th>
            {nameplates.map((n) => (
              <th scope="col" key={n} className="num">
                <bdi>{n}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onFocus={keep} onBlur={keep}>
          {places.map(({ index, gap_px }) => {
            const dealer = dealers[index]
            if (dealer === undefined) return null
            return (
              <Fragment key={dealer}>
                {gap_px > 0 && <Gap size_px={gap_px} />}
                <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
                  <td className="nowrap">
                    <bdi>{dealer}</bdi>
                  </td>
                  {nameplates.map((nameplate) => (
                    <PairCell key={nameplate} of={at.get(`${dealer}\n${nameplate}`)} />
                  ))}
                </tr>
              </Fragment>
            )
          })}
          {rest_px > 0 && <Gap size_px={rest_px} />}
        </tbody>
      </table>
    </div>
  )
}

export default function Load() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const filters = useFilters()
  const query = useLoad(filters.as_of)
  const wants = (name: 'dealer' | 'nameplate', value: string) =>
    filters[name] === undefined || splitList(filters[name]).includes(value)
  const pair = route.query.get('pair')
  const [dealer = '', nameplate = ''] = pair ? splitList(pair) : []
  return (
    <div className="stack">
      <h1>{t('pages.load')}</h1>
      <Loading of={query} lines={12}>
        {({ items }) => {
          const pairs = items.filter(
            (p) => wants('dealer', p.dealer) && wants('nameplate', p.nameplate),
          )
          if (pairs.length === 0) return <Notice title={t('load.empty')} />
          const relaxed = pairs.filter((p) => p.relaxation >= 0.01)
          return (
            <>
              <ul className="row">
                {BANDS.map((band) => (
                  <li key={band}>
                    <Badge kind={band}>{t(`band.${band}`)}</Badge>{' '}
                    {format.count(pairs.filter((p) => p.band === band).length)}
                  </li>
                ))}
                <li>
                  <FigureName id="relaxation" />: {t('load.relaxed', { n: relaxed.length })}
                </li>
              </ul>
              <Panel
                title={<FigureName id="loadFactor" />}
                tools={<SheetMenu name="load" items={pairs} />}
              >
                <Matrix pairs={pairs} />
              </Panel>
              <div className="columns-2" id={TREND}>
                <Panel
                  title={t('load.trend')}
                  tools={
                    dealer ? (
                      <a
                        href={hrefTo(route, 'leads', { dealer: [dealer], nameplate: [nameplate] })}
                      >
                        {t('load.leads')}
                      </a>
                    ) : null
                  }
                >
                  {dealer ? (
                    <LoadTrend dealer={dealer} nameplate={nameplate} />
                  ) : (
                    <Notice title={t('load.choose')} />
                  )}
                </Panel>
                <Panel title={t('load.where')}>
                  <Advice pairs={pairs} />
                </Panel>
              </div>
            </>
          )
        }}
      </Loading>
    </div>
  )
}
