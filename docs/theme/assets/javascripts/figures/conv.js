// The arithmetic of torch.nn.Conv1d, in plain numbers. tests/browser/test_conv.py holds every function here to torch.

// Values added at the left and at the right end of the input. `mode` is "zeros" (`padding` at either end), "same"
// or "causal" (all at the left, as F.pad does it before the layer).
export const padding = ({ kernel, padding = 0, dilation = 1, mode = "zeros" }) => {
  const total = dilation * (kernel - 1)
  if (mode === "same") return [Math.floor(total / 2), total - Math.floor(total / 2)]
  return mode === "causal" ? [total, 0] : [padding, padding]
}

// How many positions the kernel covers from its first tap to its last.
export const span = ({ kernel, dilation = 1 }) => dilation * (kernel - 1) + 1

// Why torch would refuse, in the order in which it looks: the name of the reason and the numbers in its message.
// Null if it would not.
export const refusal = p => {
  const { length, stride = 1, dilation = 1, groups = 1, inputs = 1, outputs = 1, mode = "zeros" } = p
  if (groups <= 0) return { reason: "groups", values: {} }
  if (inputs % groups) return { reason: "inputs", values: {} }
  if (outputs % groups) return { reason: "outputs", values: {} }
  if (mode === "same" && stride !== 1) return { reason: "same", values: {} }
  const [left, right] = padding(p)
  if (left < 0 || right < 0) return { reason: "padding", values: {} }
  if (stride <= 0) return { reason: "stride", values: {} }
  const padded = length + left + right
  if (padded < span(p)) return { reason: "long", values: { padded, span: span(p) } }
  if (dilation <= 0) return { reason: "dilation", values: { dilation } }
  return null
}

// The length of the output.
export const lengthOut = p => {
  const [left, right] = padding(p)
  return Math.floor((p.length + left + right - span(p)) / (p.stride ?? 1)) + 1
}

// Elements at the right end of the padded input that no window reaches, since the next step leads too far.
export const tail = p => {
  const [left, right] = padding(p)
  return p.length + left + right - ((lengthOut(p) - 1) * (p.stride ?? 1) + span(p))
}

// The positions of the input that the output at `t` reads, tap by tap; below 0, or `length` and more: padding.
export const reads = (p, t) => {
  const [left] = padding(p)
  return Array.from({ length: p.kernel }, (_, k) => t * (p.stride ?? 1) + k * (p.dilation ?? 1) - left)
}

// x (C_in, L), w (C_out, C_in / groups, K), b (C_out) or null → y (C_out, L_out), as nested arrays.
export const conv1d = (x, w, b = null, { stride = 1, padding: added = 0, dilation = 1, groups = 1, mode } = {}) => {
  const p = { length: x[0].length, kernel: w[0][0].length, stride, padding: added, dilation, mode }
  const each = Array.from({ length: lengthOut(p) }, (_, t) => reads(p, t))
  const perGroup = w.length / groups
  return w.map((rows, o) => {
    const first = Math.floor(o / perGroup) * rows.length
    return each.map(positions => {
      let sum = b ? b[o] : 0
      for (let c = 0; c < rows.length; c++)
        for (let k = 0; k < positions.length; k++) sum += rows[c][k] * (x[first + c][positions[k]] ?? 0)
      return sum
    })
  })
}
