// Mistakes that torch does not refuse: what the axes stand for tells them. Each finding is { id, row, values }.
import { wholes } from "./arguments.js"
import { lengthOf } from "./tensor.js"

const isConv = ({ kind }) => /Conv/.test(kind)
const channelAxis = x => (x.axes.length === 2 && x.axes[0] === "N" ? -1 : 1)
const RNN = ["LSTM", "GRU", "RNN"]
const ON_CHANNELS = ["BatchNorm1d", "LazyBatchNorm1d", "Dropout1d", "InstanceNorm1d", "GroupNorm"]

// Convolutions and pooling run along the last axis; if that is the batch or the channels, they mix what they should not.
const alongWhat = (row, first) => {
  const { x } = row, last = x.axes.at(-1), found = []
  if (isConv(row) && last === "N") found.push({ id: "over-samples", values: {} })
  else if ((isConv(row) || /Pool1d|Upsample|Pad1d/.test(row.kind)) && ["C", "F"].includes(last) && x.axes.includes("L")) found.push({ id: "over-channels", values: { size: x.shape.at(-1) } })
  if (!isConv(row) || row !== first) return found
  if (x.shape.length === 3 && x.shape[1] === x.shape[2] && !x.moved) found.push({ id: "square", values: { size: x.shape[1] } })
  if (x.shape.length === 2) found.push({ id: "unbatched", values: { channels: x.shape[0], length: x.shape[1] } })
  return found
}

const recurrent = ({ kind, x, module }) => {
  if (!RNN.includes(kind) || x.shape.length !== 3) return []
  const time = module.args.batch_first ? 1 : 0
  if (x.axes[time] === "N") return [{ id: "time-is-batch", values: { size: x.shape[time] } }]
  return x.axes.at(-1) === "L" ? [{ id: "rnn-over-length", values: { size: x.shape.at(-1) } }] : []
}

const norms = ({ kind, x, module }) => {
  const shape = module?.args?.normalized_shape, count = shape === undefined ? 0 : (wholes(shape)?.length ?? 1)
  if (count === 1 && x.axes.at(-1) === "L") return [{ id: "norm-over-length", values: { name: kind, length: lengthOf(x) } }]
  if (ON_CHANNELS.includes(kind) && x.shape.length === 3 && x.axes[channelAxis(x)] === "L") return [{ id: kind === "Dropout1d" ? "drops-positions" : "norm-positions", values: { name: kind } }]
  return []
}

const others = ({ kind, x, module, out, operation }) => {
  if (kind === "Linear" && x.axes.at(-1) === "L" && x.shape.length > 1) return [{ id: "linear-over-length", values: { length: lengthOf(x) } }]
  if (kind === "Upsample" && module?.node?.args?.length && module.args.scale_factor === null) return [{ id: "upsample-size", values: { size: out.shape.at(-1) } }]
  if (["Softmax", "LogSoftmax"].includes(kind) && module.args.dim === null && x.shape.length === 3) return [{ id: "softmax-samples", values: {} }]
  if (kind === "squeeze" && !operation.args.length && !operation.named?.size && x.axes[0] === "N") return [{ id: "squeeze-batch", values: { samples: x.shape[0] } }]
  if (out?.reshaped?.swapped) return [{ id: "reshape-swaps", values: { from: out.reshaped.from.join(", "), to: out.shape.join(", ") } }]
  if (out?.reshaped?.batch && out.shape.length > 1) return [{ id: "batch-changed", values: { from: out.reshaped.from[0], to: out.shape[0] } }]
  return []
}

export const silent = ({ rows, input }) => {
  const first = rows.find(row => row.x === input || isConv(row)), said = new Set()
  return rows.filter(row => row.out && row.x).flatMap(row =>
    [...(row.module ? alongWhat(row, first) : []), ...(row.module ? recurrent(row) : []), ...(row.module ? norms(row) : []), ...others(row)]
      .filter(({ id }) => !said.has(id) && said.add(id)).map(each => ({ ...each, row })))
}
