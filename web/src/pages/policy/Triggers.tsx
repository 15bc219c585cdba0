// Triggers: what raises an alert, from which limit on, and whom it concerns.
import { Panel } from '@ui/blocks'
import { SelectField } from '@ui/fields'
import { MultiChoice } from '@ui/MultiChoice'
import { useText } from '@/i18n'
import { useFacets } from '@/data/queries'
import { Figure, type PartProps } from './Figures'
import { stagesOf } from './stageNames'
import { tableOf, textOf, textsOf, valueAt, withValue } from './toml'

const TRIGGERS = [
  ['stage_breach', []],
  ['load_imbalance', ['load_factor', 'stagnant_share']],
  ['delay_surge', ['quantile', 'history_days', 'min_visits']],
  ['expiry', []],
] as const
type Name = (typeof TRIGGERS)[number][0]

const LIMITS = ['p90', 'sla'] as const
const TIERS = ['Hot', 'Warm', 'Cold'] as const

function Filter({ name, policy, resolved, write }: PartProps & { name: Name }) {
  const t = useText()
  const facets = useFacets({})
  const own = tableOf(tableOf(policy, 'trigger'), name)
  const known = {
    stages: stagesOf(policy, resolved),
    tiers: TIERS,
    regions: facets.data?.region.map((v) => v.value) ?? [],
    dealer_groups: facets.data?.dealer_group.map((v) => v.value) ?? [],
  }
  const labels = {
    stages: t('dimension.stage'),
    tiers: t('leads.tier'),
    regions: t('dimension.region'),
    dealer_groups: t('dimension.dealer_group'),
  }
  return (['stages', 'tiers', 'regions', 'dealer_groups'] as const).map((list) => (
    <MultiChoice
      key={list}
      label={labels[list]}
      none={t('policy.all')}
      isOpenEnded={list === 'regions' || list === 'dealer_groups'}
      {...(list === 'tiers' ? { nameOf: (v: string) => t(`tier.${v as 'Hot'}`) } : {})}
      values={known[list]}
      chosen={textsOf(own, list)}
      onChange={(chosen) =>
        write(withValue(policy, ['trigger', name, list], chosen.length > 0 ? chosen : undefined))
      }
    />
  ))
}

export function Triggers(part: PartProps) {
  const t = useText()
  const { policy, resolved, write } = part
  const value = (path: readonly string[]) => valueAt(policy, path) ?? valueAt(resolved, path)
  return (
    <div className="columns-2">
      {TRIGGERS.map(([name, keys]) => {
        const path = ['trigger', name]
        const isOn = value([...path, 'enabled']) !== false
        return (
          <Panel key={name} title={t(`policy.trigger.${name}`)}>
            <div className="panel-body stack">
              <p className="muted">{t(`policy.triggerMeans.${name}`)}</p>
              <label className="row">
                <input
                  type="checkbox"
                  checked={isOn}
                  onChange={() => write(withValue(policy, [...path, 'enabled'], !isOn))}
                />
                {t('policy.isOn')}
              </label>
              {isOn && (
                <div className="policy-fields">
                  {name === 'stage_breach' && (
                    <SelectField
                      label={t('policy.key.limit')}
                      value={textOf(value([...path, 'limit']))}
                      choices={LIMITS.map((l) => [l, t(`policy.limits.${l}`)])}
                      onChange={(limit) => write(withValue(policy, [...path, 'limit'], limit))}
                    />
                  )}
                  {keys.map((key) => (
                    <Figure
                      key={key}
                      path={[...path, key]}
                      label={t(`policy.key.${key}`)}
                      {...part}
                    />
                  ))}
                  <Filter name={name} {...part} />
                </div>
              )}
            </div>
          </Panel>
        )
      })}
    </div>
  )
}
