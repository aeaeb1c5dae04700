"""The declarations of pipelines and of their stages."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.deals.stage_kinds import KINDS, OPEN
from cardcrm.records.fields import (
    CLEAR,
    Choice,
    Context,
    Flag,
    Integer,
    Percent,
    Reference,
    Text,
    Uid,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.text import find_similar, fold

# The facts that a stage may need to be known of a deal, by the words that name them.
NEEDS = (
    "amount", "close", "org", "source", "competitor", "owner", "next", "lines", "decision-maker",
    "evaluator", "champion",
)  # fmt: skip


class Needs(Text):
    """The facts to know of a deal before it enters a stage: words with commas between them."""

    __slots__ = ()

    @staticmethod
    def normalize(value: str) -> str:
        """Return the words in the order of `NEEDS`. Raises UsageError for another word."""
        words = [fold(each) for each in value.replace(";", ",").split(",") if each.strip()]
        for word in words:
            if word not in NEEDS:
                like = find_similar(word, NEEDS, limit=1)
                meant = f"Did you mean {like[0]}? " if like else ""
                raise UsageError(f"unknown requirement “{word}”", f"{meant}Use {', '.join(NEEDS)}.")
        return ", ".join(each for each in NEEDS if each in words)


class Rotting(Integer):
    """The days without a step after which a deal rots in a stage."""

    __slots__ = ()

    def format(self, value: Any, store: Context) -> str:
        """Return ``14 days``."""
        text = super().format(value, store)
        return f"{text} day{'s' * (value != 1)}" if text else ""

    def to_text(self, value: Any, store: Context) -> str:
        """Return the number alone."""
        return super().format(value, store)


class Position(Integer):
    """The place of a pipeline among the others; a new one gets the last place."""

    __slots__ = ()

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return 0, which `place_last` replaces."""
        return 0


def _check_pipeline(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Put a new pipeline last."""
    from cardcrm.records.deals.pipelines import place_last

    return columns if row_id else place_last(store, columns)


def _order_stages(store: Any, row_id: int) -> None:
    """Put won and lost stages last."""
    from cardcrm.records.deals.stages import order_stages

    order_stages(store, row_id)


def _check_stage(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Complete a new stage; refuse a name that is taken, and a kind that deals contradict."""
    from cardcrm.records.deals.stages import check_stage

    return check_stage(store, columns, row_id)


PIPELINE = declare(
    RecordType(
        "pipeline",
        "pipelines",
        (
            Uid(),
            Text("name", label="pipeline", phrase="name", folded="name_key", required=True,
                 unique=True, listed=True, searchable=True, help="Name.", example="Weddings"),
            Position("position", automatic=True, help="Place among the pipelines."),
            Flag("retired", help="No longer used."),
        ),
        title="{name}",
        sort="position",
        closed_by="retired",
        adjust=_check_pipeline,
        summary="Pipelines, through whose stages deals pass.",
    )
)  # fmt: skip

STAGE = declare(
    RecordType(
        "stage",
        "stages",
        (
            Uid(),
            Reference("pipeline_id", to="pipeline", required=True, listed=True,
                      example="Weddings", help="Pipeline."),
            Integer("position", listed=True, least=0, help="Place in the pipeline."),
            Text("name", label="stage", phrase="name", folded="name_key", required=True,
                 listed=True, searchable=True, help="Name.", example="Demo"),
            Choice("kind", KINDS, default=OPEN, required=True, listed=True,
                   help="Kind: open, won or lost."),
            Percent("probability", required=True, default="50%", listed=True,
                    help="Probability of winning a deal in it."),
            Rotting("rotting_days", label="rots after", option="rots", least=1, most=3660,
                    listed=True, example="14",
                    help="Days without a step after which a deal rots."),
            Needs("needs", listed=True, example="amount,close",
                  help=f"Facts to know before a deal enters: {', '.join(NEEDS)}."),
            Flag("retired", help="No longer used."),
            Reference("merged_id", to="stage", shows="name", key="merged", label="merged into",
                      filter=None, automatic=True, on_delete=CLEAR,
                      help="Stage that took its deals when it was removed."),
        ),
        title="{name}",
        sort="position",
        closed_by="retired",
        adjust=_check_stage,
        check=_order_stages,
        summary="Stages of pipelines.",
    )
)  # fmt: skip
