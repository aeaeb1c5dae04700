"""psycopg is loaded without what the shell never uses, and nobody notices what was left out."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cardcrm

pytest.importorskip("psycopg")

LOAD = """
import sys
before = set(sys.modules)
from cardcrm.store.postgresql import driver
driver.load()
import psycopg
"""


def said(program: str, *folders: Path, first: str = "") -> str:
    """What a fresh process prints that did something ``first`` and then loaded the driver."""
    source = Path(cardcrm.__file__).parent.parent
    path = os.pathsep.join(map(str, (*folders, source)))
    done = subprocess.run(
        [sys.executable, "-c", f"{first}\n{LOAD}{program}"], env={**os.environ, "PYTHONPATH": path},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_its_version_is_the_one_that_is_installed():
    told = said(
        "from importlib import metadata\n"
        "import psycopg.version\n"
        "assert psycopg.__version__ == psycopg.version.__version__ == metadata.version('psycopg')\n"
        "half = psycopg.pq.__impl__\n"
        "if half != 'python':\n"
        "    package = sys.modules[f'psycopg_{half}']\n"
        "    assert package.__version__ == metadata.version(f'psycopg-{half}')\n"
        "    assert package.version.__version__ == package.__version__\n"
        "print('the same')\n"
    )
    assert told == "the same"


def test_it_writes_nothing_to_standard_error_by_itself():
    told = said(
        "import logging\n"
        "print('hushed')\n"
        "sys.stderr = sys.stdout\n"
        "logging.getLogger('psycopg').warning('error ignored terminating %r', 'COPY')\n"
        "logging.getLogger('psycopg.pq').warning('error ignored')\n"
    )
    assert told == "hushed"


def test_it_looks_for_no_version():
    heavy = "{'importlib.metadata', 'email.message', 'zipfile'}"
    told = said(f"print(len(psycopg.__version__) > 4, {heavy} & (set(sys.modules) - before))")
    assert told == "True set()"


def test_what_only_those_who_await_would_use_is_not_loaded():
    unused = "{'asyncio', 'asyncio.events', 'ctypes.util', 'ssl', 'subprocess'}"
    told = said(
        "from cardcrm.store.postgresql import engine as postgres\n"
        f"print(psycopg.pq.__impl__, {unused} & (set(sys.modules) - before))"
    )
    assert told in ("c set()", "binary set()")


def test_whoever_comes_for_it_afterwards_gets_the_real_one():
    told = said(
        "import asyncio, ctypes.util, inspect, ssl\n"
        "async def answer():\n"
        "    await asyncio.sleep(0)\n"
        "    return 42\n"
        "print(asyncio.run(answer()), inspect.isfunction(ctypes.util.find_library), ssl.CERT_NONE)"
    )
    assert told == "42 True 0"


def test_psycopg_still_finds_a_library_when_it_looks_for_one():
    told = said(
        "from psycopg.pq.misc import find_libpq_full_path\n"
        "found = find_libpq_full_path()\n"
        "import ctypes.util\n"
        "print(found == ctypes.util.find_library('pq') or sys.platform != 'linux')"
    )
    assert told == "True"


def test_where_somebody_awaits_already_psycopg_does_too():
    told = said(
        "from psycopg import _acompat, waiting\n"
        "print(waiting.sleep is asyncio.sleep, issubclass(_acompat.AQueue, asyncio.Queue))",
        first="import asyncio",
    )
    assert told == "True True"


def test_a_psycopg_that_asks_for_more_gets_more(tmp_path):
    made = package(tmp_path)
    with (made / "__init__.py").open("a") as file:
        file.write("import asyncio\nfrom asyncio import Future, iscoroutine\n")
    told = said("import asyncio\nprint(psycopg.iscoroutine is asyncio.iscoroutine)", tmp_path)
    assert told == "True"


def test_nothing_is_left_of_a_half_that_is_not_used(tmp_path):
    package(tmp_path)
    assert said("print([name for name in sys.modules if 'psycopg_' in name])", tmp_path) == "[]"


def package(folder: Path) -> Path:
    """A psycopg that says of its version what it was told."""
    made = folder / "psycopg"
    made.mkdir()
    (made / "__init__.py").write_text("from .version import __version__\n")
    (made / "version.py").write_text('__version__ = "asked"\n')
    return made


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        (["psycopg-9.1.2.dist-info"], "9.1.2"),
        (["psycopg-9.1.dev1.dist-info", "psycopg_pool-3.2.dist-info"], "9.1.dev1"),
        ([], "asked"),
        (["psycopg-9.1.2.dist-info", "psycopg-9.1.1.dist-info"], "asked"),
        (["psycopg-9.1.2.egg-info"], "asked"),
        (["psycopg-nonsense.dist-info"], "asked"),
    ],
)
def test_where_its_version_is_not_plain_to_see_it_is_asked(tmp_path, beside, told):
    package(tmp_path)
    for name in beside:
        (tmp_path / name).mkdir()
    assert said("print(psycopg.__version__)", tmp_path) == told


def test_from_a_zip_file_it_is_asked(tmp_path):
    made = package(tmp_path)
    file = tmp_path / "packages.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for each in made.iterdir():
            packed.write(each, f"psycopg/{each.name}")
        packed.writestr("psycopg-9.1.2.dist-info/METADATA", "Version: 9.1.2\n")
    assert said("print(psycopg.__version__)", file) == "asked"


def test_without_it_the_error_is_the_usual_one(tmp_path):
    program = (
        "from cardcrm.store.postgresql import driver\n"
        "sys.path[:] = [path for path in sys.path if 'site-packages' not in path]\n"
        "for name in [name for name in sys.modules if name.startswith('psycopg')]:\n"
        "    del sys.modules[name]\n"
        "sys.path_importer_cache.clear()\n"
        "try:\n"
        "    driver.load()\n"
        "except ImportError as error:\n"
        "    print(error.name)\n"
    )
    package(tmp_path)  # the one that is loaded first
    assert said(f"sys.path.remove({str(tmp_path)!r})\n{program}", tmp_path) == "psycopg"
