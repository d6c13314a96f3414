// Messages of what stands around a convolution: linear layers, sums, losses, norms, pooling, saved weights.

const product = sizes => sizes.reduce((a, b) => a * b, 1)
const divisor = (a, b) => (b ? divisor(b, a % b) : a)

// ---- A linear layer: (rows × what comes) and (in_features × out_features).

const readLinear = v => ({ times: Math.max(v.b / v.c, v.c / v.b) })
const unflattened = v => v.b > 0 && v.c > v.b && v.c % v.b === 0 && v.a % (v.c / v.b) === 0
const channelsSecond = v => v.c > 1 && v.a >= v.c && v.a % v.c === 0
const curesLinear = v => {
  const layer = ["linear_cure_layer", "layer = nn.Linear({b}, {d})\ny = layer(x)"]
  const flat = unflattened(v) && ["linear_cure_flat", "y = layer(x.reshape(-1, {c}))"]
  return [
    flat, layer,
    channelsSecond(v) && ["linear_cure_turn", "y = layer(x.reshape(-1, {c}, {b}).transpose(1, 2))"],
    ["linear_cure_lazy", "layer = nn.LazyLinear({d})\ny = layer(x)"],
  ]
}
const linear = {
  id: "linear", at: "linear",
  find: [
    "mat1 and mat2 shapes cannot be multiplied (<a>x<b> and <c>x<d>)",
    // torch 1.0 to 1.5 (tensor-sensor's README; SKNet#19, dranaju/project#1)
    "size mismatch, m1: [<a> x <b>], m2: [<c> x <d>]",
  ],
  is: v => v.b !== v.c,
  read: readLinear,
  says: v => ["linear", unflattened(v) ? "linear_unflattened" : v.c > 0 && v.b % v.c === 0 ? "linear_positions" : "linear_rows"],
  cures: curesLinear,
}
const reshape = {
  id: "reshape", at: "linear",
  find: ["shape '[<shape*>]' is invalid for input of size <n>"],
  is: v => v.shape.length > 0,
  read: v => ({ known: Math.abs(product(v.shape)) }),
  says: v => [v.shape.includes(-1) ? "reshape_rest" : "reshape"],
  cures: [["reshape_cure", "y = x.flatten(1)"]],
}

// ---- Two tensors that are added, or put side by side.

const readSum = v => ({ gap: Math.abs(v.a - v.b), short: Math.min(v.a, v.b), long: Math.max(v.a, v.b), span: Math.abs(v.a - v.b) + 1 })
const saysSum = v => ["sum", v.d === 2 ? (v.gap === 1 ? "sum_one" : v.long >= 2 * v.short - 2 ? "sum_stride" : "sum_span")
  : v.d === 1 ? "sum_channels" : v.d === 0 ? "sum_samples" : ""]
const CROP = "h = layer(x)\nlength = min(h.shape[-1], x.shape[-1])\ny = h[..., :length] + x[..., :length]"
const curesSum = v => (v.d === 2 ? [
  v.gap > 1 && v.long < 2 * v.short - 2 && ["sum_cure_same", "layer = nn.Conv1d(layer.in_channels, layer.out_channels, layer.kernel_size, padding=\"same\")\ny = layer(x) + x"],
  v.long >= 2 * v.short - 2 && ["sum_cure_stride", "h = layer(x)\nshortcut = nn.Conv1d(layer.in_channels, layer.out_channels, 1, layer.stride)\nlength = min(h.shape[-1], shortcut(x).shape[-1])\ny = h[..., :length] + shortcut(x)[..., :length]"],
  [v.gap > 1 ? "sum_cure_crop" : "sum_cure_cut", CROP],
] : v.d === 1 ? [
  ["sum_cure_shortcut", "shortcut = nn.Conv1d(x.shape[1], layer.out_channels, 1)\ny = layer(x) + shortcut(x)"],
] : [])
const sum = {
  id: "residual", at: "residual",
  find: [
    "The size of tensor a (<a>) must match the size of tensor b (<b>) at non-singleton dimension <d>",
    "The expanded size of the tensor (<a>) must match the existing size (<b>) at non-singleton dimension <d>",
  ],
  read: readSum, says: saysSum, cures: curesSum,
}
const cat = {
  id: "cat", at: "residual",
  find: [
    "Sizes of tensors must match except in dimension <d>. Expected size <a> but got size <b> for tensor number <n> in the list",
    // torch 1.x, from first-order-model#50
    "Sizes of tensors must match except in dimension <d>. Got <a> and <b> in dimension <e>",
  ],
  read: readSum, says: ["cat"],
  cures: [["cat_cure", "length = min(a.shape[-1], b.shape[-1])\ny = torch.cat([a[..., :length], b[..., :length]], dim={d})"]],
}
const stack = {
  id: "stack", at: "guide/padded-batches#padded-batches",
  find: ["stack expects each tensor to be equal size, but got [<a*>] at entry <i> and [<b*>] at entry <j>"],
  says: ["stack"],
  cures: [["stack_cure", "batch = nn.utils.rnn.pad_sequence([each.T for each in samples], batch_first=True).permute(0, 2, 1)"]],
}

// ---- Losses.

const target = {
  id: "target", at: "target",
  find: ["Expected target size [<want*>], got [<got*>]"],
  is: v => v.want.length > 1 && v.got.length > 0,
  read: v => ({ n: v.want[0], l: v.want[1] }),
  says: v => ["target", v.got.length === 1 ? "target_sample" : v.got.length === v.want.length && v.got[1] !== v.l ? "target_classes" : ""],
  cures: v => [
    v.got.length === 1 && ["target_cure_mean", "loss = F.cross_entropy(layer(x).mean(2), labels)"],
    v.got.length === 1 && ["target_cure_repeat", "loss = F.cross_entropy(layer(x), labels[:, None].expand(-1, {l}))"],
    v.got.length === 2 && v.want.length === 2 && ["target_cure_turn", "loss = F.cross_entropy(layer(x).permute(0, 2, 1), labels)"],
    v.got.length === 3 && v.want.length === 2 && ["target_cure_hot", `loss = F.cross_entropy(layer(x), labels.argmax(${v.got[1] === v.l ? 2 : 1}))`],
  ],
}
const batch = {
  id: "batch", at: "target",
  find: ["Expected input batch_size (<a>) to match target batch_size (<b>)"],
  read: v => ({ times: Math.max(v.a / v.b, v.b / v.a) }),
  says: v => ["batch", v.b > 0 && v.a > v.b && v.a % v.b === 0 ? "batch_positions" : v.a > 0 && v.b > v.a && v.b % v.a === 0 ? "batch_labels" : "batch_other"],
  cures: v => [v.b > 0 && v.a > v.b && v.a % v.b === 0 && ["batch_cure", "loss = F.cross_entropy(scores.reshape({b}, {times}, -1).mean(1), labels)"]],
}
const labels = [
  ["multi-target", "target", ["1D target tensor expected, multi-target not supported"], [["multi_target_cure", "loss = F.cross_entropy(scores, labels.flatten())"], ["multi_target_cure_hot", "loss = F.cross_entropy(scores, labels.argmax(1))"]]],
  ["bounds", "target", ["Target <t> is out of bounds"], [["bounds_cure", "layer = nn.Conv1d(layer.in_channels, {t} + 1, layer.kernel_size)"]]],
  ["label-hot", "target", ["Expected floating point type for target with class probabilities, got <type?>"], [["target_cure_hot", "labels = labels.argmax(1)"], ["label_float_cure", "labels = labels.float()"]]],
  ["label-type", "target", ["expected target dtype to be Long or Byte, but got <type?>"], [["type_cure_target", "labels = labels.long()"]]],
  ["label-shape", "guide/task#errors", ["Target size ([<b*>]) must be the same as input size ([<a*>])", "Using a target size ([<b*>]) that is different to the input size ([<a*>])"], [["label_shape_cure", "labels = labels.reshape({a})"]]],
  ["label-float", "guide/task#errors", ["result type Float can't be cast to the desired output type Long", "Found dtype Long but expected Float"], [["label_float_cure", "labels = labels.float()"]]],
].map(([id, at, find, cures]) => ({ id, at, find, says: [id.replace("-", "_")], cures }))

// ---- Norms.

const GROUP = "layer = nn.GroupNorm(1, {c})\ny = layer(x)"
const value = {
  id: "one-value", at: "one-value",
  find: ["Expected more than 1 value per channel when training, got input size torch.Size([<input*>])", "Expected more than 1 value per channel when training"],
  read: v => ({ n: v.input?.[0] ?? 1, c: v.input?.[1] ?? 1, places: product(v.input?.slice(2) ?? []) }),
  says: v => [v.input ? "value" : "value_bare"],
  cures: v => [["value_cure_eval", "layer.eval()\ny = layer(x)"], (v.c > 1 || !v.input) && ["value_cure_group", v.input ? GROUP : ""]],
}
const spatial = {
  id: "one-position", at: "one-value",
  find: ["Expected more than 1 spatial element when training, got input size torch.Size([<input*>])", "Expected more than 1 spatial element when training"],
  read: v => ({ c: v.input?.[1] ?? 1, n: v.input?.[0] ?? 1 }),
  says: v => [v.input ? "spatial" : "spatial_bare"],
  cures: v => [v.c > 1 ? ["spatial_cure", GROUP] : ["spatial_cure_two", ""]],
}
const features = {
  id: "norm-channels", at: "norm-channels",
  find: ["running_mean should contain <a> elements not <b>", "running_var should contain <a> elements not <b>", "weight should contain <a> elements not <b>", "bias should contain <a> elements not <b>", "expected input's size at dim=1 to match num_features (<b>), but got: <a>"],
  says: ["features"],
  cures: [
    ["features_cure_turn", "y = layer(x.permute(0, 2, 1)).permute(0, 2, 1)"],
    ["features_cure_layer", "layer = nn.BatchNorm1d({a})\ny = layer(x)"],
    ["features_cure_batch", "y = layer(x[None])"],
  ],
}
const vector = { // from diffusers#5762
  id: "norm-weight", at: "norm-channels",
  find: ["Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape [<b*>] and input of shape [<input*>]"],
  read: v => ({ a: v.input[1] ?? 1 }),
  says: ["features"], cures: [["features_cure_group", "layer = nn.GroupNorm(layer.num_groups, {a})\ny = layer(x)"]],
}
const rank = {
  id: "norm-axes", at: "norm-axes",
  find: ["expected 2D or 3D input (got <d>D input)", "expected 4D input (got <d>D input)"],
  read: v => ({ flat: v.d !== 4 && v.d !== 1 }),
  says: v => [v.d === 1 ? "rank_row" : v.d === 4 ? "rank_many" : "rank_image"],
  cures: v => (v.d === 1 ? [["rank_cure_row", "y = layer(x[None])"]] : v.d === 4
    ? [["rank_cure_squeeze", "y = layer(x.squeeze(1))"], ["rank_cure_image", "layer = nn.BatchNorm2d(x.shape[1])\ny = layer(x)"]]
    : [["rank_cure_layer", "layer = nn.BatchNorm1d(layer.num_features)\ny = layer(x)"]]),
}
const normalized = {
  id: "norm-last", at: "norm-last",
  find: ["Given normalized_shape=[<want*>], expected input with shape [*, <same*>], but got input of size[<input*>]", "Given normalized_shape=[<want*>], expected input with shape [*, <same*>]"],
  is: v => v.want.length > 0,
  read: v => ({ last: v.input?.at(-1), first: v.want[0], second: v.input?.length === 3 && v.want.length === 1 && v.input[1] === v.want[0] }),
  says: v => (v.input ? ["normalized", v.second && "normalized_second"] : ["normalized_bare"]),
  cures: v => [
    (v.second || !v.input) && ["normalized_cure_turn", "y = layer(x.permute(0, 2, 1)).permute(0, 2, 1)"],
    v.input && ["normalized_cure_layer", "layer = nn.LayerNorm({last})\ny = layer(x)"],
  ],
}
const groups = {
  id: "norm-groups", at: "norm-groups",
  find: ["num_channels (<c>) must be divisible by num_groups (<g>)", "Expected number of channels in input to be divisible by num_groups, but got input of shape [<input*>] and num_groups=<g>"],
  read: v => ({ c: v.c ?? v.input[1], common: divisor(v.c ?? v.input[1], v.g) }),
  says: ["norm_groups"],
  cures: v => [v.common > 1 && ["norm_groups_cure", "layer = nn.GroupNorm({common}, {c})\ny = layer(x)"], ["norm_groups_cure_one", GROUP]],
}

// ---- Pooling.

const poolAxes = {
  id: "axes", at: "axes",
  find: [
    "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:[<input*>]",
    "max_pool1d() Expected 2D or 3D input tensor, but got <axes>",
    "Expected 2 to 3 dimensions, but got <axes>-dimensional tensor for argument #1 'self' (while checking arguments for",
    "max_pool1d: Expected 2D or 3D (batch mode) tensor",
  ],
  read: v => ({ axes: v.axes ?? v.input?.length ?? 4, at: Math.max(1, v.input?.indexOf(1, 1) ?? 1), one: v.input?.includes(1), empty: v.input?.includes(0) }),
  says: v => [v.empty ? "pool_axes_empty" : v.axes === 1 ? "axes_row_pool" : v.input ? "pool_axes" : "pool_axes_bare"],
  cures: v => (v.empty ? [["pool_axes_cure_empty", ""]] : v.axes === 1 ? [["pool_axes_cure_row", "y = layer(x[None, None])"]]
    : [v.input && !v.one ? ["axes_cure_batches", "y = layer(x.flatten(0, -3))"] : ["axes_cure_squeeze", "y = layer(x.squeeze({at}))"]]),
}
const poolSize = {
  id: "pool-size", at: "pool-size",
  find: [
    "max_pool1d() Invalid computed output size: <n>",
    "Given input size: (<size*>). Calculated output size: (<output*>). Output size is too small",
    "Output size is too small",
  ],
  is: v => !v.size || v.size.length === 3,
  read: v => ({ image: v.size && v.size[1] !== 1, c: v.size?.[0], l: v.size?.[2], gives: v.output?.[2] ?? v.n }),
  says: v => [v.image ? "pool_image" : v.size ? "pool_size" : "pool_size_bare"],
  cures: v => (v.image ? [] : v.size
    ? [["pool_cure_adaptive", "layer = nn.AdaptiveAvgPool1d(1)\ny = layer(x)"], ["pool_cure_window", "layer = nn.AvgPool1d({l})\ny = layer(x)"]]
    : [["pool_cure_adaptive", "layer = nn.AdaptiveMaxPool1d(1)\ny = layer(x)"], ["pool_cure_window", "layer = nn.MaxPool1d(x.shape[-1])\ny = layer(x)"]]),
}
const poolPadding = {
  id: "pool-padding", at: "pool-padding",
  find: [
    "max_pool1d() padding should be at most half of kernel size, but got padding=<p> and kernel_size=<k>",
    "pad should be at most half of effective kernel size, but got pad=<p>, kernel_size=<k> and dilation=<dilation>",
    "pad should be at most half of kernel size, but got pad=<p> and kernel_size=<k>", // torch 2.0, from pytorch#103423
    "pad should be smaller than half of kernel size, but got padW = <p>, padH = <h>, kW = <k>, kH = <kh>", // 0.3, from #3298
    "padding should be at most half of kernel size", "pad should be at most half of effective kernel size", "pad should be smaller than half of kernel size",
  ],
  is: v => v.k === undefined || v.p >= 0,
  // The one that speaks of an effective size is AvgPool1d's here, the older ones are those of a maximum.
  read: v => ({ most: Math.floor((v.k ?? 0) / 2), name: v.dilation ? "AvgPool1d" : "MaxPool1d", value: v.dilation ? "" : ", value=-torch.inf" }),
  says: v => [v.k === undefined ? "pool_padding_bare" : "pool_padding"],
  cures: v => (v.k === undefined ? [] : [
    ["pool_padding_cure", "layer = nn.{name}({k}, padding={most})\ny = layer(x)"],
    ["pool_padding_cure_first", "layer = nn.{name}({k})\ny = layer(F.pad(x, ({p}, {p}){value}))"],
  ]),
}
const poolEmpty = {
  id: "pool-empty", at: "pool-empty",
  find: ["Expected input to have non-zero size for non-batch dimensions, but input has sizes [<input*>] with dimension <d> being empty", "Expected input to have non-zero size for non-batch dimensions"],
  says: v => [v.input ? "pool_empty" : "pool_empty_bare"],
  cures: [["pool_empty_cure", "y = layer(F.pad(x, (0, 1)))"]],
}
const upsample = {
  id: "upsample", at: "upsample",
  find: ["Got <d>D input, but <mode?> mode needs <e>D input"],
  is: v => v.d > 2 && v.d < 6,
  read: v => ({ right: { 3: "linear", 4: "bilinear", 5: "trilinear" }[v.d] }),
  says: ["upsample"], cures: [["upsample_cure", "y = F.interpolate(x, scale_factor=2, mode=\"{right}\")"]],
}

export const around = [
  linear, reshape, sum, cat, stack, target, batch, ...labels,
  value, spatial, features, vector, rank, normalized, groups,
  poolAxes, poolSize, poolPadding, poolEmpty, upsample,
]
