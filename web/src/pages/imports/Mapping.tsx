// What the columns of the files are: guessed, shown with samples, changed by hand, tried, run.
import { useState } from 'react'
import { Notice, Panel } from '@ui/blocks'
import { type Choices, Select } from '@ui/fields'
import { Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import {
  type DryRun,
  FIELDS,
  type Guess,
  fieldOf,
  mapColumn,
  useCommand,
  useDryRun,
} from './imports'

type GuessedFile = Guess['files'][number]

function Columns({
  file,
  mapping,
  onChange,
}: {
  file: GuessedFile
  mapping: string
  onChange: (mapping: string) => void
}) {
  const t = useText()
  const meanings: Choices<string> = [
    ['', t('imports.kept_as')],
    ...FIELDS[file.kind].map((f) => [f, f] as const),
  ]
  return (
    <Panel
      title={
        <>
          <bdi>{file.name}</bdi> · {t(`imports.kind.${file.kind}`)}
        </>
      }
    >
      {file.unknown_stages.length > 0 && (
        <p className="panel-body tone-late">
          {t('imports.unknownStages', { stages: file.unknown_stages.join(t('why.and')) })}
        </p>
      )}
      <Table
        rows={file.columns}
        keyOf={(c) => c.name}
        columns={[
          { id: 'column', head: t('imports.column'), cell: (c) => <bdi>{c.name}</bdi> },
          {
            id: 'means',
            head: t('imports.means'),
            cell: (c) => (
              <Select
                label={t('imports.meaningOf', { column: c.name })}
                value={fieldOf(mapping, file.kind, c.name) ?? ''}
                choices={meanings}
                onChange={(field) => onChange(mapColumn(mapping, file.kind, c.name, field || null))}
              />
            ),
          },
          {
            id: 'samples',
            head: t('imports.samples'),
            className: 'muted',
            cell: (c) => <bdi>{c.samples.slice(0, 3).join(' · ')}</bdi>,
          },
        ]}
      />
    </Panel>
  )
}

function Outcome({ answer }: { answer: DryRun }) {
  const t = useText()
  const format = useFormat()
  return (
    <>
      {answer.files.map((f) => (
        <Panel
          key={f.name}
          title={t('imports.would', {
            file: f.name,
            applied: format.count(f.counts.applied),
            repeated: format.count(f.counts.repeated),
            rejected: format.count(f.counts.rejected),
          })}
        >
          {f.warnings.length > 0 && (
            <ul className="panel-body tone-late">
              {f.warnings.map((w) => (
                <li key={w}>{w}</li>
              ))}
            </ul>
          )}
          {f.rejects.length > 0 && (
            <Table
              rows={f.rejects}
              keyOf={(r) => `${r.line} ${r.field}`}
              columns={[
                {
                  id: 'line',
                  head: t('imports.line'),
                  isNumber: true,
                  cell: (r) => format.count(r.line),
                },
                { id: 'column', head: t('imports.column'), cell: (r) => r.field },
                { id: 'reason', head: t('imports.reason'), cell: (r) => r.reason },
                {
                  id: 'text',
                  head: t('imports.text'),
                  className: 'mono',
                  cell: (r) => <bdi>{r.text}</bdi>,
                },
              ]}
            />
          )}
        </Panel>
      ))}
    </>
  )
}

export function Mapping({ id, guess, onDone }: { id: number; guess: Guess; onDone: () => void }) {
  const t = useText()
  const [mapping, setMapping] = useState(guess.mapping)
  const dry = useDryRun()
  const command = useCommand()
  const error = dry.error ?? command.error
  const change = (next: string) => {
    setMapping(next)
    dry.reset()
  }
  return (
    <div className="stack">
      {guess.files.map((file) => (
        <Columns key={file.name} file={file} mapping={mapping} onChange={change} />
      ))}
      {error && (
        <Notice isBad title={t('imports.refused')}>
          <p>{error.message}</p>
        </Notice>
      )}
      {dry.data && <Outcome answer={dry.data} />}
      <div className="row">
        <button
          type="button"
          className={dry.data ? 'button' : 'button primary'}
          disabled={dry.isPending}
          onClick={() => dry.mutate({ id, mapping })}
        >
          {dry.isPending ? t('state.loading') : t('imports.check')}
        </button>
        <button
          type="button"
          className={dry.data ? 'button primary' : 'button'}
          disabled={!dry.data || command.isPending}
          onClick={() => command.mutate({ id, what: 'run' }, { onSuccess: onDone })}
        >
          {t('imports.run')}
        </button>
        <button type="button" className="button quiet" onClick={onDone}>
          {t('imports.later')}
        </button>
      </div>
    </div>
  )
}
