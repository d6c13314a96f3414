// What to write instead, where torch refuses. Each id of a refusal has its candidates; a cure is offered only when the
// corrected text, traced again, gets past the layer that was refused. The tests run every one of them in torch.
import { isWhole, signature } from "./arguments.js"
import { apply, before, changedLines, dropArgument, lineAbove, renameArgument, renameMethod, setArgument, setArguments, setInput } from "./edits.js"
import { least } from "./lengths.js"
import { trace } from "./network.js"
import { divisor, product } from "./tensor.js"

const MOST = 3 // cures are enough: the likeliest ones
const SWAP = "class Swap(nn.Module):\n    def forward(self, x):\n        return x.permute(0, 2, 1)\n\n"
const FIRST = "class First(nn.Module):\n    def forward(self, out):\n        return out[0]\n\n"

// ---- Candidates: { say, values, edits }; those without edits are none.

const set = ({ row }, name, value) => ({ say: "set", values: { name, value }, edits: setArgument(row.module, name, value) })
const drop = ({ row }, name) => ({ say: "drop", values: { name }, edits: dropArgument(row.module, name) })
// `method` of what the layer is given: in front of the layer, or, where that is the reader's own input, on the input, whose
// shape is then `shape`. Inside nn.Sequential it takes a module, `item`, and perhaps a class for it.
const put = (c, method, { shape = null, classText = "", item = "", adds = 1 } = {}) => {
  if (shape && isInput(c) && c.input.trim()) return { say: "swap-input", values: { code: `x = x${method}` }, edits: setInput(c.input, shape, c.row.x.long) }
  return { say: "before", values: { code: `x${method}` }, adds, edits: before(c.text, c.row, x => `${x}${method}`, classText, item) }
}

// Another shape of the input, if the refused layer is given the input itself, or if anything depends on its length.
const give = ({ input }, shape, long) => ({ say: "input", values: { shape: `(${shape.join(", ")})` }, edits: setInput(input, shape, long) })
const isInput = ({ row, result }) => row.x === result.input

const swap = c => {
  const { shape } = c.row.x
  if (shape.length === 2) return put(c, ".permute(1, 0)", { shape: [shape[1], shape[0]] })
  return shape.length === 3 ? put(c, ".permute(0, 2, 1)", { shape: [shape[0], shape[2], shape[1]], classText: SWAP, item: "Swap()" }) : null
}
const swapIf = (c, wanted) => (c.row.x.shape.at(-1) === wanted || c.row.x.shape.at(-2) === wanted ? swap(c) : null)

// Fewer or more axes.
const unsqueeze = (c, dim) => {
  const { shape } = c.row.x, at = dim < 0 ? shape.length : dim, beside = Math.min(at, shape.length - 1), size = shape[beside]
  return put(c, `.unsqueeze(${dim})`, { shape: [...shape.slice(0, at), 1, ...shape.slice(at)], item: `nn.Unflatten(${beside}, (${at > beside ? `${size}, 1` : `1, ${size}`}))` })
}
const axes = c => {
  const { shape } = c.row.x, count = shape.length
  if (count === 1) return [put(c, ".reshape(1, 1, -1)", { shape: [1, 1, shape[0]], item: `nn.Unflatten(0, (1, 1, ${shape[0]}))` }), unsqueeze(c, 0), unsqueeze(c, -1)]
  if (count === 2) return [unsqueeze(c, 1), unsqueeze(c, 0)]
  const one = shape.slice(1).indexOf(1) + 1, joined = product(shape.slice(1, -1))
  return [
    one ? put(c, `.squeeze(${one})`, { shape: shape.filter((_, i) => i !== one) }) : null,
    count > 3 ? put(c, ".flatten(1, -2)", { shape: [shape[0], joined, shape.at(-1)], item: "nn.Flatten(1, -2)" }) : null,
    count > 3 ? put(c, ".flatten(0, 1)", { shape: [shape[0] * shape[1], ...shape.slice(2)], item: "nn.Flatten(0, 1)" }) : null,
  ]
}

// The shortest input that gets further.
const longer = c => {
  const { given } = c.result
  if (!given || !c.input.trim()) return null
  const helps = length => trace(c.text, c.input, length).rows.filter(row => row.out && !row.empty).length > c.passed
  const length = least(given.shape.at(-1), 64 * given.shape.at(-1) + 1024, helps)
  return length ? give(c, given.shape.with(-1, length), given.long) : null
}

const KERAS = {
  filters: "out_channels", strides: "stride", pool_size: "kernel_size", units: "out_features", dilation_rate: "dilation", use_bias: "bias",
  rate: "p", input_dim: "num_embeddings", output_dim: "embedding_dim", in_channel: "in_channels", out_channel: "out_channels", kernel: "kernel_size",
  input_channels: "in_channels", output_channels: "out_channels", pad: "padding", group: "groups",
}
const keyword = c => {
  const { name } = c.refused.values, to = KERAS[name], known = signature(c.row.module.rule.takes).map(each => each.name)
  return [to && known.includes(to) ? { say: "rename", values: { name, to }, edits: renameArgument(c.row.module, name, to) } : null, drop(c, name)]
}

const a = c => c.row.module?.args ?? {}
const whole = (value, usual) => (isWhole(value?.items?.[0] ?? value) ? value?.items?.[0] ?? value : usual)
const half = c => Math.floor((whole(a(c).dilation, 1) * (whole(a(c).kernel_size, 3) - 1)) / 2)
const common = (...numbers) => numbers.reduce(divisor)
const lessGroups = c => {
  const { in_channels: inputs, out_channels: outputs, groups } = a(c), ins = inputs ?? c.row.x?.shape.at(-2) ?? outputs
  return set(c, "groups", common(Math.max(1, ins), Math.max(1, outputs), Math.max(1, groups)) || 1)
}
const shrink = c => {
  const { padded, dilation } = c.refused.values, room = Math.floor((padded - 1) / Math.max(1, dilation ?? 1)) + 1
  return room >= 1 ? set(c, "kernel_size", room) : null
}
const usual = { kernel_size: 3, stride: 1, padding: 0, dilation: 1, output_size: 1, groups: 1, value: 0, out_channels: 16, out_features: 16 }
const pairOf = c => Object.entries(a(c)).flatMap(([name, value]) => (value?.items?.length > 1 && name !== "normalized_shape" ? [set(c, name, value.items[0])] : []))
const floats = c => Object.entries(a(c)).flatMap(([name, value]) => (value?.type === "float" && !["p", "eps", "momentum"].includes(name) ? [set(c, name, Math.max(1, Math.round(value.value)))] : []))

// What a shortcut needs, so that its sum fits.
const shortcut = c => {
  const { x, y } = c.refused.values, node = c.row.node
  if (x.shape.length !== 3 || y.shape.length !== 3 || node?.type !== "binary") return []
  const found = []
  for (const [from, to, side] of [[x, y, node.left], [y, x, node.right]]) {
    if (side.type !== "name") continue
    const stride = Math.max(1, Math.round(from.shape[2] / to.shape[2])), last = c.result.rows.findLast(row => row.module?.node && !row.module.inline)
    if (from.shape[1] === to.shape[1] || !last) continue
    const line = lineAbove(c.text, last.module.node.start, `shortcut = nn.Conv1d(${from.shape[1]}, ${to.shape[1]}, kernel_size=1${stride > 1 ? `, stride=${stride}` : ""})`)
    const edits = [...line.edits, { target: "code", start: side.start, end: side.end, text: `${line.prefix}shortcut(${c.text.slice(side.start, side.end)})` }]
    for (const more of [[], ...keepLengths(c).map(each => each.edits)]) found.push({ say: "shortcut", values: {}, adds: 1, edits: [...edits, ...more] })
  }
  return [...found, ...keepLengths(c), ...crop(c, x, y, node)]
}
// Each convolution that shortens its input keeps its length instead.
const keepLengths = c => {
  const rows = c.result.rows.filter(row => row.kind === "Conv1d" && row.out && whole(row.module.args.kernel_size, 1) > 1 && whole(row.module.args.padding, 1) === 0 && !row.shared)
  const edits = rows.flatMap(({ module }) => {
    const { kernel_size: kernel, dilation, stride } = module.args, total = whole(dilation, 1) * (whole(kernel, 1) - 1)
    return setArgument(module, "padding", whole(stride, 1) === 1 && total % 2 ? "'same'" : Math.floor(total / 2))
  })
  return edits.length ? [{ say: "keep-length", values: {}, edits }] : []
}
const crop = (_c, x, y, node) => {
  const [side, length] = x.shape.at(-1) > y.shape.at(-1) ? [node.left, y.shape.at(-1)] : [node.right, x.shape.at(-1)]
  return side?.type === "name" ? [{ say: "crop", values: { length }, adds: 1, edits: [{ target: "code", start: side.end, end: side.end, text: `[..., :${length}]` }] }] : []
}

const op = (c, text) => ({ say: "write", values: {}, edits: c.row.node?.type === "call" ? setArguments(c.row.node, text) : null })
const anyDim = c => [...(c.row.module ? [set(c, "dim", -1), set(c, "start_dim", 0), set(c, "end_dim", -1)].filter(each => Object.hasOwn(a(c), each.values.name)) : [op(c, c.row.kind.includes("transpose") || c.row.kind.startsWith("swap") ? "-1, -2" : "-1")]), unsqueeze(c, 0)]
const orders = ["", "0", "1, 0", "0, 2, 1", "0, 1, 3, 2", "0, 1, 2, 4, 3"]
// Another module in the place of the one that is refused.
const instead = ({ row }, text) => (row.module.inline ? null : { say: "write", values: {}, edits: [{ target: "code", start: row.module.node.start, end: row.module.node.end, text }] })
const evenAxis = c => [-1, 1, 0].filter(dim => c.row.x.shape.at(dim) % 2 === 0).map(dim => set(c, "dim", dim))
const batchOfTwo = c => [...(c.result.given && c.input.trim() ? [c.refused.values.spatial ? longer(c) : give(c, c.result.given.shape.length > 1 ? c.result.given.shape.with(0, 2) : c.result.given.shape, c.result.given.long), longer(c)] : []), instead(c, `nn.GroupNorm(1, ${c.row.x.shape[1]})`)]

// By the id of what is refused, the likeliest first.
const CANDIDATES = {
  channels: c => [
    swapIf(c, c.refused.values.want), c.row.x.shape.length === 2 && c.refused.values.want === 1 ? unsqueeze(c, 1) : null,
    set(c, "in_channels", c.refused.values.got), a(c).groups === 1 ? null : { say: "set", values: { name: "in_channels", value: c.refused.values.got }, edits: [...setArgument(c.row.module, "in_channels", c.refused.values.got), ...setArgument(c.row.module, "groups", 1)] },
  ],
  axes, "norm-axes": axes, "rnn-axes": axes, "group-axes": axes, "resize-axes": c => [...axes(c), set(c, "mode", "'nearest'")],
  "too-short": c => [longer(c), set(c, "padding", half(c) || 1), shrink(c), set(c, "padding", Math.ceil((c.refused.values.least - c.row.x.shape.at(-1)) / 2) + whole(a(c).padding, 0))],
  "pool-short": c => [longer(c), set(c, "kernel_size", Math.max(1, c.row.x.shape.at(-1))), Object.hasOwn(a(c), "ceil_mode") ? set(c, "ceil_mode", "True") : null, Object.hasOwn(a(c), "dilation") ? set(c, "dilation", 1) : null],
  stride: c => [set(c, "stride", 1)], negative: c => [set(c, "padding", 0), set(c, "padding", half(c))], dilation: c => [set(c, "dilation", 1)], kernel: c => [set(c, "kernel_size", 3), set(c, "kernel_size", 1)],
  groups: c => [set(c, "groups", 1)], "groups-in": c => [lessGroups(c), set(c, "groups", 1)], "groups-out": c => [lessGroups(c), set(c, "out_channels", Math.ceil(a(c).out_channels / a(c).groups) * a(c).groups), set(c, "groups", 1)],
  same: c => [set(c, "padding", half(c)), set(c, "stride", 1)], word: c => [set(c, "padding", "'same'"), set(c, "padding", half(c))],
  mode: c => [set(c, "padding_mode", "'reflect'"), set(c, "padding_mode", "'zeros'")],
  "too-wide": c => [set(c, "padding", c.refused.values.most), Object.hasOwn(a(c), "padding_mode") ? set(c, "padding_mode", "'replicate'") : null, longer(c), set(c, "padding", 0)],
  pair: c => [...pairOf(c)], "pair-of": c => [...pairOf(c)], spatial: pairOf, "pad-pairs": pairOf, float: floats,
  missing: c => c.refused.values.lost.split(", ").every(name => Object.hasOwn(usual, name)) ? [{ ...set(c, c.refused.values.name, usual[c.refused.values.name]), edits: c.refused.values.lost.split(", ").flatMap(name => setArgument(c.row.module, name, usual[name])) }] : [],
  keyword, twice: c => [drop(c, c.refused.values.name)], "too-many": c => [drop(c, c.refused.values.most)],
  "transposed-same": c => [set(c, "padding", half(c))], "transposed-mode": c => [set(c, "padding_mode", "'zeros'")], "negative-output": c => [set(c, "output_padding", 0)],
  "output-padding": c => [set(c, "output_padding", Math.max(0, c.refused.values.most)), set(c, "stride", c.refused.values.output + 1)], "transposed-small": c => [set(c, "padding", 0), longer(c), set(c, "padding", half(c))],
  "negative-size": c => ["in_channels", "out_channels", "in_features", "out_features", "kernel_size", "output_size"].filter(name => a(c)[name] === c.refused.values.size).map(name => set(c, name, -c.refused.values.size)),
  features: c => [swapIf(c, c.refused.values.want), c.row.kind.startsWith("Lazy") ? instead(c, `nn.${c.row.kind.slice(4)}(${c.refused.values.got})`) : set(c, "num_features", c.refused.values.got)], "one-value": batchOfTwo,
  "norm-groups": c => [set(c, "num_groups", common(c.refused.values.channels, c.refused.values.groups || 1)), set(c, "num_groups", 1)],
  "group-channels": c => [set(c, "num_channels", c.refused.values.got), { say: "set", values: { name: "num_channels", value: c.refused.values.got }, edits: [...setArgument(c.row.module, "num_channels", c.refused.values.got), ...setArgument(c.row.module, "num_groups", common(c.refused.values.got, c.refused.values.groups))] }],
  "norm-last": c => [swapIf(c, c.refused.values.want), set(c, "normalized_shape", c.refused.values.last), set(c, "normalized_shape", c.row.x.shape.at(-1))],
  linear: c => [
    product(c.row.x.shape.slice(1)) === c.refused.values.want ? put(c, ".flatten(1)", { item: "nn.Flatten()" }) : null,
    c.row.x.shape.at(-2) === c.refused.values.want ? swap(c) : null, set(c, "in_features", c.refused.values.got),
  ],
  "input-size": c => [c.row.x.shape.at(-2) === c.refused.values.want ? swap(c) : null, set(c, "input_size", c.refused.values.got)],
  hidden: c => ["hidden_size", "num_layers"].filter(name => a(c)[name] <= 0).map(name => set(c, name, name === "hidden_size" ? 16 : 1)),
  tuple: c => [put(c, "[0]", { classText: FIRST, item: "First()", adds: 0 })], tokens: c => (isInput(c) ? [c.input.trim() ? give(c, c.row.x.shape, true) : null, put(c, ".long()")] : [instead(c, `nn.Linear(${c.row.x.shape.at(-1)}, ${a(c).embedding_dim})`)]),
  long: c => [isInput(c) && c.input.trim() ? give(c, c.row.x.shape, false) : null, put(c, ".float()")], probability: c => [set(c, "p", 0.5)], dim: anyDim,
  "pool-number": c => [set(c, c.refused.values.name, c.refused.values.name === "kernel_size" ? 2 : usual[c.refused.values.name]), set(c, c.refused.values.name, 1)], "pool-padding": c => [set(c, "padding", c.refused.values.most)], "output-none": c => [set(c, "output_size", 1)],
  "one-of": c => [a(c).size === null ? set(c, "scale_factor", 2) : drop(c, "size")], align: c => [drop(c, "align_corners")], "resize-mode": c => [set(c, "mode", "'linear'"), set(c, "mode", "'nearest'")],
  "resize-small": c => [a(c).scale_factor === null ? set(c, "size", 1) : set(c, "scale_factor", 1)],
  slopes: c => [set(c, "num_parameters", c.refused.values.channels), set(c, "num_parameters", 1)], halves: evenAxis, shuffle: c => [set(c, "groups", common(c.refused.values.channels, c.refused.values.groups))],
  unflatten: c => [set(c, "unflattened_size", `(-1, ${c.refused.values.whole % 2 ? 1 : 2})`)], flatten: c => [c.row.module ? { say: "write", values: {}, edits: setArguments(c.row.module.node, "") } : op(c, "1")],
  permute: c => [op(c, orders[c.row.x.shape.length])], view: c => [op(c, `${c.row.x.shape[0] ?? 1}, -1`), op(c, "-1")],
  "view-order": c => [{ say: "reshape", values: {}, edits: c.row.node?.type === "call" ? renameMethod(c.row.node, "view", "reshape") : null }],
  index: c => (c.row.node?.item ? [{ say: "write", values: {}, edits: [{ target: "code", start: c.row.node.item.start, end: c.row.node.item.end, text: "..., -1" }] }] : []),
  sizes: shortcut,
}
CANDIDATES["too-many-indices"] = CANDIDATES.index

// ---- The cures of what a trace refused: { say, values, code, input, text, shape, result }.

// One that only leads to the layer's next refusal goes on with the first cure of that.
export const cures = (result, code, input, deep = 0) => {
  const row = result.rows.at(-1), { refused } = result
  if (!refused || !Object.hasOwn(CANDIDATES, refused.id)) return []
  const passed = result.rows.filter(each => each.out && !each.empty).length
  const c = { text: result.text, result, row, refused, input, passed }, found = []
  for (const each of CANDIDATES[refused.id](c)) {
    if (!each?.edits || found.length === MOST) continue
    const now = { say: each.say, values: each.values, text: apply(code, each.edits, "code"), input: apply(input, each.edits, "input") }
    if (now.text === code && now.input === input) continue
    const at = passed + (each.edits.some(one => one.target === "code") ? each.adds ?? 0 : 0), cure = proven(now, at, deep)
    if (!cure || found.some(one => one.text === cure.text && one.input === cure.input)) continue
    found.push({ ...cure, say: each.say, values: each.values, code: each.values.code && cure.text === code ? each.values.code : changedLines(code, cure.text) })
  }
  return found
}

const proven = (now, at, deep) => {
  const result = trace(now.text, now.input), then = result.rows[at]
  if (then?.out && !then.empty) return { ...now, shape: then.out.shape, result }
  const next = then?.refused && at === result.rows.length - 1 && deep < 2 ? cures(result, now.text, now.input, deep + 1)[0] : null
  return next ?? null
}
