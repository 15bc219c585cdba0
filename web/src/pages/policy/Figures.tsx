// Every number of the policy that holds everywhere, in groups; what is not named shows its default.
import { PARTS, Panel } from '@ui/blocks'
import { NumberField, SelectField } from '@ui/fields'
import { useText } from '@/i18n'
import { stagesOf } from './stageNames'
import { type Table, numberOf, textOf, valueAt, withValue } from './toml'

export interface PartProps {
  policy: Table
  /** The policy with every default spelt out, as the server last understood it. */
  resolved: Table
  write: (policy: Table) => void
}

const GROUPS = [
  ['tier', 'tier', ['hot', 'warm']],
  ['weights', 'score.weights', PARTS],
  ['recency', 'score.recency', ['k', 'm', 'fallback_hours']],
  ['expiry', 'expiry', ['percentile', 'lookback_days', 'min_samples', 'dormant_days']],
  ['channel', 'channel', ['lookback_days', 'smoothing', 'inflow_periods', 'inflow_period_days']],
  ['load', 'load', ['cap', 'k', 'mid', 'min_open']],
  ['sla', 'sla', ['grace']],
] as const

const ESTIMATORS = ['completed', 'kaplan_meier'] as const

/** One number of the policy, named by its path. */
export function Figure({
  path,
  label,
  policy,
  resolved,
  write,
}: PartProps & { path: readonly string[]; label: string }) {
  const own = numberOf(valueAt(policy, path))
  return (
    <NumberField
      label={label}
      value={own === '' ? numberOf(valueAt(resolved, path)) : own}
      onChange={(value) => write(withValue(policy, path, value))}
    />
  )
}

/** A score of its own for each stage, instead of even steps. */
function StageWeights({ policy, resolved, write }: PartProps) {
  const t = useText()
  const path = ['score', 'stage_weights']
  const weights = valueAt(policy, path)
  const stages = stagesOf(policy, resolved)
  const even = Object.fromEntries(
    stages.map((stage, i) => [stage, Number(((i + 1) / stages.length).toFixed(3))]),
  )
  return (
    <Panel title={t('policy.group.stageWeights')}>
      <div className="panel-body stack">
        <label className="row">
          <input
            type="checkbox"
            checked={weights !== undefined}
            onChange={() =>
              write(withValue(policy, path, weights === undefined ? even : undefined))
            }
          />
          {t('policy.ownStageWeights')}
        </label>
        {weights === undefined ? (
          <p className="muted">{t('policy.evenStageWeights')}</p>
        ) : (
          <div className="policy-fields">
            {stages.map((stage) => (
              <Figure
                key={stage}
                path={[...path, stage]}
                label={stage}
                {...{ policy, resolved, write }}
              />
            ))}
          </div>
        )}
      </div>
    </Panel>
  )
}

export function Figures(part: PartProps) {
  const t = useText()
  const { policy, resolved, write } = part
  const estimator = ['expiry', 'estimator']
  return (
    <div className="columns-2">
      {GROUPS.map(([group, table, keys]) => (
        <Panel key={group} title={t(`policy.group.${group}`)}>
          <div className="panel-body policy-fields">
            {keys.map((key) => (
              <Figure
                key={key}
                path={[...table.split('.'), key]}
                label={t(`policy.key.${key}`)}
                {...part}
              />
            ))}
            {group === 'expiry' && (
              <SelectField
                label={t('policy.key.estimator')}
                value={textOf(valueAt(policy, estimator) ?? valueAt(resolved, estimator))}
                choices={ESTIMATORS.map((e) => [e, t(`policy.estimators.${e}`)])}
                onChange={(value) => write(withValue(policy, estimator, value))}
              />
            )}
          </div>
        </Panel>
      ))}
      <StageWeights {...part} />
    </div>
  )
}
