import { expect, test } from 'vitest'
import { moved, renamed, stagesOf, without, withStage } from './stageNames'

const STAGES = ['New', 'Talk', 'Offer']
const policy = {
  funnel: { stages: STAGES, load: ['Talk', 'Offer'], won: 'Sold' },
  sla: {
    grace: 0.5,
    rule: [
      { stage: 'Talk', hours: 24 },
      { stage: '*', hours: 720 },
    ],
  },
  score: { stage_weights: { New: 0.1, Talk: 0.5, Offer: 1 } },
  trigger: { stage_breach: { stages: ['Talk'], limit: 'sla' }, expiry: { enabled: false } },
}

test('a new name goes to every place that had the old one', () => {
  expect(renamed(policy, STAGES, 1, 'Call')).toEqual({
    funnel: { stages: ['New', 'Call', 'Offer'], load: ['Call', 'Offer'], won: 'Sold' },
    sla: {
      grace: 0.5,
      rule: [
        { stage: 'Call', hours: 24 },
        { stage: '*', hours: 720 },
      ],
    },
    score: { stage_weights: { New: 0.1, Call: 0.5, Offer: 1 } },
    trigger: { stage_breach: { stages: ['Call'], limit: 'sla' }, expiry: { enabled: false } },
  })
  expect(policy.funnel.stages).toEqual(['New', 'Talk', 'Offer'])
})

test('a stage that goes takes along what was said of it alone', () => {
  const next = without(policy, STAGES, 1)
  expect(next).toMatchObject({
    funnel: { stages: ['New', 'Offer'], load: ['Offer'] },
    score: { stage_weights: { New: 0.1, Offer: 1 } },
    trigger: { stage_breach: { stages: [], enabled: false } },
  })
  expect(next['sla']).toEqual({ grace: 0.5, rule: [{ stage: '*', hours: 720 }] })
  expect(Object.keys((next['score'] as { stage_weights: object }).stage_weights)).toHaveLength(2)
})

test('where nothing is said of stages nothing is written', () => {
  expect(renamed({}, STAGES, 0, 'First')).toEqual({
    funnel: { stages: ['First', 'Talk', 'Offer'] },
  })
})

test('one more stage gets a weight where all have one', () => {
  expect(withStage({}, STAGES, 'Sign')).toEqual({ funnel: { stages: [...STAGES, 'Sign'] } })
  const next = withStage(policy, STAGES, 'Sign')
  expect(next['score']).toEqual({ stage_weights: { New: 0.1, Talk: 0.5, Offer: 1, Sign: 1 } })
})

test('stages change places', () => {
  expect(moved({}, STAGES, 2, -1)).toEqual({ funnel: { stages: ['New', 'Offer', 'Talk'] } })
})

test('stages just renamed count, not those that the server last knew', () => {
  const resolved = { funnel: { stages: STAGES } }
  expect(stagesOf({}, resolved)).toEqual(STAGES)
  expect(stagesOf(renamed({}, STAGES, 0, 'First'), resolved)).toEqual(['First', 'Talk', 'Offer'])
})
