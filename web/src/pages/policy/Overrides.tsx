// Overrides: other weights or other cut-offs for a market, a dealer group or a product.
import { Notice, PARTS, Panel } from '@ui/blocks'
import { NumberField } from '@ui/fields'
import { useText } from '@/i18n'
import type { Dimension } from '@/data/route'
import { Add, Remove } from './Rules'
import { type Table, numberOf, tableOf, tablesOf, withItem, withValue } from './toml'
import { Where } from './Where'

const NAMED: readonly Dimension[] = ['region', 'dealer_group', 'product']
const CUTS = ['hot', 'warm'] as const
const USUAL_TIER = { hot: 70, warm: 40 }
const USUAL_WEIGHTS = { conversion: 0.3, volume: 0.15, recency: 0.25, stage: 0.3 }

/** One table of an override: there with its numbers, or not there. */
function Part({
  name,
  keys,
  usual,
  override,
  isNeeded,
  onChange,
}: {
  name: 'tier' | 'weights'
  keys: readonly string[]
  usual: Table
  override: Table
  /** One of the two must be there. */
  isNeeded: boolean
  onChange: (override: Table) => void
}) {
  const t = useText()
  const isThere = override[name] !== undefined
  const table = tableOf(override, name)
  return (
    <fieldset className="choice">
      <legend>
        <label className="row">
          <input
            type="checkbox"
            checked={isThere}
            disabled={isThere && isNeeded}
            onChange={() => onChange(withValue(override, [name], isThere ? undefined : usual))}
          />
          {t(`policy.group.${name}`)}
        </label>
      </legend>
      {isThere && (
        <div className="policy-fields">
          {keys.map((key) => (
            <NumberField
              key={key}
              label={t(`policy.key.${key as 'hot'}`)}
              value={numberOf(table[key] ?? 0)}
              onChange={(value) => onChange(withValue(override, [name, key], value))}
            />
          ))}
        </div>
      )}
    </fieldset>
  )
}

export function Overrides({ policy, write }: { policy: Table; write: (policy: Table) => void }) {
  const t = useText()
  const overrides = tablesOf(policy, 'override')
  const put = (next: readonly Table[]) =>
    write(withValue(policy, ['override'], next.length > 0 ? next : undefined))
  const set = (at: number, override: Table | null) => put(withItem(overrides, at, override))
  return (
    <Panel
      title={t('policy.group.overrides')}
      tools={
        <Add
          label={t('policy.addOverride')}
          onPress={() => put([...overrides, { tier: USUAL_TIER }])}
        />
      }
    >
      {overrides.length === 0 ? (
        <Notice title={t('policy.noOverrides')} />
      ) : (
        <ul className="rows">
          {overrides.map((override, at) => (
            <li key={at} className="panel-body stack">
              <div className="row">
                <span className="grow">
                  <Where rule={override} dimensions={NAMED} onChange={(next) => set(at, next)} />
                </span>
                <Remove label={t('policy.removeOverride')} onPress={() => set(at, null)} />
              </div>
              <Part
                name="tier"
                keys={CUTS}
                usual={USUAL_TIER}
                override={override}
                isNeeded={override['weights'] === undefined}
                onChange={(next) => set(at, next)}
              />
              <Part
                name="weights"
                keys={PARTS}
                usual={USUAL_WEIGHTS}
                override={override}
                isNeeded={override['tier'] === undefined}
                onChange={(next) => set(at, next)}
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
