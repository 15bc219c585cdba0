// What somebody sees: everything, or the leads of some markets, dealer groups and dealers; and of
// these, those of one owner alone.
import { MultiChoice } from '@ui/MultiChoice'
import { Segments, TextField } from '@ui/fields'
import { type Text, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { useFacets } from '@/data/queries'

export type Scope = Schema['Scope']

const PARTS = [
  ['markets', 'region'],
  ['dealer_groups', 'dealer_group'],
  ['dealers', 'dealer'],
] as const

export const EVERYTHING: Scope = { everything: true }

export function scopeText(scope: Scope, t: Text): string {
  const parts = [
    ...(scope.everything ? [t('admin.everything')] : []),
    ...PARTS.flatMap(([part]) => (scope.everything ? [] : (scope[part] ?? []))),
    ...(scope.owner ? [t('admin.ownLeads', { owner: scope.owner })] : []),
  ]
  return parts.join(' · ') || t('admin.nothing')
}

export function ScopeFields({
  scope,
  onChange,
}: {
  scope: Scope
  onChange: (scope: Scope) => void
}) {
  const t = useText()
  const facets = useFacets({})
  return (
    <fieldset className="choice stack">
      <legend>{t('admin.scope')}</legend>
      <div>
        <Segments
          label={t('admin.scope')}
          value={scope.everything ? 'everything' : 'part'}
          choices={[
            ['everything', t('admin.everything')],
            ['part', t('admin.part')],
          ]}
          onChange={(v) => onChange({ ...scope, everything: v === 'everything' })}
        />
      </div>
      {!scope.everything &&
        PARTS.map(([part, dimension]) => (
          <MultiChoice
            key={part}
            label={t(`dimension.${dimension}`)}
            values={facets.data?.[dimension].map((v) => v.value) ?? []}
            chosen={scope[part] ?? []}
            onChange={(chosen) => onChange({ ...scope, [part]: chosen })}
          />
        ))}
      <TextField
        label={t('admin.owner')}
        hint={t('admin.ownerHint')}
        value={scope.owner ?? ''}
        onChange={(owner) => onChange({ ...scope, owner })}
      />
    </fieldset>
  )
}
