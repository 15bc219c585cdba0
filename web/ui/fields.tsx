// What is typed and chosen, with its name. Every form is made of these.
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { useText } from '@/i18n'

/** A name above whatever takes the value; `children` gets the id that ties them together. */
export function Field({
  label,
  hint,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint && <p className="muted">{hint}</p>}
    </div>
  )
}

interface TextProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'id'> {
  label: ReactNode
  hint?: ReactNode
  value: string
  onChange: (value: string) => void
}

export function TextField({ label, hint, onChange, className, ...rest }: TextProps) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className={className ? `input ${className}` : 'input'}
          autoComplete="off"
          onChange={(e) => onChange(e.target.value)}
          {...rest}
        />
      )}
    </Field>
  )
}

/** A number; what is half typed is shown and not told. */
export function NumberField({
  label,
  ...rest
}: {
  label: ReactNode
  value: number | ''
  onChange: (value: number) => void
  min?: number
  max?: number
  step?: number | 'any'
}) {
  return <Field label={label}>{(id) => <NumberInput id={id} {...rest} />}</Field>
}

/** The same where a head above says what it is; `aria-label` says it again. */
export function NumberInput({
  value,
  onChange,
  ...rest
}: Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'type' | 'className'> & {
  value: number | ''
  onChange: (value: number) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <input
      type="number"
      step="any"
      className="input number"
      value={typed ?? value}
      onChange={(e) => {
        setTyped(e.target.value)
        if (e.target.value !== '') onChange(Number(e.target.value))
      }}
      onBlur={() => setTyped(null)}
      {...rest}
    />
  )
}

export type Choices<T extends string> = readonly (readonly [value: T, label: string])[]

interface SelectProps<T extends string> {
  value: T
  choices: Choices<T>
  onChange: (value: T) => void
}

/** One of a few, named by `label`, which is read out only. */
export function Select<T extends string>({
  label,
  value,
  choices,
  onChange,
}: SelectProps<T> & { label: string }) {
  return (
    <select
      className="input narrow"
      aria-label={label}
      value={value}
      onChange={(e) => onChange(e.target.value as T)}
    >
      <Options choices={choices} />
    </select>
  )
}

export function SelectField<T extends string>({
  label,
  value,
  choices,
  onChange,
}: SelectProps<T> & { label: ReactNode }) {
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          className="input"
          value={value}
          onChange={(e) => onChange(e.target.value as T)}
        >
          <Options choices={choices} />
        </select>
      )}
    </Field>
  )
}

export function Options({ choices }: { choices: Choices<string> }) {
  return choices.map(([value, text]) => (
    <option key={value} value={value}>
      {text}
    </option>
  ))
}

/** The end of a form in a dialog: leave it, or send it. */
export function FormEnd({
  label,
  isReady,
  error,
  onCancel,
}: {
  label: string
  isReady: boolean
  error?: Error | null
  onCancel: () => void
}) {
  const t = useText()
  return (
    <>
      {error && <p role="alert">{t('actions.failed', { why: error.message })}</p>}
      <div className="dialog-end">
        <button type="button" className="button" onClick={onCancel}>
          {t('actions.cancel')}
        </button>
        <button type="submit" className="button primary" disabled={!isReady}>
          {label}
        </button>
      </div>
    </>
  )
}

/** One of a few as buttons side by side. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: T | null
  choices: Choices<T>
  onChange: (value: T) => void
}) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {choices.map(([v, text]) => (
        <button key={v} type="button" aria-pressed={v === value} onClick={() => onChange(v)}>
          {text}
        </button>
      ))}
    </div>
  )
}
