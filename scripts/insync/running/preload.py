"""What is worth importing before a fork, read off the snippets' sources."""

import re
from collections.abc import Iterable

_PRELOADABLE = ("torch", "numpy", "matplotlib")
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w.]+)", re.MULTILINE)


def preload_of(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules to import.

    Large packages that the snippets import, and what the first optimiser step or operation count would
    import at a cost of most of a second.
    """
    modules: set[str] = set()
    for source in sources:
        modules |= {name for name in _IMPORT.findall(source) if name.split(".")[0] in _PRELOADABLE}
        if "torch" in source and ("optim" in source or "flop_counter" in source):
            modules |= {"torch._dynamo", "torch.utils.flop_counter"}
        if "torch" in source and "assert_close" in source:
            modules.add("torch.distributed.tensor")  # what it asks whether its arguments are; with sympy
        if "pyplot" in source:
            modules |= {"matplotlib.pyplot", "matplotlib.backends.backend_svg"}
    return tuple(sorted(modules))
