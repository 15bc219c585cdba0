// Language, theme, calendar and digits: kept in this browser.
import { Icon } from '@ui/Icon'
import { Popover } from '@ui/overlays'
import {
  type Preferences as Choices,
  setPreferences,
  usePreferences,
  useText,
  type Messages,
} from '@/i18n'

type Value = keyof Messages['preferences']['values']

const CHOICES: { [K in keyof Choices]: readonly (Choices[K] & Value)[] } = {
  language: ['en', 'ar'],
  theme: ['auto', 'light', 'dark'],
  calendar: ['gregory', 'islamic-umalqura'],
  digits: ['latn', 'arab'],
}

export function Preferences() {
  const t = useText()
  const now = usePreferences()
  return (
    <Popover
      className="button quiet"
      title={t('preferences.title')}
      label={
        <>
          <Icon name="settings" /> {t('preferences.title')}
        </>
      }
    >
      {() => (
        <div className="pad stack">
          {(Object.keys(CHOICES) as (keyof Choices)[]).map((name) => (
            <fieldset key={name} className="choice">
              <legend>{t(`preferences.${name}`)}</legend>
              <div className="segments">
                {CHOICES[name].map((value) => (
                  <button
                    key={value}
                    type="button"
                    aria-pressed={now[name] === value}
                    onClick={() => setPreferences({ [name]: value })}
                  >
                    {t(`preferences.values.${value}`)}
                  </button>
                ))}
              </div>
            </fieldset>
          ))}
        </div>
      )}
    </Popover>
  )
}
