"""What terminals, notebooks, logs and forums put around an error message."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

FRAMES = """Traceback (most recent call last):
  File "/project/train.py", line 57, in <module>
    main()
  File "/env/lib/python3.11/site-packages/torch/nn/modules/module.py", line 1751, in _wrapped_call_impl
    return self._call_impl(*args, **kwargs)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/env/lib/python3.11/site-packages/torch/nn/modules/conv.py", line 371, in forward
    return self._conv_forward(input, self.weight, self.bias)
"""
NOTEBOOK = """---------------------------------------------------------------------------
RuntimeError                              Traceback (most recent call last)
<ipython-input-12-5878c7fe2af8> in <module>
      7 x = torch.rand(5, 10, 3)  # a batch
----> 9 out = layer(x)
     10 print(out.shape)

/env/lib/python3.10/dist-packages/torch/nn/modules/module.py in _call_impl(self, *args, **kwargs)
   1749                 or _global_backward_hooks
-> 1751             return forward_call(*args, **kwargs)

"""


def untyped(message: str, _: random.Random) -> str:
    return message.split(": ", 1)[1]


def traceback(message: str, _: random.Random) -> str:
    return FRAMES + message + "\n"


def notebook(message: str, _: random.Random) -> str:
    return NOTEBOOK + message


def windows(message: str, _: random.Random) -> str:
    return (FRAMES.replace("/", "\\") + message + "\n").replace("\n", "\r\n")


def hard(message: str, draw: random.Random) -> str:
    """Broken by a terminal after so many signs, wherever that is."""
    width = draw.choice([80, 100, 120])
    lines = message.split("\n")
    return FRAMES + "\n".join(
        "\n".join(line[i : i + width] for i in range(0, len(line), width)) for line in lines
    )


def soft(message: str, draw: random.Random) -> str:
    width = draw.choice([60, 72, 80])
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in message.split("\n")
    )


def pytests(message: str, _: random.Random) -> str:
    lines = message.split("\n")
    return (
        "    def test_layer():\n>       layer(x)\n\ntest_layer.py:7:\n_ _ _ _ _ _ _\n"
        + "\n".join(f"E       {line}" for line in lines)
        + "\n\nconv.py:371: RuntimeError\n"
    )


def colours(message: str, _: random.Random) -> str:
    kind, text = message.split(": ", 1)
    text = text.replace(" ", "\x1b[0m ", 1)
    return f"\x1b[0;31m---------\x1b[0m\n\x1b[0;31m{kind}\x1b[0m: {text}\x1b[0m"


def log(message: str, _: random.Random) -> str:
    at = "2026-06-16 01:12:15,44"
    return (
        f"{at}5 - trainer - INFO - epoch 1\n{at}7 - trainer - ERROR - {message}\n{at}8 - trainer - INFO - bye"
    )


def rank(message: str, _: random.Random) -> str:
    lines = (FRAMES + message).split("\n")
    return (
        "\n".join(f"[rank0]: {line}" for line in lines)
        + "\n[rank0]:[W616 01:12:15.448] Warning: destroy_process_group() was not called\n"
    )


def distributed(message: str, _: random.Random) -> str:
    return (
        FRAMES
        + message
        + '\n\nTraceback (most recent call last):\n  File "run.py", line 3, in launch\n'
        + "subprocess.CalledProcessError: Command '['python', 'train.py']' returned non-zero exit status 1.\n"
    )


def curly(message: str, _: random.Random) -> str:
    return f"I get “{message.replace(chr(39), '’')}” — why?"


def quoted(message: str, _: random.Random) -> str:
    return "> Hello,\n" + "\n".join(f"> {line}" for line in message.split("\n")) + "\n\nsame here, any news?"


def fenced(message: str, _: random.Random) -> str:
    return f"## What happens\n```\n{FRAMES}{message}\n```\nPython 3.11, torch 2.4"


def inline(message: str, _: random.Random) -> str:
    return f"Running it ends with `{message}` on my machine."


def entities(message: str, _: random.Random) -> str:
    return message.replace("'", "&#39;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def chinese(message: str, _: random.Random) -> str:
    return f"运行训练脚本时报错：{message}。请问这是什么原因？谢谢！"


def full_width(message: str, _: random.Random) -> str:
    head, *rest = message.split("\n")
    head = head.replace(", ", "，").replace(": ", "：").replace("(", "（").replace(")", "）")
    return "报错如下\n" + "\n".join([head, *rest])


def japanese(message: str, _: random.Random) -> str:
    return f"以下のエラーが出ます。\n{message}\n解決方法を教えてください。"


def russian(message: str, _: random.Random) -> str:
    return f"Подскажите, при обучении получаю ошибку:\n\n{message}\n\nКак исправить?"


def french(message: str, _: random.Random) -> str:
    return f"Bonjour, j’obtiens l’erreur suivante : « {message} ». Comment la corriger ?"


def earlier(message: str, _: random.Random) -> str:
    during = "During handling of the above exception, another exception occurred:"
    return f"{FRAMES}KeyError: 'x'\n\n{during}\n\n{FRAMES}{message}"


def framed(message: str, _: random.Random) -> str:
    """As the package rich draws it."""
    rows = [
        "╭──── Traceback (most recent call last) ────╮",
        "│ /project/train.py:57 in <module>           │",
        "│ ❱ 57 main()                                │",
        "╰────────────────────────────────────────────╯",
    ]
    return "\n".join(rows) + "\n" + message


def repeated(message: str, _: random.Random) -> str:
    return FRAMES + message + "\n\n" + FRAMES + message


def one_line(message: str, _: random.Random) -> str:
    return '{"level": "error", "exc": "' + (FRAMES + message).replace('"', '\\"').replace("\n", "\\n") + '"}'


WRAPPINGS: list[Callable[[str, random.Random], str]] = [
    untyped, traceback, notebook, windows, hard, soft, pytests, colours, log, rank, distributed, curly,
    quoted, fenced, inline, entities, chinese, full_width, japanese, russian, french, earlier, framed,
    repeated, one_line,
]  # fmt: skip
