"""Texts that no network is: what throws, grows without end, fills a stack or takes long if nothing holds it."""

from __future__ import annotations

LONG = 20_000  # characters that the page reads


def filled(part: str) -> str:
    return (part * (LONG // len(part) + 1))[:LONG]


ODD = [
    "", "\n\n\n", "(" * 5000, "[" * 200 + "nn.Conv1d", "nn.Conv1d(" * 400, "x" * 60000, "\u202e\u0000\ufffd", "'''", '"""', "f'{x}'",
    "nn.Conv1d(1e999, -1, 3)", "for i in range(10**9):\n    x = nn.ReLU()(x)", "while True:\n    pass", "def f(x): return f(x)\nf(1)",
    "class A(nn.Module):\n    def forward(self, x): return self(x)\nA()", "nn.Sequential(*[nn.ReLU() for _ in range(10**6)])",
    "a = [0] * 10**9", "x = 2 ** 10 ** 10", "nn.Conv1d(3, 16, kernel_size=", "nn.Conv1d(3, 16, **{})", "self.a = self.b = nn.ReLU()",
    "lambda x: x", "{1: 2, 3}", "nn.Linear(__import__('os').system('x'), 3)", "constructor", "__proto__ = nn.ReLU()", "nn.__proto__(3)",
    "nn.Conv1d(3, 8, 5)(x).constructor", "toString()", "x = x.hasOwnProperty(1)", "卷积（三，十六）", "nn.Conv1d(\n# )\n3, 8, 5)", "\\", ";" * 3000,
]  # fmt: skip
# What doubles with each line, or holds itself.
GROWS = [
    "layers = [nn.ReLU()]\nfor i in range(300):\n    layers += layers\nnet = nn.Sequential(*layers)",
    "layers = [nn.ReLU()]\n" + "layers.extend(layers)\n" * 60 + "nn.Sequential(*layers)",
    "x = 1\n" + "x = [x, x]\n" * 60 + "nn.Conv1d(3, x, 3)",
    "x = 1\n" + "x = [x] * 200\n" * 5 + "nn.Conv1d(3, x, 3)",
    "a = []\na.append(a)\nnn.Conv1d(a, 3, 3)",
    "net = nn.ReLU()\n" + "net = nn.Sequential(net, net)\n" * 60 + "net(x)",
    "net = nn.Sequential()\nnet.append(net)\nnet(x)",
    "net = nn.ModuleList()\nnet.append(net)\nnn.Sequential(net)",
    "y = torch.rand(8, 3, 100)\n" + "y = torch.cat([y, y], 1)\n" * 60,
    "\n".join(f"def f{i + 1}(x):\n    return f{i}(f{i}(x))" for i in range(60)) + "\nf60(x)",
    "x = [[[i * j * k for i in range(300)] for j in range(300)] for k in range(300)]",
    "class A(nn.Module):\n    def __init__(self):\n        self.a = A()\n    def forward(self, x):\n        return self.a(x)\nA()(x)",
    "x = " + "9**" * 6000 + "9",
    "nn.Conv1d(" + "9" * 400 + ", 3, 3)",
]
# As long as what the page reads.
FULL = [filled(part) for part in (
    "nn.Conv1d(3, 3, 3, padding=1)\n", "nn.Conv1d(3, 3, 3)\n", "nn.MaxPool1d(2)\n", "x = x.permute(0, 2, 1)\n", "x = x.view(8, 3, 100)\n",
    "Sequential(\n  (0): Conv1d(3, 3, kernel_size=(3,), stride=(1,), padding=(1,))\n)\n", ">>> nn.Conv1d(3, 3, 3, padding=1)\n",
    "def f(x):\n  return x\n", "a = b\n", "a:\n", "'a\n", "| a | b |\n", "<div>&lt;", "x < ", "- ", "not ", "lambda x: ", "1, ", "[1, 2, 3] ",
    "The quick brown fox jumps over the lazy dog. ", "卷积层的输入通道数是多少，", " ", "\n", " \n", "\\\n", "#\n", "1", "\0", "🙂",
    "RuntimeError: x\n", 'Traceback (most recent call last):\n  File "x.py", line 3, in <module>\n    y = conv(x)\n',
    "RuntimeError: Given groups=1, weight of size [2, 3, 4], expected input[1, 10, 3] to have 3 channels, but got 10 channels instead\n",
    'Missing key(s) in state_dict: "a", ', "Expected ", "> > > ", "mat1 and mat2 shapes cannot be multiplied (8x784 and 100x10) ",
)]  # fmt: skip
