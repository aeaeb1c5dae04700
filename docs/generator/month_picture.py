"""Take the picture of the month page, with a headless browser if there is one."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from docs.generator.pages import DOCS
from docs.generator.sample import run, sample_database

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = "820,1380"
MONTH = "2026-10"


def write() -> None:
    """Write the picture; without a browser the old one stays."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no browser found: docs/images/month-page.png was not taken")
        return
    with tempfile.TemporaryDirectory() as folder, sample_database():
        page = Path(folder) / "month.html"
        run("report", "month", "--month", MONTH, "--html", str(page))
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--user-data-dir={folder}/profile", f"--window-size={SIZE}",
                f"--screenshot={DOCS / 'images' / 'month-page.png'}", page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
