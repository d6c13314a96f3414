"""What an expression could change and would move another number by: generators, names and what they hold."""

import contextlib
import functools
import io
import marshal
import os
import pickle
import random
import sys
import sysconfig
import types
import zlib
from typing import Any

from insync.running.evaluate import silence

State = dict[str, object]
_PLAIN = (int, float, complex, str, bytes, range, types.NoneType, types.ModuleType)
_DATA = frozenset({int, float, complex, bool, str, bytes, types.NoneType})
_CONTAINERS = frozenset({list, tuple, set, frozenset, dict})
# Whose objects are looked into, besides those of the snippet's own files.
_OPEN = frozenset({"builtins", "collections", "itertools", "array", "types", "random", "_random", "_io"})
_INSTALLED = tuple(sysconfig.get_path(each) for each in ("stdlib", "platstdlib", "purelib", "platlib"))


def state_of(namespace: dict[str, Any]) -> State:
    """By the names of what could change, something that is equal as long as it has not."""
    state: State = {"Python's random state": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        with _whatever():  # it can be given a generator without any
            state["NumPy's random state"] = pickle.dumps(numpy.random.get_state(legacy=False))
    if torch := sys.modules.get("torch"):
        state["torch's random state"] = torch.get_rng_state().numpy().tobytes()
        state["torch's settings"] = torch.is_grad_enabled(), torch.get_default_dtype()
    if pyplot := sys.modules.get("matplotlib._pylab_helpers"):
        state["the open figures"] = tuple(pyplot.Gcf.figs)
    state["the environment"] = dict(os.environ)
    sums: dict[int, int] = {}
    with silence():  # iterators can be pickled, and say that one day they cannot
        for name, value in namespace.items():
            # What begins so is Python's own, such as the register of warnings that were shown.
            if not str(name).startswith("__") and value is not namespace:
                plain = issubclass(type(value), _PLAIN)
                state[f"`{name}`"] = id(value), None if plain else _contents(value, sums)
    return state


def _whatever() -> contextlib.AbstractContextManager[None]:
    """What is not the snippet's fault may not end its run: an object can raise anything when looked at."""
    return contextlib.suppress(BaseException)


def changes(before: State, after: State) -> list[str]:
    """The names of what is not as it was."""
    return [name for name in (before | after) if before.get(name) != after.get(name)]


def _contents(value: Any, sums: dict[int, int]) -> int:
    """A checksum of what a value holds, as far as that can be known; `sums` has those of arrays by id."""
    digest = _Digest()
    with _whatever():
        if issubclass(type(value), types.FunctionType):
            cells = [cell.cell_contents for cell in value.__closure__ or () if cell != types.CellType()]
            value = value.__defaults__, value.__kwdefaults__, value.__dict__, cells
        elif issubclass(type(value), type):
            value = {
                key: each
                for key, each in vars(value).items()
                if not key.startswith("__") and not callable(each)
            }
        if _is_data(value):
            digest.write(marshal.dumps(value, 2))  # many times faster
        else:
            _Pickler(digest, sums).dump(value)
    return digest.value


def _is_data(value: Any) -> bool:
    """Whether there is nothing in it but numbers, texts and containers of them."""
    if type(value) not in _CONTAINERS:
        return type(value) in _DATA
    parts = (value.keys(), value.values()) if type(value) is dict else (value,)
    return all(
        kinds <= _DATA
        or (kinds <= _DATA | _CONTAINERS and all(_is_data(each) for each in part if type(each) not in _DATA))
        for part, kinds in ((part, set(map(type, part))) for part in parts)
    )


class _Digest:
    """Keeps a checksum of what is written to it, and nothing else."""

    value = 0

    def write(self, data: Any) -> None:
        self.value = zlib.crc32(data, self.value)


class _Pickler(pickle.Pickler):
    """Writes what could change; of tensors their version, of what is not open its identity."""

    def __init__(self, digest: _Digest, sums: dict[int, int]) -> None:
        super().__init__(digest, protocol=5)
        self._sums = sums

    def persistent_id(self, value: Any) -> object:
        if isinstance(value, _CLOSED):
            return id(value)
        if type(value).__module__ == "builtins":
            return None
        torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
        if torch and isinstance(value, torch.Tensor):
            return _tensor(value)
        if torch and isinstance(value, torch.Generator):
            return id(value), value.get_state().numpy().tobytes()
        if numpy and isinstance(value, numpy.ndarray):
            return id(value), self._array(id(value), numpy.asarray(value))
        if numpy and isinstance(value, numpy.random.Generator):
            return id(value), repr(value.bit_generator.state)
        if isinstance(value, io.IOBase) and not isinstance(value, io.StringIO | io.BytesIO):
            with contextlib.suppress(OSError, ValueError):
                return id(value), os.lseek(value.fileno(), 0, os.SEEK_CUR)
            return id(value)
        return (
            None
            if _is_open(type(value).__module__) or (torch and isinstance(value, torch.nn.Module))
            else id(value)
        )

    def _array(self, key: int, array: Any) -> int:
        """A checksum, for which nothing is copied if it can be helped; 0 for what cannot be written to."""
        if array.flags.writeable and key not in self._sums:
            whole = array.flags.forc and not array.dtype.hasobject
            data = array.reshape(-1, order="A").view("u1") if whole else array.tobytes()
            self._sums[key] = zlib.crc32(data)
        return self._sums.get(key, 0)

    def reducer_override(self, value: Any) -> Any:
        """Leave out what an object only remembers of itself."""
        known = _remembered(type(value))
        if not known:
            return NotImplemented
        return object, (), {key: each for key, each in vars(value).items() if key not in known}


_CLOSED = (
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    types.GeneratorType,
    types.CoroutineType,
    property,
    staticmethod,
    classmethod,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
)


@functools.cache
def _is_open(module: str) -> bool:
    """Whether objects of its classes are looked into: plain containers, iterators, and the snippet's own."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return module in _OPEN or (bool(file) and not str(file).startswith(_INSTALLED))


def _remembered(kind: type) -> frozenset[str]:
    return frozenset(
        name
        for each in kind.__mro__
        for name, part in vars(each).items()
        if isinstance(part, functools.cached_property)
    )


def _tensor(tensor: Any) -> tuple[object, ...]:
    gradient = tensor.grad if tensor.is_leaf else None
    marks = None if gradient is None else (id(gradient), gradient._version)
    return id(tensor), tensor._version, tensor.requires_grad, marks
