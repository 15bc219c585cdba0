// What a rule or an override is for: a value of some dimensions, a tier, a time; or everything.
import { useMemo } from 'react'
import { SelectField, TextField } from '@ui/fields'
import { Popover } from '@ui/overlays'
import { type Text, useText } from '@/i18n'
import { useFacets } from '@/data/queries'
import type { Dimension } from '@/data/route'
import { type Table, textOf, withValue } from './toml'

const TIERS = ['Hot', 'Warm', 'Cold'] as const
const DATES = ['valid_from', 'valid_to'] as const
/** No value at all; an empty one is a value of its own. */
const ANY = '\u0000any'

interface Props {
  rule: Table
  dimensions: readonly Dimension[]
  /** Whether it can name a tier and the time in which it holds. */
  isDated?: boolean
  onChange: (rule: Table) => void
}

/** A tier by its name in the reader's language; a word that is none stays as it is. */
function tierText(written: string, t: Text): string {
  const tier = TIERS.find((name) => name === written)
  return tier ? t(`tier.${tier}`) : written
}

/** In an override `tier` is a table of cut-offs, and no condition. */
function whereText(
  { rule, dimensions, isDated = false }: Omit<Props, 'onChange'>,
  t: Text,
): string {
  const parts = [
    ...dimensions
      .filter((d) => rule[d] !== undefined)
      .map((d) => `${t(`dimension.${d}`)}: ${textOf(rule[d]) || t('filter.none')}`),
    ...(isDated && rule['tier'] !== undefined
      ? [`${t('leads.tier')}: ${tierText(textOf(rule['tier']), t)}`]
      : []),
    ...DATES.filter((d) => rule[d] !== undefined).map(
      (d) => `${t(`policy.${d}`)} ${textOf(rule[d]).slice(0, 10)}`,
    ),
  ]
  return parts.join(' · ') || t('policy.everywhere')
}

export function Where({ rule, dimensions, isDated = false, onChange }: Props) {
  const t = useText()
  const facets = useFacets({})
  const text = whereText({ rule, dimensions, isDated }, t)
  const known = useMemo(
    () => (d: Dimension) => {
      const own = rule[d] === undefined ? [] : [textOf(rule[d])]
      return [...new Set([...own, ...(facets.data?.[d].map((v) => v.value) ?? [])])]
    },
    [rule, facets.data],
  )
  const set = (name: string, value: string) =>
    onChange(withValue(rule, [name], value === ANY ? undefined : value))
  return (
    <Popover
      className="button where"
      title={t('policy.where')}
      name={`${t('policy.where')}: ${text}`}
      label={<bdi className="clip">{text}</bdi>}
    >
      {() => (
        <div className="pad stack">
          {dimensions.map((d) => (
            <SelectField
              key={d}
              label={t(`dimension.${d}`)}
              value={rule[d] === undefined ? ANY : textOf(rule[d])}
              choices={[
                [ANY, t('policy.any')],
                ...known(d).map((v) => [v, v || t('filter.none')] as const),
              ]}
              onChange={(value) => set(d, value)}
            />
          ))}
          {isDated && (
            <SelectField
              label={t('leads.tier')}
              value={rule['tier'] === undefined ? ANY : textOf(rule['tier'])}
              choices={[
                [ANY, t('policy.any')],
                ...TIERS.map((tier) => [tier as string, t(`tier.${tier}`)] as const),
              ]}
              onChange={(value) => set('tier', value)}
            />
          )}
          {isDated &&
            DATES.map((d) => (
              <TextField
                key={d}
                label={t(`policy.${d}`)}
                type="date"
                value={textOf(rule[d]).slice(0, 10)}
                onChange={(value) => set(d, value === '' ? ANY : value)}
              />
            ))}
        </div>
      )}
    </Popover>
  )
}
