// What another policy would change: counts before and after, who changes tier, which leads move.
import { Panel, TierBadge } from '@ui/blocks'
import { Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { hrefTo, useRoute } from '@/data/route'

type Answer = Schema['WhatIfAnswer']
const TIERS = ['Hot', 'Warm', 'Cold'] as const
const SHOWN = 12

function Counts({ answer }: { answer: Answer }) {
  const t = useText()
  const format = useFormat()
  const { before, after } = answer
  const rows: [string, number | null, number | null, (n: number | null) => string][] = [
    ...TIERS.map(
      (tier) =>
        [t(`tier.${tier}`), before.tier[tier], after.tier[tier], format.count] as [
          string,
          number,
          number,
          (n: number | null) => string,
        ],
    ),
    [t('figures.expired.name'), before.expired, after.expired, format.count],
    [t('figures.dormant.name'), before.dormant, after.dormant, format.count],
    [t('policy.breaches'), before.breaches, after.breaches, format.count],
    [t('figures.compliance.name'), before.compliance, after.compliance, format.percent1],
    [
      t('figures.loadFactor.name'),
      before.mean_load_factor,
      after.mean_load_factor,
      format.percent1,
    ],
    [t('figures.relaxation.name'), before.mean_relaxation, after.mean_relaxation, format.percent1],
  ]
  return (
    <Table
      rows={rows}
      keyOf={([name]) => name}
      columns={[
        { id: 'figure', head: t('policy.figure'), cell: ([name]) => name },
        {
          id: 'before',
          head: t('policy.before'),
          isNumber: true,
          cell: ([, was, , write]) => write(was),
        },
        {
          id: 'after',
          head: t('policy.after'),
          isNumber: true,
          cell: ([, was, is, write]) => (was === is ? write(is) : <strong>{write(is)}</strong>),
        },
      ]}
    />
  )
}

type Move = Answer['moves'][number]

function Moves({ moves }: { moves: readonly Move[] }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const standing = ({ score, tier }: Move['before']) => (
    <>
      {format.score(score)} <TierBadge tier={tier} />
    </>
  )
  return (
    <Table
      rows={moves}
      keyOf={(m) => m.lead_id}
      columns={[
        {
          id: 'lead',
          head: t('queue.lead'),
          cell: (m) => (
            <a className="mono" href={hrefTo(route, 'lead', {}, m.lead_id)}>
              {m.lead_id}
            </a>
          ),
        },
        {
          id: 'dealer',
          head: t('dimension.dealer'),
          className: 'nowrap',
          cell: (m) => <bdi>{m.dealer}</bdi>,
        },
        { id: 'before', head: t('policy.before'), isNumber: true, cell: (m) => standing(m.before) },
        { id: 'after', head: t('policy.after'), isNumber: true, cell: (m) => standing(m.after) },
      ]}
    />
  )
}

function TierMoves({ moves }: { moves: Answer['tier_moves'] }) {
  const t = useText()
  const format = useFormat()
  return (
    <Table
      rows={TIERS}
      keyOf={(from) => from}
      columns={[
        { id: 'from', head: t('policy.tierMoves'), cell: (from) => <TierBadge tier={from} /> },
        ...TIERS.map((to) => ({
          id: to,
          head: <TierBadge tier={to} />,
          isNumber: true,
          cell: (from: (typeof TIERS)[number]) => (
            <span className={from === to ? 'muted' : undefined}>
              {format.count(moves[from][to])}
            </span>
          ),
        })),
      ]}
    />
  )
}

export function WhatIf({ answer }: { answer: Answer }) {
  const t = useText()
  const format = useFormat()
  return (
    <div className="columns-2">
      <Panel title={t('policy.would', { n: format.count(answer.moved) })}>
        <Counts answer={answer} />
        <TierMoves moves={answer.tier_moves} />
      </Panel>
      <Panel title={t('policy.moves')}>
        <Moves moves={answer.moves.slice(0, SHOWN)} />
      </Panel>
    </div>
  )
}
