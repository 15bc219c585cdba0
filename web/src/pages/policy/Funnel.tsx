// The stages: their names and order, which of them count as load, and why leads are lost.
import { useState } from 'react'
import { Panel } from '@ui/blocks'
import { TextField } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { Table as Grid } from '@ui/Table'
import { useText } from '@/i18n'
import { useLostReasons } from '@/actions/actions'
import type { PartProps } from './Figures'
import { moved, renamed, stagesOf, without, withStage } from './stageNames'
import { Add, Remove } from './Rules'
import { type Table, tableOf, textOf, textsOf, withItem, withValue } from './toml'

/** A name is taken once it is written to its end, and if nothing else has it. */
function Name({
  label,
  value,
  taken,
  onChange,
}: {
  label: string
  value: string
  taken: readonly string[]
  onChange: (name: string) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const text = (typed ?? value).trim()
  const isGood = text !== '' && text !== '*' && (text === value || !taken.includes(text))
  const end = () => {
    if (isGood && text !== value) onChange(text)
    setTyped(null)
  }
  return (
    <input
      className="input"
      aria-label={label}
      aria-invalid={!isGood}
      value={typed ?? value}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={end}
      onKeyDown={(e) => {
        if (e.key === 'Enter') end()
      }}
    />
  )
}

const ENDS = ['won', 'lost'] as const

/** What the ends of the funnel are called. */
function endsOf(policy: Table, resolved: Table): string[] {
  const [own, usual] = [tableOf(policy, 'funnel'), tableOf(resolved, 'funnel')]
  return ENDS.map((end) => textOf(own[end] ?? usual[end]))
}

function Ends({ policy, resolved, write, taken }: PartProps & { taken: readonly string[] }) {
  const t = useText()
  const ends = endsOf(policy, resolved)
  return (
    <div className="policy-fields policy-hours">
      {ENDS.map((end, i) => (
        <div key={end} className="field">
          <span className="label">{t(`policy.${end}`)}</span>
          <Name
            label={t(`policy.${end}`)}
            value={ends[i] ?? ''}
            taken={taken}
            onChange={(to) => write(withValue(policy, ['funnel', end], to))}
          />
        </div>
      ))}
    </div>
  )
}

function Stages({ policy, resolved, write }: PartProps) {
  const t = useText()
  const funnel = tableOf(policy, 'funnel')
  const usual = tableOf(resolved, 'funnel')
  const listed = (name: string) => textsOf(funnel[name] === undefined ? usual : funnel, name)
  const stages = stagesOf(policy, resolved)
  const load = listed('load')
  const taken = [...stages, ...endsOf(policy, resolved)]
  // Whatever is said of stages is written out, so that a rename finds it.
  const spelt = withValue(policy, ['funnel', 'load'], load)
  const add = () => {
    let n = stages.length + 1
    while (taken.includes(t('policy.newStage', { n }))) ++n
    write(withStage(spelt, stages, t('policy.newStage', { n })))
  }
  const toggle = (stage: string) =>
    write(
      withValue(
        policy,
        ['funnel', 'load'],
        stages.filter((s) => (s === stage ? !load.includes(s) : load.includes(s))),
      ),
    )
  return (
    <Panel
      title={t('policy.group.stages')}
      tools={<Add label={t('policy.addStage')} onPress={add} />}
    >
      <Grid
        rows={stages}
        keyOf={(stage) => stage}
        columns={[
          {
            id: 'name',
            head: t('dimension.stage'),
            cell: (stage, at) => (
              <Name
                label={t('policy.stageName', { n: at + 1 })}
                value={stage}
                taken={taken}
                onChange={(to) => write(renamed(spelt, stages, at, to))}
              />
            ),
          },
          {
            id: 'load',
            head: t('policy.isLoad'),
            cell: (stage) => (
              <input
                type="checkbox"
                aria-label={t('policy.isLoadOf', { stage })}
                checked={load.includes(stage)}
                onChange={() => toggle(stage)}
              />
            ),
          },
          {
            id: 'order',
            head: t('policy.order'),
            isHeadHidden: true,
            isNumber: true,
            className: 'nowrap',
            cell: (stage, at) => (
              <>
                {(['up', 'down'] as const).map((way) => {
                  const by = way === 'up' ? -1 : 1
                  return (
                    <button
                      key={way}
                      type="button"
                      className="button quiet"
                      aria-label={t(`policy.${way}`, { stage })}
                      title={t(`policy.${way}`, { stage })}
                      disabled={stages[at + by] === undefined}
                      onClick={() => write(moved(policy, stages, at, by))}
                    >
                      <Icon name={way} />
                    </button>
                  )
                })}
                {stages.length > 1 && (
                  <Remove
                    label={t('policy.removeStage', { stage })}
                    onPress={() => write(without(spelt, stages, at))}
                  />
                )}
              </>
            ),
          },
        ]}
      />
      <div className="panel-body stack">
        <p className="muted">{t('policy.stagesHint')}</p>
        <Ends {...{ policy, resolved, write, taken }} />
      </div>
    </Panel>
  )
}

function LostReasons({ policy, write }: PartProps) {
  const t = useText()
  const [reason, setReason] = useState('')
  const inForce = useLostReasons(true).data ?? []
  const actions = tableOf(policy, 'actions')
  const reasons = actions['lost_reasons'] === undefined ? inForce : textsOf(actions, 'lost_reasons')
  const put = (next: readonly string[]) =>
    write(withValue(policy, ['actions', 'lost_reasons'], next))
  const isNew = reason.trim() !== '' && !reasons.includes(reason.trim())
  return (
    <Panel title={t('policy.group.lostReasons')}>
      <Grid
        rows={reasons}
        keyOf={(r) => r}
        columns={[
          {
            id: 'reason',
            head: t('policy.lostReason'),
            cell: (r, at) => (
              <Name
                label={t('policy.lostReasonOf', { n: at + 1 })}
                value={r}
                taken={reasons}
                onChange={(to) => put(withItem(reasons, at, to))}
              />
            ),
          },
          {
            id: 'remove',
            head: t('policy.removeReason', { reason: '' }),
            isHeadHidden: true,
            isNumber: true,
            className: 'nowrap',
            cell: (r, at) =>
              reasons.length > 1 && (
                <Remove
                  label={t('policy.removeReason', { reason: r })}
                  onPress={() => put(withItem(reasons, at, null))}
                />
              ),
          },
        ]}
      />
      <form
        className="panel-body row low"
        onSubmit={(e) => {
          e.preventDefault()
          if (!isNew) return
          put([...reasons, reason.trim()])
          setReason('')
        }}
      >
        <TextField label={t('policy.newReason')} value={reason} onChange={setReason} />
        <button type="submit" className="button" disabled={!isNew}>
          {t('policy.addReason')}
        </button>
      </form>
    </Panel>
  )
}

export function Funnel(part: PartProps) {
  return (
    <div className="columns-2">
      <Stages {...part} />
      <LostReasons {...part} />
    </div>
  )
}
