"""psycopg, loaded without its search for its own version.

While they are loaded, psycopg and its half in C each ask `importlib.metadata` for their version,
which takes a tenth of the time of a whole quick command: it loads the parsers of mail and of zip
files, and looks through every folder that Python imports from. The same number stands in the name
of the folder that an installer writes beside a package (``psycopg-3.2.1.dist-info``; see "Recording
installed projects" in the Python Packaging User Guide). So the two modules that say it are made
here, before psycopg asks. Where anything is not as installers leave it, psycopg asks as ever.
"""

import os
import re
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_PACKAGES = ("psycopg", "psycopg_c", "psycopg_binary")
_VERSION = r"{package}-(\d+(?:\.\w+)+)\.dist-info"


def load() -> None:
    """Load psycopg as cheaply as can be. Raises ImportError where there is none."""
    if "psycopg" in sys.modules:
        return
    made = {package: module for package in _PACKAGES if (module := _made(package))}
    sys.modules.update({module.__name__: module for module in made.values()})
    try:
        import psycopg  # noqa: F401 - for those who import it after us
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
