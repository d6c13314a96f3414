// Messages about saved weights, axes of a tensor, lengths of a transposed layer, gradients; and those of this site's
// own code.

// ---- Saved weights.

const EXPECTED = ["out_channels", "in_channels / groups", "kernel_size"]
const readState = v => {
  const [out, each, k] = v.saved, weight = v.saved.length === 3 && v.model.length === 3
  return {
    out, each, k, weight, keras: weight && v.saved.toReversed().join() === v.model.join(),
    flat: v.saved.length === 4 && v.model.length === 3 && v.saved.includes(1, 2),
    axes: weight ? EXPECTED.filter((_, i) => v.saved[i] !== v.model[i]).join(", ") : "",
    at: v.saved.indexOf(1, 2),
  }
}
const AGAIN = "saved[\"{name}\"] = saved[\"{name}\"]"
const state = {
  id: "state", at: "state", list: true,
  find: [
    "size mismatch for <name?>: copying a param with shape torch.Size([<saved*>]) from checkpoint, the shape in current model is torch.Size([<model*>])",
    "While copying the parameter named <name?>, whose dimensions in the model are torch.Size([<model*>]) and whose dimensions in the checkpoint are torch.Size([<saved*>])",
  ],
  read: readState,
  says: v => ["state", v.keras ? "state_keras" : v.weight ? "state_weight" : v.flat ? "state_flat" : v.saved.length === 1 ? "state_row" : ""],
  cures: v => [
    v.keras && ["state_cure_keras", `${AGAIN}.permute(2, 1, 0)\nlayer.load_state_dict(saved)`],
    v.weight && !v.keras && v.name.toLowerCase().endsWith("weight") && ["state_cure", "layer = nn.Conv1d({each}, {out}, {k})\nlayer.load_state_dict(saved)"],
    v.flat && ["state_cure_flat", `${AGAIN}.squeeze({at})\nlayer.load_state_dict(saved)`],
  ],
}
const keys = {
  id: "keys", at: v => (v.norm ? "guide/state-dict#weight-norm" : "guide/state-dict#state-dict"), list: true,
  find: ["Missing key(s) in state_dict: <names~>\".", "Unexpected key(s) in state_dict: <names~>\".", "Missing key(s) in state_dict:", "Unexpected key(s) in state_dict:"],
  read: v => {
    const all = `${v.names ?? ""}${v.behind}`
    return { norm: /weight_[gv]\b|original[01]/.test(all), parallel: /["']module\./.test(all), compiled: all.includes("_orig_mod.") }
  },
  says: v => [v.norm ? "keys_norm" : v.parallel ? "keys_parallel" : v.compiled ? "keys_compiled" : "keys"],
  cures: v => [v.parallel && ["keys_cure", "saved = {key.removeprefix(\"module.\"): value for key, value in saved.items()}"],
    v.compiled && ["keys_cure", "saved = {key.removeprefix(\"_orig_mod.\"): value for key, value in saved.items()}"]],
}

// ---- Axes of a tensor.

const permute = {
  id: "permute", at: "permute",
  find: [
    "number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = <a> is not equal to len(dims) = <b>",
    "number of dimensions in the tensor input does not match",
    "number of dims don't match in permute", // torch 1.x, from Zero-DCE#31
  ],
  says: v => [v.b === undefined ? "permute_bare" : "permute"],
  cures: v => [
    (v.b === undefined || (v.a === 2 && v.b === 3)) && ["permute_cure_batch", "y = x[None].permute(0, 2, 1)"],
    v.a === 4 && v.b === 3 && ["permute_cure_squeeze", "y = x.squeeze(1).permute(0, 2, 1)"],
    v.a === 2 && v.b === 3 && ["permute_cure_two", "y = x.T"],
    v.a === 3 && v.b !== 3 && v.b !== undefined && ["permute_cure_three", "y = x.permute(0, 2, 1)"],
  ],
}

// ---- Lengths of ConvTranspose1d.

const outPadding = {
  id: "output-padding", at: "output-padding",
  find: [
    "output padding must be smaller than either stride or dilation, but got output_padding_height: <h> output_padding_width: <w> stride_height: <sh> stride_width: <s> dilation_height: <dh> dilation_width: <d>",
    "output padding must be smaller than either stride or dilation",
  ],
  read: v => ({ most: Math.max(v.s ?? 1, v.d ?? 1) - 1 }),
  says: v => [v.w === undefined ? "out_padding_bare" : "out_padding"],
  cures: v => (v.w === undefined ? [] : [
    ["out_padding_cure", "layer.output_padding = ({most},)\ny = layer(x)"],
    ["out_padding_cure_longer", "layer.output_padding = (0,)\ny = F.pad(layer(x), (0, {w}))"],
  ]),
}
const outSize = {
  id: "output-size", at: "output-size",
  find: ["requested an output size of [<want*>], but valid sizes range from [<low*>] to [<high*>] (for an input of torch.Size([<input*>]))", "requested an output size of"],
  is: v => !v.want || v.want.length === 1,
  read: v => (v.want ? { near: Math.min(Math.max(v.want[0], v.low[0]), v.high[0]), rest: v.want[0] - Math.min(Math.max(v.want[0], v.low[0]), v.high[0]) } : {}),
  says: v => [v.want ? "out_size" : "out_size_bare"],
  cures: v => (!v.want ? [] : [
    ["out_size_cure", "y = layer(x, output_size=[{near}])"],
    [v.rest > 0 ? "out_size_cure_pad" : "out_size_cure_cut", "y = F.pad(layer(x, output_size=[{near}]), (0, {rest}))"],
  ]),
}

// ---- Kinds in which nothing is to be worked out.

const plain = ([id, at, find, ...cures]) => ({ id, at, find, says: [id.replaceAll("-", "_")], cures })
const simple = [
  ["view", "view", ["view size is not compatible with input tensor's size and stride"], ["view_cure", "y = x.reshape(len(x), -1)"]],
  ["channels-last-format", "channels-last", ["required rank <n> tensor to use channels_last format"], ["channels_last_format_cure", "y = layer(x)"]],
  ["lazy", "lazy", ["Attempted to use an uninitialized parameter", "Can't access the shape of an uninitialized parameter or buffer"], ["lazy_cure", "layer(x)"]],
  ["numpy", "numpy", ["Can't call numpy() on Tensor that requires grad", "Can't call numpy() on Variable that requires grad"], ["numpy_cure", "array = layer(x).detach().cpu().numpy()"]],
  ["numpy-device", "numpy", ["can't convert <device?> device type tensor to numpy", "can't convert CUDA tensor to numpy"], ["numpy_cure", "array = layer(x).detach().cpu().numpy()"]],
  ["embedding", "guide/text#errors", ["index out of range in self", "index out of range: Tried to access index"], ["embedding_cure", "embedding = nn.Embedding(int(x.max()) + 1, embedding.embedding_dim)\ny = embedding(x)"]],
  ["embedding-type", "guide/text#errors", ["Expected tensor for argument #1 'indices' to have"], ["embedding_type_cure", "y = embedding(x.long())"]],
  ["descriptor", "reference/parameters#other-words", ["could not create a primitive descriptor", "could not construct a memory descriptor"], ["descriptor_cure", "y = layer(x[:1])"]],
  ["unfold", "silent-unfold", ["calculated shape of the array of sliding blocks as"], ["unfold_cure", "windows = x.unfold(2, kernel_size, 1)"]],
  ["scalar-loss", "guide/gradients#errors", ["grad can be implicitly created only for scalar outputs"], ["scalar_loss_cure", "y.sum().backward()"]],
  ["no-grad", "guide/gradients#errors", ["element <n> of tensors does not require grad and does not have a grad_fn"], ["no_grad_cure", ""]],
  ["twice", "guide/gradients#errors", ["Trying to backward through the graph a second time"], ["twice_cure", "layer(x).sum().backward()"]],
  ["in-place", "guide/gradients#errors", ["one of the variables needed for gradient computation has been modified by an inplace operation"], ["in_place_cure", ""]],
  ["leaf", "guide/gradients#errors", ["a leaf Variable that requires grad is being used in an in-place operation", "a leaf Variable that requires grad has been used in an in-place operation"], ["leaf_cure", "with torch.no_grad():\n    layer.weight.fill_(1)"]],
  ["fan", "guide/initial-values#errors", ["Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"], ["fan_cure", "nn.init.zeros_(layer.bias)"]],
  ["gain", "guide/initial-values#errors", ["Unsupported nonlinearity <name?>"], ["gain_cure", "nn.init.kaiming_normal_(layer.weight, nonlinearity=\"relu\")"]],
  ["assign", "guide/initial-values#errors", ["cannot assign '<type?>' as parameter '<name?>' (torch.nn.Parameter or None expected)"], ["assign_cure", "layer.{name} = nn.Parameter(layer.{name}.detach().clone())"]],
  ["close", "guide/precision#assert-close", ["Tensor-likes are not close!"], ["close_cure", ""]],
  ["close-type", "guide/precision#errors", ["The values for attribute 'dtype' do not match: <a?> != torch"], ["close_type_cure", "torch.testing.assert_close(actual, expected, check_dtype=False)"]],
  ["fold", "guide/production#errors", ["Fusion only for eval!"], ["fold_cure", "layer.eval(), norm.eval()"]],
  ["export", "guide/production#errors", ["Guard failed: <what~>.size()[<axis>] == <n>", "Constraints violated (", "Constraints violated!"], ["export_cure", ""]],
  ["seed", "guide/seeds#seeds", ["Seed must be between 0 and", "Overflow when unpacking long"], ["seed_cure", "seed %= 2**32\nnp.random.seed(seed)\ntorch.manual_seed(seed)"]],
  ["onnx", "guide/production#errors", ["No module named 'onnxscript'"], ["onnx_cure", ""]],
].map(plain)

// The recipes of this site refuse with sentences of their own.
const RECIPES = {
  "recipes/autoencoder": ["<n> values have a code of <m>, not", "an odd one, from <n> on, goes with a stride of"],
  "recipes/causal": ["<n> values; the first output needs"],
  "recipes/dna": ["sequence <n>, position <m>: '<letter~>' stands for no base"],
  "recipes/fold-batchnorm": ["call eval() on both first", "the norm has <n>; does it really stand behind?"],
  "recipes/gradcam": ["the layer gave (<sizes*>); (1, channels, T) is wanted"],
  "recipes/keras": ["weight: (<a*>) wanted, (<b*>) given", "no array for the <layer?>'s <part?>"],
  "recipes/lengths": ["lengths are whole, not"],
  "recipes/mamba": ["x of shape (<a*>); the weight wants (N, <n>, L)"],
  "recipes/masked": ["lengths from <a> to <b>, but x has <c> positions"],
  "recipes/overlap-add": ["places have no weight in any window"],
  "recipes/receptive-field": ["not known, or it reads all of the signal"],
  "recipes/same-tf": ["no values: (<a*>)"],
  "recipes/stream": ["in a stream of [<a*>]", "here the past is the padding; take a layer with padding=0"],
  "recipes/tcn": ["known are 'weight', 'channel' and None"],
  "recipes/tests": ["the output does not read x"],
  "recipes/upsample": ["must be a whole number and at least 1"],
  "recipes/windows": ["rows; a window of <n> and <m> more need", "windows hold NaN or infinity: fill the gaps, or leave some out by drop=True"],
  "guide/shapes#errors": ["(N, L, C), not (<a*>)"],
}
const recipes = Object.entries(RECIPES).map(([at, find]) => ({ id: "recipe", at, find, says: ["recipe"], cures: [] }))

// Words that a reader may paste without their numbers: the section is found, the numbers are asked for.
const WORDS = {
  channels: ["channels, but got <n> channels instead", "Given transposed=1, weight of size", "expected input…to have <n> channels"],
  axes: ["Expected 2D (unbatched) or 3D (batched) input to conv1d"],
  "too-short": ["Kernel size can't be greater than actual input size"],
  pair: ["Expected 4-dimensional input for 4-dimensional weight"],
  "too-wide": ["Padding size should be less than the corresponding input dimension"],
  "bias-size": ["expected bias to be 1-dimensional with <n> elements"],
  state: ["size mismatch for weight", "Error(s) in loading state_dict for"],
  linear: ["mat1 and mat2 shapes cannot be multiplied"],
  residual: ["must match the size of tensor b"],
  target: ["Expected target size"],
}
const words = Object.entries(WORDS).map(([at, find]) => ({
  id: "words", at, find, says: ["words"], cures: [],
  // Of an image's convolution the sentence is the same, and the section is not about that.
  is: v => !(at === "pair" && /^\[\d+,\d+,\d+,\d+,/.test(v.behind)),
}))

export const others = [state, keys, permute, outPadding, outSize, ...simple, ...recipes, ...words]
