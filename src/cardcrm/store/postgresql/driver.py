"""psycopg, loaded without what a command of the shell never uses.

**Its search for its own version.** While they are loaded, psycopg and its half in C each ask
`importlib.metadata` for their version, which takes a tenth of the time of a whole quick command: it
loads the parsers of mail and of zip files, and looks through every folder that Python imports from.
The same number stands in the name of the folder that an installer writes beside a package
(``psycopg-3.2.1.dist-info``; see "Recording installed projects" in the Python Packaging User
Guide). So the two modules that say it are made here, before psycopg asks. Where anything is not as
installers leave it, psycopg asks as ever.

**What it only names.** It loads `asyncio` for its half that awaits; `ctypes.util` to look for a
libpq, where it has no half in C; and `ssl`, so that Python and libpq do not both set up an old
OpenSSL (since 1.1.0, the oldest that Python takes, OpenSSL sets itself up: "PQinitOpenSSL" in the
manual of PostgreSQL). They bring processes and temporary files with them: a sixth of what psycopg
costs. So stand-ins answer for them until psycopg is there; whoever asks for one of them afterwards
gets the real one. What is loaded already, as `asyncio` under the screen, is left alone. Only
psycopg's classes for ``async`` are of no use afterwards.

What it would write to standard error by itself, of lines lost in the middle, is told by our errors.
"""

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

# What psycopg names of other modules while it is loaded, and uses only when somebody awaits.
_NAMED: Mapping[str, AbstractSet[str]] = {
    "asyncio": {"CancelledError", "Future", "Lock", "Queue", "Task", "get_running_loop", "sleep"},
    "ctypes.util": set(),
    "ssl": set(),
}
_PACKAGES = ("psycopg", "psycopg_c", "psycopg_binary")
_VERSION = r"{package}-(\d+(?:\.\w+)+)\.dist-info"


def load() -> None:
    """Load psycopg as cheaply as can be. Raises ImportError where there is none."""
    if "psycopg" in sys.modules:
        return
    made = {package: module for package in _PACKAGES if (module := _made(package))}
    sys.modules.update({module.__name__: module for module in made.values()})
    try:
        with _spared():
            import logging

            import psycopg  # noqa: F401 - for those who import it after us

        logging.getLogger("psycopg").addHandler(logging.NullHandler())
    finally:
        for package, module in made.items():
            if package in sys.modules:
                sys.modules[package].version = module  # type: ignore[attr-defined]
            else:
                sys.modules.pop(module.__name__, None)


def _made(package: str) -> ModuleType | None:
    """The module that says a package's version, if there is one and the version is plain to see."""
    found = PathFinder.find_spec(package)
    places = list(found.submodule_search_locations or ()) if found else []
    name = f"{package}.version"
    spec = PathFinder.find_spec(name, places) if len(places) == 1 else None
    version = _version_beside(places[0], package) if spec else ""
    return _module(spec, version) if spec and version else None


def _version_beside(place: str, package: str) -> str:
    """The version that the one folder beside a package names; "" where it is not just one."""
    try:
        names = os.listdir(os.path.dirname(place))
    except OSError:  # inside a zip file, for example
        return ""
    pattern = _VERSION.format(package=package)
    found = [named[1] for name in names if (named := re.fullmatch(pattern, name))]
    return found[0] if len(found) == 1 else ""


def _module(spec: ModuleSpec, version: str) -> ModuleType:
    module = ModuleType(spec.name)
    module.__spec__, module.__file__, module.__package__ = spec, spec.origin, spec.parent
    module.__dict__["__version__"] = version
    return module


@contextlib.contextmanager
def _spared() -> Iterator[None]:
    """Let stand-ins answer for what is only named, as long as this lasts."""
    standing = {name: _StandIn(name) for name in _NAMED if name not in sys.modules}
    if "ctypes.util" in standing:
        import ctypes

        ctypes.util = standing["ctypes.util"]  # psycopg asks the package for it
    sys.modules.update(standing)
    try:
        yield
    finally:
        for stand_in in standing.values():
            stand_in.leave()


class _StandIn(ModuleType):
    """A module of the names that are only named; for any other it loads the real one."""

    def __getattr__(self, name: str) -> object:
        if name in _NAMED[self.__name__]:
            return _Nobody
        if name.startswith("__"):  # the import system looks for a path
            raise AttributeError(name)
        self.leave()
        return getattr(import_module(self.__name__), name)

    def leave(self) -> None:
        """Make room for the real module, if that has not come already."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


class _Nobody(BaseException):
    """What is named and never used: caught, inherited from, or filled in with a type."""

    def __class_getitem__(cls, _: object) -> type["_Nobody"]:
        return cls
