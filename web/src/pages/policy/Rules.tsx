// SLA rules: hours for a stage, of whatever they are for.
import { Panel } from '@ui/blocks'
import { NumberInput, Select } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { Table as Grid } from '@ui/Table'
import { useText } from '@/i18n'
import { DIMENSIONS } from '@/data/route'
import type { PartProps } from './Figures'
import { stagesOf } from './stageNames'
import { type Table, numberOf, tableOf, tablesOf, textOf, withItem, withValue } from './toml'
import { Where } from './Where'

const USUAL_HOURS = 24
/** An owner has no rules. */
const NAMED = DIMENSIONS.filter((d) => d !== 'owner')

export function Remove({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <Icon name="close" />
    </button>
  )
}

export function Add({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button type="button" className="button" onClick={onPress}>
      <Icon name="plus" /> {label}
    </button>
  )
}

export function Rules({ policy, resolved, write }: PartProps) {
  const t = useText()
  const stages = stagesOf(policy, resolved)
  const rules = tablesOf(tableOf(policy, 'sla'), 'rule')
  const put = (next: readonly Table[]) => write(withValue(policy, ['sla', 'rule'], next))
  const set = (at: number, rule: Table | null) => put(withItem(rules, at, rule))
  const choices = [...stages.map((s) => [s, s] as const), ['*', t('policy.overall')] as const]
  const add = () => put([...rules, { stage: stages[0] ?? '*', hours: USUAL_HOURS }])
  return (
    <Panel
      title={t('policy.group.rules')}
      tools={<Add label={t('policy.addRule')} onPress={add} />}
    >
      <Grid
        rows={rules}
        className="fit"
        keyOf={(_, at) => at}
        empty={t('policy.noRules')}
        columns={[
          {
            id: 'stage',
            head: t('dimension.stage'),
            cell: (rule, at) => (
              <Select
                label={t('dimension.stage')}
                value={textOf(rule['stage'])}
                choices={choices}
                onChange={(stage) => set(at, { ...rule, stage })}
              />
            ),
          },
          {
            id: 'hours',
            head: t('policy.hours'),
            isNumber: true,
            cell: (rule, at) => (
              <NumberInput
                min={0}
                aria-label={t('policy.hours')}
                value={numberOf(rule['hours'])}
                onChange={(hours) => set(at, { ...rule, hours })}
              />
            ),
          },
          {
            id: 'where',
            head: t('policy.where'),
            cell: (rule, at) => (
              <Where rule={rule} dimensions={NAMED} isDated onChange={(next) => set(at, next)} />
            ),
          },
          {
            id: 'remove',
            head: t('policy.removeRule'),
            isHeadHidden: true,
            isNumber: true,
            cell: (_, at) => (
              <Remove label={t('policy.removeRule')} onPress={() => set(at, null)} />
            ),
          },
        ]}
      />
    </Panel>
  )
}
