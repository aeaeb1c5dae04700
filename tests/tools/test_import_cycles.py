from pathlib import Path

import pytest

from tools import import_cycles


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    modules = {
        "__init__": "",
        "orders": "from shop import prices\n",
        "prices": "def load():\n    from shop.stock import count\n",
        "stock": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.orders\n",
        "till": "from shop import orders, stock\n",
    }
    for name, text in modules.items():
        (tmp_path / "shop" / f"{name}.py").write_text(text)
    return tmp_path


def test_deferred_and_type_checking_imports_close_a_cycle(source: Path) -> None:
    graph = import_cycles.import_graph(source)
    assert import_cycles.find_cycles(graph) == [["shop.orders", "shop.prices", "shop.stock"]]


def test_the_imports_of_a_cycle_are_printed(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_cycles.main([str(source)]) == 1
    assert "  shop.prices -> shop.stock\n" in capsys.readouterr().out


def test_a_tree_without_cycles_passes(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "shop" / "stock.py").write_text("import json\n")
    assert import_cycles.main([str(source)]) == 0
    assert not capsys.readouterr().out
