// Messages of the convolution itself about the shapes of its input, weight and bias.

const product = sizes => sizes.reduce((a, b) => a * b, 1)

// ---- The channels: weight [out, in / groups, kernel …] or, transposed, [in, out / groups, kernel …]; input [N, C, L].

const readChannels = v => {
  const [a, b, ...kernel] = v.weight, [n, , ...positions] = v.input
  const up = v.transposed !== undefined, g = up || !v.groups ? 1 : v.groups
  const [k] = kernel, [l] = positions
  return {
    up, g, kernel, k, n, l, image: kernel.length > 1,
    out: up ? b : a, each: b, kernels: kernel.join(" × "), positions: positions.join(" × "),
    type: `${up ? "ConvTranspose" : "Conv"}${kernel.length}d`,
    pad: Math.max(0, k - v.got), half: Math.floor(k / 2), ratio: v.got / v.want,
  }
}

const isLast = v => v.input.at(-1) === v.want && v.input.length > 2
const isFirst = v => v.n === v.want && v.n > 1 && v.input.length === 3
const oneEach = v => v.want === 1 && !v.image && !isLast(v) && !v.up

const saysChannels = v => [
  v.up ? "channels_weight_up" : v.g > 1 ? "channels_weight_groups" : "channels_weight",
  v.image ? "channels_input_image" : "channels_input",
  v.n === 1 && !v.image && "channels_unbatched",
  isLast(v) ? (v.image ? "channels_last_image" : "channels_last")
  : isFirst(v) ? "channels_first" : v.image && v.n === 1 && v.l === v.want ? "channels_height" : "channels_neither",
]

// Longer layers than the input are given padding, so that the cure does not run into the next message.
const another = v => {
  const groups = v.g > 1 && v.got % v.g === 0 && v.out % v.g === 0 ? `, groups=${v.g}` : ""
  const padding = !v.up && v.l < v.k ? ", padding={half}" : ""
  const size = v.image ? `(${v.kernel.join(", ")})` : "{k}"
  return `layer = nn.{type}({got}, {out}, ${size}${padding}${groups})\ny = layer(x)`
}
const turned = v => {
  const x = v.n === 1 ? "x.transpose(-2, -1)" : "x.permute(0, 2, 1)" // of one sample it may be the only two axes
  return v.up || v.pad === 0 ? `y = layer(${x})` : `y = layer(F.pad(${x}, (0, {pad})))`
}
const grouped = v => v.g === 1 && !v.up && !v.image && v.ratio > 1 && Number.isInteger(v.ratio) && v.out % v.ratio === 0 && v.l >= v.k

const curesChannels = v => {
  const order = Array.from(v.input, (_, i) => i)
  const back = [0, order.length - 1, ...order.slice(1, -1)].join(", ")
  const apart = oneEach(v) && v.l >= v.k && ["channels_cure_apart", "y = layer(x.reshape(-1, 1, x.shape[-1]))"]
  const layer = !v.image || v.kernel.every((size, i) => size <= v.input[i + 2])
  return [
    isLast(v) && (v.image ? ["channels_cure_last_image", `y = layer(x.permute(${back}))`] : ["channels_cure_last", turned(v)]),
    !isLast(v) && isFirst(v) && (v.up || v.l >= v.k) && ["channels_cure_first", "y = layer(x.permute(1, 0, 2))"],
    v.image && v.kernel.length === 2 && v.n === 1 && v.l === v.want && v.kernel[0] === 1 && ["channels_cure_height", "y = layer(x.unsqueeze(2))"],
    v.n === 1 && apart,
    layer && ["channels_cure_layer", another(v)],
    v.n !== 1 && apart,
    grouped(v) && ["channels_cure_groups", "y = F.conv1d(x, layer.weight, layer.bias, groups={ratio})"],
  ]
}

const channels = {
  id: "channels", at: "channels",
  find: [
    "Given groups=<groups>, weight of size [<weight*>], expected input[<input*>] to have <want> channels, but got <got> channels instead",
    "Given transposed=<transposed>, weight of size [<weight*>], expected input[<input*>] to have <want> channels, but got <got> channels instead",
    // torch 0.4, from DUpsampling#15
    "Given groups=<groups>, weight[<weight*>], so expected input[<input*>] to have <want> channels, but got <got> channels instead",
    "Given transposed=<transposed>, weight[<weight*>], so expected input[<input*>] to have <want> channels, but got <got> channels instead",
  ],
  is: v => v.weight.length > 2 && v.weight.length < 6 && v.weight.length === v.input.length,
  read: readChannels, says: saysChannels, cures: curesChannels,
}

// ---- The number of axes.

const readAxes = v => {
  const one = v.input.indexOf(1, 1), at = one < 0 ? v.input.indexOf(1) : one
  return { axes: v.input.length, at, first: v.input[0], second: v.input[1], third: v.input[2], length: product(v.input) }
}
const tooMany = v => [
  v.at >= 0 && ["axes_cure_squeeze", "y = layer(x.squeeze({at}))"],
  v.at < 0 && v.axes === 4 && ["axes_cure_rows", "y = layer(x.transpose(1, 2).flatten(0, 1))"],
  v.at < 0 && v.axes === 4 && ["axes_cure_batches", "y = layer(x.flatten(0, 1))"],
  v.at < 0 && v.axes > 4 && ["axes_cure_flatten", "y = layer(x.flatten(2))"],
]
const curesAxes = v => (v.axes === 1 ? [["axes_cure_row", "y = layer(x[None, None])"]]
  : v.axes === 0 ? [["axes_cure_none", ""]] : tooMany(v))

const axes = {
  id: "axes", at: "axes",
  find: [
    "Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: [<input*>]",
    "Expected 2D (unbatched) or 3D (batched) input to conv_transpose1d, but got input of size: [<input*>]",
  ],
  read: readAxes,
  says: v => [v.axes === 1 ? "axes_row" : v.axes === 0 ? "axes_none" : v.at < 0 ? "axes_many" : "axes_one"],
  cures: curesAxes,
}

// Before torch 1.11 a Conv1d took three axes only. The wordings are those of torch 1.2, where the list of the weight has
// no brackets and may end in a number from nowhere (pytorch#25146, #22919), and of torch 0.3 (#5696).
const old = {
  id: "axes", at: "axes",
  find: [
    "Expected 3-dimensional input for 3-dimensional weight [<weight*>], but got <axes>-dimensional input of size [<input*>] instead",
    "Expected 3-dimensional input for 3-dimensional weight [<weight*>], but got input of size [<input*>] instead",
  ],
  is: v => v.weight.length > 2 && v.input.length !== 3,
  read: v => ({ ...readAxes(v), weight: v.weight.slice(0, 3), out: v.weight[0], each: v.weight[1], k: v.weight[2] }),
  says: v => ["axes_old", v.axes === 1 ? "axes_row" : v.axes === 2 ? "axes_two" : v.at < 0 ? "axes_many" : "axes_one"],
  cures: v => (v.axes !== 2 ? curesAxes(v) : [
    v.each === v.first && ["axes_cure_sample", "y = layer(x[None])"],
    v.each === 1 && ["axes_cure_signals", "y = layer(x[:, None])"],
    v.each === v.second && v.each !== v.first && v.first >= v.k && ["axes_cure_turn", "y = layer(x.T[None])"],
    v.each !== v.first && v.each !== 1 && v.each !== v.second && ["axes_cure_other", "layer = nn.Conv1d({first}, {out}, {k}, padding={k} // 2)\ny = layer(x[None])"],
  ]),
}

const pair = {
  id: "pair", at: "pair",
  find: ["Expected 4-dimensional input for 4-dimensional weight [<weight*>], but got <axes>-dimensional input of size [<input*>] instead"],
  is: v => v.weight.length === 4 && v.axes === v.input.length,
  read: v => ({
    out: v.weight[0], each: v.weight[1], k1: v.weight[2], k2: v.weight[3], n: v.input[0], c: v.input[1], l: v.input[2],
    k: Math.min(Math.max(v.weight[2], v.weight[3]), v.input[2] ?? 1),
  }),
  says: v => ["pair", v.axes === 3 && v.each === v.c ? "pair_row" : v.axes === 3 && v.each === v.n ? "pair_image" : ""],
  cures: v => [
    v.axes === 3 && v.each === v.c && ["pair_cure", "layer = nn.Conv1d({each}, {out}, {k})\ny = layer(x)"],
    v.axes === 3 && v.each === v.n && ["pair_cure_image", "layer = nn.Conv2d({each}, {out}, ({k1}, {k2}))\ny = layer(x[None])"],
    (v.axes !== 3 || (v.each !== v.c && v.each !== v.n)) && ["pair_cure", ""],
  ],
}

// ---- The length.

const lengths = {
  id: "too-short", at: "too-short",
  find: [
    "Calculated padded input size per channel: (<size*>). Kernel size: (<kernel*>). Kernel size can't be greater than actual input size",
    "Calculated padded input size per channel: (<size*>). Kernel size: (<kernel*>). Kernel size can't be greater than the actual input size",
  ],
  is: v => v.size.length === v.kernel.length,
  read: v => ({ has: v.size[0], span: v.kernel[0], lacks: v.kernel[0] - v.size[0], more: Math.ceil((v.kernel[0] - v.size[0]) / 2) }),
  says: v => (v.size.length > 1 ? ["short_image"] : ["short", "short_lacks", "short_axis"]),
  cures: v => (v.size.length > 1 ? [] : [
    ["short_cure_longer", "y = layer(F.pad(x, (0, {lacks})))"],
    ["short_cure_padding", "y = layer(F.pad(x, ({more}, {more})))"],
    v.has > 0 && ["short_cure_kernel", "layer = nn.Conv1d(layer.in_channels, layer.out_channels, {has}, padding=layer.padding)\ny = layer(x)"],
  ]),
}

const nothingLeft = {
  id: "nothing-left", at: "guide/transposed#errors",
  find: ["Given input size per channel: (<size*>). Calculated output size per channel: (<output*>). Output size is too small"],
  is: v => v.size.length > 0 && v.output.length === v.size.length,
  read: v => ({ l: v.size.at(-1), gives: v.output.at(-1), less: Math.ceil((1 - v.output.at(-1)) / 2) }),
  says: ["left"],
  cures: [["left_cure", "layer.padding = (layer.padding[0] - {less},)\ny = layer(x)"]],
}

// ---- Weight and bias of F.conv1d.

const bias = {
  id: "bias-size", at: "bias-size",
  find: ["Given weight of size [<weight*>], expected bias to be 1-dimensional with <n> elements, but got bias of size [<bias*>] instead"],
  says: ["bias"],
  cures: [["bias_cure", "y = F.conv1d(x, weight, torch.zeros({n}))"], ["bias_cure_none", "y = F.conv1d(x, weight)"]],
}
const rank = {
  id: "weight-rank", at: "weight-rank",
  find: ["weight should have at least three dimensions"],
  says: ["rank"], cures: [["rank_cure", "y = F.conv1d(x, weight[None])"]],
}

const readShare = v => {
  const [out, each, k] = v.weight
  return { out, each, k, up: Math.max(1, Math.ceil(out / v.groups)) * v.groups, all: each * v.groups }
}
const share = {
  id: "groups", at: "groups",
  find: [
    "Given groups=<groups>, expected weight to be at least <n> at dimension 0, but got weight of size [<weight*>] instead",
    "Given groups=<groups>, expected weight to be divisible by <n> at dimension 0, but got weight of size [[<weight*>]] instead",
  ],
  is: v => v.groups > 0 && v.weight.length > 2,
  read: readShare,
  says: v => ["share", v.out === 0 ? "share_none" : v.out % v.groups ? "share_out" : ""],
  cures: [["share_cure", "layer = nn.Conv1d({all}, {up}, {k}, groups={groups})\ny = layer(x)"]],
}

export const shapes = [channels, axes, old, pair, lengths, nothingLeft, bias, rank, share]
