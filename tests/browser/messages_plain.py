"""Programs that fail with messages in which no number is to be worked out; a cure must run in each."""

from __future__ import annotations

from messages_raised import Case

X = "x = torch.rand(4, 6, 20)\n"
SIZES = X + "in_channels, out_channels, kernel_size, stride, groups, length = 6, 8, 3, 2, 4, 22\n"
LABELS = "y = torch.rand(4, 1, requires_grad=True)\nscores = torch.rand(4, 3)\n"
BUILT = "in_channels, out_channels, kernel_size"


def layer(arguments: str, more: str = "") -> str:
    return f"{X}layer = nn.Conv1d({arguments}){more}\n"


CALL = "y = layer(x)"
COLUMN = LABELS + "labels = torch.zeros(4, 1).long()"
SAVED = 'saved = {f"module.{key}": each for key, each in layer.state_dict().items()}'
FIVES = "labels = torch.full((4, 18), 5)"
TWO = "a, b = torch.rand(4, 6, 20), torch.rand(4, 6, 19)"
ONCE = "loss = layer(x).square().sum()\nloss.backward()"
DOUBLE = "expected = torch.ones(3)\nactual = expected.double()"
DIFFERENT = "samples = [torch.rand(6, 9), torch.rand(6, 7)]"
FOLD = "norm = nn.BatchNorm1d(2)"
PACKED = "x = nn.utils.rnn.pack_sequence([torch.rand(9, 6)] * 2)"
PLAIN = layer("6, 2, 3")
PROGRAMS = [
    # when a layer is built
    Case("groups", SIZES, f"nn.Conv1d({BUILT}, groups=groups)"),
    Case(
        "groups",
        SIZES.replace(" 6, 8,", " 8, 6,").replace("(4, 6", "(4, 8"),
        f"nn.Conv1d({BUILT}, groups=groups)",
    ),
    Case("groups-zero", SIZES, f"nn.Conv1d({BUILT}, groups=0)"),
    Case("same", SIZES, f'nn.Conv1d({BUILT}, stride, padding="same")'),
    Case("word", SIZES, f'nn.Conv1d({BUILT}, padding="causal")'),
    Case("word", SIZES, f'nn.Conv1d({BUILT}, padding="SAME")'),
    Case("word", SIZES, f'nn.Conv1d({BUILT}, padding="full")'),
    Case("word", SIZES, 'F.conv1d(x, torch.rand(2, 6, 3), padding="causal")'),
    Case("mode", SIZES, f'nn.Conv1d({BUILT}, padding_mode="constant")'),
    Case("mode", SIZES, f'nn.Conv1d({BUILT}, padding_mode="symmetric")', ["'symmetric'"]),
    Case("kernel-missing", SIZES, "nn.Conv1d(in_channels, out_channels)"),
    Case("kernel-missing", SIZES, "nn.Conv1d(in_channels)"),
    Case("transposed-mode", SIZES, f'nn.ConvTranspose1d({BUILT}, padding_mode="reflect")'),
    Case("transposed-same", SIZES + f'layer = nn.ConvTranspose1d({BUILT}, padding="same")', CALL),
    Case("reference/parameters#in-channels", SIZES, "nn.Conv1d(in_channels / 1, out_channels, kernel_size)"),
    Case("reference/parameters#dtype", SIZES, f'nn.Conv1d({BUILT}, dtype="float64")'),
    Case("reference/parameters#device", SIZES, f'nn.Conv1d({BUILT}, device="tpu")', ["called tpu"]),
    Case("guide/precision#int64", SIZES, f"nn.Conv1d({BUILT}, dtype=torch.int64)"),
    # when it is called
    Case("non-positive", layer("6, 2, 3, stride=0"), CALL, ["The stride"]),
    Case("non-positive", layer("6, 2, 3, dilation=0"), CALL, ["The dilation"]),
    Case("elsewhere", layer("6, 2, 3, dilation=0").replace("(4,", "(1,"), CALL, ["The dilation"]),
    Case("negative", layer("6, 2, 3, padding=-1"), CALL),
    Case("reference/parameters#kernel-size", layer("6, 2, 0").replace("(4,", "(1,"), CALL, ["size 0"]),
    Case("weight-rank", X + "weight = torch.rand(6, 3)", "F.conv1d(x, weight)"),
    Case("arguments", PLAIN + "x = x.numpy()", CALL, ["NumPy"]),
    Case("arguments", PLAIN + "x = x.tolist()", CALL, ["list"]),
    Case("arguments", PLAIN + "x = (x, None)", CALL, ["tuple"]),
    Case(
        "arguments",
        PLAIN + PACKED,
        CALL,
        ["packed"],
    ),
    Case("arguments", layer("6, 2, 3, stride=4 / 2"), CALL, ["float"]),
    Case("arguments", X + "weight = torch.rand(2, 6, 3)", "F.conv1d(x, weight, bias=True)", ["True"]),
    Case("arguments", X + "weight = torch.rand(2, 6, 3)", 'F.conv1d(x, weight, padding_mode="circular")'),
    Case("output-padding", X + "layer = nn.ConvTranspose1d(6, 2, 3, 2, output_padding=-1)", CALL),
    Case("output-size", SIZES + f"layer = nn.ConvTranspose1d({BUILT})", "layer(x, output_size=22)"),
    Case("guide/padding#errors", X, 'F.pad(x, (1, 1), "zeros")'),
    Case("lazy", X + "layer = nn.LazyConv1d(2, 3)", "layer.weight.numel()"),
    Case("numpy", PLAIN, "layer(x).numpy()"),
    Case("channels-last", PLAIN, "x.to(memory_format=torch.channels_last)"),
    Case("view", X + "x = x.permute(0, 2, 1)", "x.view(4, 120)"),
    Case("device", layer("6, 2, 3, bias=False") + "x = torch.fft.fft(x)", CALL, ["complex"]),
    Case("dtype", X + "x = x.long()\nlayer = nn.MaxPool1d(2)", CALL, ["int64"]),
    Case("dtype", X + "x = x.long()\nlayer = nn.BatchNorm1d(6)", CALL, ["int64"]),
    Case("dtype", X + "x = x.double()\nlayer = nn.Linear(20, 3)", CALL, ["float64"]),
    # around it
    Case("norm-dtype", X + "x = x.double()\nlayer = nn.BatchNorm1d(6)", CALL),
    Case("norm-dtype", X + "layer = nn.BatchNorm1d(6).half()", CALL),
    Case("norm-axes", "x = torch.rand(4, 1, 6, 20)\nlayer = nn.BatchNorm1d(6)", CALL, ["4 axes"]),
    Case("norm-axes", "x = torch.rand(6)\nlayer = nn.BatchNorm1d(6).eval()", CALL, ["single row"]),
    Case("norm-axes", X + "layer = nn.BatchNorm2d(6)", CALL, ["3 came"]),
    Case("norm-channels", X + "layer = nn.GroupNorm(1, 5)", CALL, ["found 6"]),
    Case("pool-empty", "x = torch.rand(4, 6, 0)\nlayer = nn.AdaptiveMaxPool1d(1)", CALL, ["axis 2"]),
    Case("upsample", X, 'F.interpolate(x, scale_factor=2, mode="bilinear")', ["yours has 3"]),
    Case("silent-unfold", X + "kernel_size = 7", "F.unfold(x, (7, 7))"),
    Case(
        "guide/task#errors",
        LABELS + "labels = torch.rand(4)",
        "F.binary_cross_entropy_with_logits(y, labels)",
    ),
    Case(
        "target",
        COLUMN,
        "F.cross_entropy(scores, labels)",
        ["two axes"],
    ),
    Case(
        "target",
        PLAIN + FIVES,
        "F.cross_entropy(layer(x), labels)",
        ["5 + 1"],
    ),
    Case(
        "residual",
        "a, b = torch.rand(4, 6, 20), torch.rand(4, 6, 19)",
        "torch.cat([a, b], dim=1)",
        ["20, the other 19"],
    ),
    Case(
        "guide/padded-batches#padded-batches",
        "samples = [torch.rand(6, 9), torch.rand(6, 7)]",
        "torch.stack(samples)",
    ),
    Case("guide/text#errors", "embedding = nn.Embedding(9, 4)\nx = torch.zeros(2, 3)", "embedding(x)"),
    Case("guide/gradients#errors", LABELS, "(y * 2).backward()"),
    Case(
        "guide/gradients#errors",
        PLAIN + ONCE,
        "loss.backward()",
    ),
    Case("guide/gradients#errors", PLAIN, "layer.weight.fill_(1)"),
    Case("guide/initial-values#errors", PLAIN, "nn.init.xavier_uniform_(layer.bias)"),
    Case("guide/initial-values#errors", PLAIN, 'nn.init.calculate_gain("gelu")'),
    Case("guide/initial-values#errors", PLAIN, "layer.weight = torch.rand(2, 6, 3)"),
    Case(
        "guide/precision#errors",
        "expected = torch.ones(3)\nactual = expected.double()",
        "torch.testing.assert_close(actual, expected)",
    ),
    Case(
        "guide/production#errors",
        PLAIN + FOLD,
        "nn.utils.fusion.fuse_conv_bn_eval(layer, norm)",
    ),
    Case(
        "guide/state-dict#state-dict",
        PLAIN + 'saved = {f"module.{key}": each for key, each in layer.state_dict().items()}',
        "layer.load_state_dict(saved)",
        ["DataParallel"],
    ),
    Case("axes", "x = torch.rand(2, 3, 4, 5, 6)\nlayer = nn.Conv1d(3, 2, 1)", CALL, ["5 axes"]),
    Case("axes", "x = torch.rand(20)\nlayer = nn.MaxPool1d(2)", CALL, ["one axis"]),
    Case("channels", "x = torch.rand(2, 3, 10)\nlayer = nn.Conv2d(3, 5, (1, 4))", CALL, ["height"]),
    Case("permute", X, "x.permute(1, 0)", ["3 axes"]),
    Case(
        "target",
        PLAIN + "labels = torch.zeros(4, 2, 18).long()",
        "F.cross_entropy(layer(x), labels)",
        ["Long"],
    ),
    Case("target", PLAIN + "labels = torch.zeros(4, 18, 2).long()", "F.cross_entropy(layer(x), labels)"),
    Case("target", PLAIN + "labels = torch.zeros(4, 18)", "F.cross_entropy(layer(x), labels)", ["Float"]),
    Case("guide/task#errors", COLUMN, "F.binary_cross_entropy_with_logits(y, labels)", ["floats"]),
]
# What begins so does not cure by itself: the call that had failed must run behind it.
BEFORE = ("labels = ", "saved = ", "layer.eval()")
