// A tensor as the trace knows it: no numbers, but its shape, what each axis stands for, how it lies in memory, and which
// positions of the input its positions read.

// `axes` are names: N, C, L, F (features), or several that were made one, such as C·L. `long`: whole numbers.
// `links` say what each position t along L reads in the tensors that it was made of:
//   { of, reads: t => [first, step, count], fold: i => index }   positions of `of`; `fold` gives the index behind a
//                                                                position outside (padding): -1, if there is none
//   { of, all: true }                                            everything
// `regular`, where all positions read alike (behind convolutions and pooling alone): the first position of the input that
// position 0 reads, and how many a position spans.
// `lone`: it is one position, taken out of L. `step` is the distance between neighbours in positions of the input, a fraction [of, by].
export const tensor = (shape, axes, values = {}) =>
  ({ shape, axes, long: false, strides: contiguous(shape), links: [], step: [1, 1], statistics: false, ...values })

export const contiguous = shape => {
  const strides = []
  for (let i = shape.length - 1, all = 1; i >= 0; all *= Math.max(1, shape[i--])) strides[i] = all
  return strides
}

export const product = numbers => numbers.reduce((all, each) => all * each, 1)
export const size = x => product(x.shape)

// ---- How one is made of another.

const itself = i => i
const inside = length => i => (i >= 0 && i < length ? i : -1)
export const lengthOf = x => x.shape[x.axes.indexOf("L")]

// Position t of the new one reads position t of `x`.
export const pointwise = (x, shape = x.shape, axes = x.axes, values = {}) =>
  tensor(shape, axes, { long: x.long, lone: x.lone, regular: x.regular, links: [{ of: x, reads: t => [t, 1, 1], fold: itself }], step: x.step, ...values })

// Elementwise functions keep the order in memory.
export const elementwise = (x, values = {}) => pointwise(x, x.shape, x.axes, { strides: x.strides, ...values })

// A window of `count` taps, `apart` from each other, that begins at t·stride − left.
export const windowed = (x, shape, axes, { stride, count, apart, left = 0, fold }, values = {}) => tensor(shape, axes, {
  links: [{ of: x, reads: t => [t * stride - left, apart, count], fold: fold ?? inside(lengthOf(x)) }],
  step: fraction(x.step[0] * stride, x.step[1]), regular: window(x, left, count, apart), long: x.long, ...values,
})

// What windows of a regular one read; undefined, if that is not regular.
export const window = ({ regular, step: [step] }, left, count, apart) =>
  regular && [regular[0] - left * step, regular[1] + (count - 1) * apart * step]

export const mixed = (x, shape, axes, values = {}) => tensor(shape, axes, { links: [{ of: x, all: true }], ...values })

export const fraction = (a, b) => {
  const common = divisor(a, b)
  return common ? [a / common, b / common] : [a, b]
}
export const divisor = (a, b) => (b ? divisor(b, a % b) : Math.abs(a))

// What either of several reads, where all are regular and go in the same steps.
export const together = all => {
  if (!all.every(({ regular, step }) => regular && step.join() === all[0].step.join())) return undefined
  const first = Math.min(...all.map(({ regular }) => regular[0]))
  return [first, Math.max(...all.map(({ regular: [from, span] }) => from + span)) - first]
}

// ---- The receptive field: positions of the input from the first to the last that one position reads, as if the input had
// no ends.

export const ALL = "all"

// [first, last] that position t reads, null for none, ALL for the whole input. `depth` bounds what pasted loops can ask for.
const reach = (x, t) => {
  if (x.regular) {
    const [first, span] = x.regular, from = first + t * x.step[0]
    return [from, from + span - 1]
  }
  let found = null
  for (const link of x.links) {
    if (link.all) return ALL
    const [first, step, count] = link.reads(t)
    // From either end inwards, to the first that reads anything: between upsampled positions some read nothing.
    for (const [from, to, by] of [[0, count, 1], [count - 1, -1, -1]])
      for (let k = from; k !== to && count > 0; k += by) {
        const end = cached(link.of, first + k * step)
        if (end === ALL) return ALL
        if (end === null) continue
        found = found ? [Math.min(found[0], end[0]), Math.max(found[1], end[1])] : end
        break
      }
  }
  return found
}

const PHASES = 32 // positions that are looked at, where they do not all read alike

// How many positions of the input one position spans at most; ALL, or null where nothing stands for positions.
export const field = x => {
  if (dependsOnAll(x)) return ALL
  if (lengthOf(x) === undefined && !x.lone) return null
  if (x.regular) return x.regular[1]
  let most = 0
  for (let t = 0; t < Math.min(x.uneven ? PHASES : x.step[1], PHASES); t++) {
    const ends = cached(x, t)
    if (ends === ALL) return ALL
    if (ends) most = Math.max(most, ends[1] - ends[0] + 1)
  }
  return most
}

const known = new WeakMap()
const dependsOnAll = x => {
  if (!known.has(x)) known.set(x, x.links.some(link => link.all || dependsOnAll(link.of)))
  return known.get(x)
}
const reaches = new WeakMap()
const cached = (x, t) => {
  if (!reaches.has(x)) reaches.set(x, new Map())
  const mine = reaches.get(x)
  if (!mine.has(t)) mine.set(t, reach(x, t))
  return mine.get(t)
}

// ---- Positions of the input that nothing in `last` reads, in this very length; null if that would take too long.

const MOST = 400000

export const unread = (last, input, made) => {
  const length = lengthOf(input)
  if (length === undefined) return []
  if (made.some(x => lengthOf(x) > MOST)) return null
  const needed = new Map([[last, filled(last)]])
  let work = 0
  for (const x of [...made].reverse()) {
    const mine = needed.get(x)
    if (!mine) continue
    for (const link of x.links) {
      const of = needed.get(link.of) ?? new Uint8Array(lengthOf(link.of) ?? 1)
      needed.set(link.of, of)
      if (link.all) of.fill(1)
      else
        for (let t = 0; t < mine.length; t++) {
          if (!mine[t]) continue
          const [first, step, count] = link.reads(t)
          work += count
          if (work > MOST) return null
          for (let k = 0; k < count; k++) {
            const i = link.fold(first + k * step)
            if (i >= 0 && i < of.length) of[i] = 1
          }
        }
    }
  }
  const read = needed.get(input)
  return read ? [...read.keys()].filter(i => !read[i]) : null
}
const filled = x => new Uint8Array(lengthOf(x) ?? 1).fill(1)
