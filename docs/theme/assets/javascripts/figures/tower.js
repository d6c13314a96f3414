// The arithmetic of a stack of Conv1d layers, in plain numbers. tests/browser/test_field_tower.py holds it to torch.
// A tower is { length, mode, layers }: `mode` is "none", "same" or "causal", a layer is [kernel, dilation, stride].
// Level 0 is the input, level l the output of layer l. Positions below 0, or of the level's length and more, are padding.
import { lengthOut, padding, reads, refusal } from "./conv.js"

const parameters = ({ mode, layers }, l, length) => {
  const [kernel, dilation, stride] = layers[l]
  return { length, kernel, dilation, stride, mode: mode === "none" ? "zeros" : mode }
}

// The lengths of all levels, as far as torch goes; and why it would refuse, with the number of the layer, from 1 on.
export const lengths = tower => {
  const all = [tower.length]
  for (let l = 0; l < tower.layers.length; l++) {
    const p = parameters(tower, l, all[l]), refused = refusal(p)
    if (refused) return { all, refused: { ...refused, layer: l + 1 } }
    all.push(lengthOut(p))
  }
  return { all, refused: null }
}

// Values added at the left and the right end of level l, where layer l + 1 reads.
export const added = (tower, l) => padding(parameters(tower, l, 0))

// What layer l + 1 reads in level l for the position t of its output.
export const taps = (tower, l, t) => reads(parameters(tower, l, 0), t)

// The positions in every level that reach the output t of the last layer. Padding is among them; nothing leads on from it.
export const readBy = (tower, all, t) => {
  const levels = [[t]]
  for (let l = tower.layers.length - 1; l >= 0; l--) {
    const real = levels[0].filter(i => i >= 0 && i < all[l + 1])
    levels.unshift([...new Set(real.flatMap(i => taps(tower, l, i)))].sort((a, b) => a - b))
  }
  return levels
}

// The positions in every level that the input i reaches.
export const reachedBy = (tower, all, i) => {
  const levels = [[i]]
  for (let l = 0; l < tower.layers.length; l++) {
    const below = new Set(levels[l])
    levels.push(Array.from({ length: all[l + 1] }, (_, t) => t).filter(t => taps(tower, l, t).some(at => below.has(at))))
  }
  return levels
}

// 1 + Σ (K − 1) · d · (the strides before): its terms, its value, and the jump from one output to the next.
export const field = layers => {
  let sum = 1, jump = 1
  const terms = layers.map(([kernel, dilation, stride]) => {
    const term = [kernel, dilation, jump]
    sum += (kernel - 1) * dilation * jump
    jump *= stride
    return term
  })
  return { terms, sum, jump }
}

// What the output t reads of the input: its positions, those between them that it leaves out, those later than its own
// time, and how many padding cells of all levels its paths end in.
export const seen = (tower, all, t) => {
  const levels = readBy(tower, all, t), own = t * field(tower.layers).jump
  const inputs = levels[0].filter(i => i >= 0 && i < all[0]), there = new Set(inputs)
  const holes = []
  for (let i = inputs[0]; i < inputs.at(-1); i++) if (!there.has(i)) holes.push(i)
  const ends = levels.reduce((sum, level, l) => sum + level.filter(i => i < 0 || i >= all[l]).length, 0)
  return { levels, inputs, holes, own, future: inputs.filter(i => i > own), ends }
}
