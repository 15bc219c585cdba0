// The blocks that pages are made of.
import type { ReactNode } from 'react'
import { useFormat, useText, type Messages } from '@/i18n'
import { Popover } from './overlays'

export type FigureId = keyof Messages['figures']

/** The name of a figure. Opens what it means and how it was counted. */
export function FigureName({ id, children }: { id: FigureId; children?: ReactNode }) {
  const t = useText()
  return (
    <Popover
      className="figure-name"
      label={children ?? t(`figures.${id}.name`)}
      title={t(`figures.${id}.name`)}
    >
      {() => (
        <div className="pad stack">
          <h2>{t(`figures.${id}.name`)}</h2>
          <p>{t(`figures.${id}.means`)}</p>
        </div>
      )}
    </Popover>
  )
}

export function Panel({
  title,
  tools,
  children,
  className,
}: {
  title: ReactNode
  tools?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={className ? `panel ${className}` : 'panel'}>
      <header>
        <h2 className="grow">{title}</h2>
        {tools}
      </header>
      {children}
    </section>
  )
}

export function Badge({ kind, children }: { kind: string; children: ReactNode }) {
  return <span className={`badge ${kind}`}>{children}</span>
}

export function TierBadge({ tier }: { tier: 'Hot' | 'Warm' | 'Cold' }) {
  const t = useText()
  return <Badge kind={tier}>{t(`tier.${tier}`)}</Badge>
}

export const PARTS = [
  'conversion',
  'volume',
  'recency',
  'stage',
  'engagement',
  'assessment',
  'propensity',
] as const
export type Part = (typeof PARTS)[number]
export type Contributions = Partial<Record<Part, number>>

/** A score as its parts: the whole track is 100. Read out as words. */
export function PartsBar({ parts }: { parts: Contributions }) {
  const t = useText()
  const format = useFormat()
  const present = PARTS.filter((p) => (parts[p] ?? 0) > 0)
  const words = present.map((p) => `${t(`part.${p}`)} ${format.score(parts[p])}`).join(', ')
  return (
    <div className="parts" role="img" aria-label={words} title={words}>
      {present.map((p) => (
        <span key={p} className={`part-${p}`} style={{ inlineSize: `${parts[p] ?? 0}%` }} />
      ))}
    </div>
  )
}

export function Meter({ share, label }: { share: number; label: string }) {
  return (
    <div className="meter" role="img" aria-label={label}>
      <span style={{ inlineSize: `${Math.min(100, Math.max(0, share * 100))}%` }} />
    </div>
  )
}

/** Lines where text will be. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const t = useText()
  return (
    <div className="panel-body stack" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, i) => (
        <span
          key={i}
          className="skeleton"
          style={{ blockSize: 14, inlineSize: `${92 - ((i * 17) % 40)}%` }}
        />
      ))}
    </div>
  )
}

/** Instead of content: what there is not, and what to do about it. */
export function Notice({
  title,
  children,
  isBad = false,
}: {
  title: string
  children?: ReactNode
  isBad?: boolean
}) {
  return (
    <div className={isBad ? 'notice bad' : 'notice'} role={isBad ? 'alert' : 'status'}>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

interface Loaded<T> {
  data: T | undefined
  error: Error | null
  isPending: boolean
  refetch: () => unknown
}

/** The content of an answer; until it is there, what to expect or what went wrong. */
export function Loading<T>({
  of,
  lines,
  children,
}: {
  of: Loaded<T>
  lines?: number
  children: (data: T) => ReactNode
}) {
  const t = useText()
  if (of.data !== undefined) return <>{children(of.data)}</>
  if (of.error) {
    const { status, problem } = of.error as {
      status?: number
      problem?: { detail?: string; instance?: string }
    }
    return (
      <Notice isBad title={status === 0 ? t('state.offline') : t('state.failed')}>
        <p>{status === 0 ? t('state.offlineHint') : (problem?.detail ?? of.error.message)}</p>
        {problem?.instance && (
          <p className="muted">{t('state.request', { id: problem.instance })}</p>
        )}
        <button type="button" className="button" onClick={() => void of.refetch()}>
          {t('state.again')}
        </button>
      </Notice>
    )
  }
  return <Skeleton {...(lines === undefined ? {} : { lines })} />
}
