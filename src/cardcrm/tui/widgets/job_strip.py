"""The line that shows the progress of a long job."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult

from cardcrm.block_characters import bar
from cardcrm.text import sanitize, shorten
from cardcrm.tui.bulk_jobs import Job
from cardcrm.tui.context import context_of
from cardcrm.tui.widgets.header_footer import ClickableLine

_WIDE = 70  # cells from which on the time left is shown
_LEAST_BAR = 8  # cells


class JobStrip(ClickableLine):
    """A line with the description of the job, a bar, and the key that stops it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "job-strip--bar", "job-strip--key", "job-strip--dim",
    }  # fmt: skip
    DEFAULT_CSS = """
    JobStrip { height: 1; background: $panel; color: $foreground; }
    JobStrip > .job-strip--bar { color: $primary; }
    JobStrip > .job-strip--key { color: $primary; text-style: bold; }
    JobStrip > .job-strip--dim { color: $muted; }
    """

    def on_mount(self) -> None:
        """Draw the line ten times a second, and move notices above it."""
        self.set_interval(0.1, self.refresh)
        self.screen.add_class("-job-running")

    def on_unmount(self) -> None:
        """Move notices back."""
        self.screen.remove_class("-job-running")

    def render(self) -> RenderResult:
        """Return the line."""
        context = context_of(self)
        job = context.database.job
        if not isinstance(job, Job):
            return Text()
        style = self.get_component_rich_style
        key = f" {context.key_of('stop')} "
        ending = "stopping … " if job.is_stopping else "stop "
        share = f" {job.share:4.0%} " if job.total else " … "
        times = self._times(job)
        room = self.size.width - len(key) - len(ending) - len(share) - len(times)
        words = shorten(f" {sanitize(job.words)} ", max(room - _LEAST_BAR, 12))
        line = Text(words, no_wrap=True, overflow="crop", end="")
        line.append(
            bar(job.share, max(room - len(words), 0)), style("job-strip--bar", partial=True)
        )
        line.append(share)
        line.append(times, style("job-strip--dim", partial=True))
        stop = line.cell_len
        line.append(key, style("job-strip--key", partial=True))
        line.append(ending, style("job-strip--dim", partial=True))
        self.spots = ((stop, self.size.width, "app.stop"),)
        return line

    def _times(self, job: Job) -> str:
        """Return the time left and the number of waiting changes, if there is room."""
        if self.size.width < _WIDE or job.is_stopping:
            return ""
        waiting = f"{job.waiting} waiting" if job.waiting else ""
        return f" {', '.join(filter(None, (job.time_left, waiting)))} "
