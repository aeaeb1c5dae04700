"""`value model`, `value equity` and `value backtest`: the models of customer value."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.future_options import Discount, Horizon, read_discount, read_horizon
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import Currency, ReportOptions, add_options, read_scope
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session

if TYPE_CHECKING:
    import datetime as dt

app = typer.Typer()


@app.command("model")
def model(
    ctx: typer.Context,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the models again, even if they are recent.")
    ] = False,
    currency: Currency = "",
) -> Result:
    """Show the models that predict purchases and amounts.

    BG/NBD predicts how often each customer will buy and who has left; Gamma-Gamma predicts the
    amount of a purchase. Time is in weeks. The models are stored and fitted again after 30 days, or
    when customers or purchases have changed by 5%.

    Examples:
        cardcrm value model

        cardcrm value model --refit --format json

    """
    from cardcrm.cli import model_output
    from cardcrm.reports.lifetime_model.fitting import explain_too_little
    from cardcrm.reports.lifetime_model.histories import load_histories
    from cardcrm.reports.lifetime_model.model_table import load_or_fit

    session = session_of(ctx)
    scope = read_scope(session, currency)
    store = session.store()
    found = load_or_fit(store, scope.currency, scope.today, refit=refit)
    if found is not None:
        notes = (*model_output.explain(found), *note_currencies(store, scope.currency))
        return Result(model_output.model_card(found), notes=notes)
    histories = load_histories(store, scope.currency, scope.today)
    reason = explain_too_little(histories)
    missing = model_output.missing_card(scope.currency, histories, reason)
    notes = (reason, *note_currencies(store, scope.currency))
    return Result(None if session.is_for_people else missing, notes=notes)


@app.command("equity")
@add_options("currency")
def equity(
    ctx: typer.Context,
    options: ReportOptions,
    horizon: Horizon = "5y",
    discount: Discount = "10%",
) -> Result:
    """Show the discounted future value of all customers, and how it changes.

    Customer equity is what the customers of today are expected to pay within the horizon, worth
    less the later they pay it. The groups are the standings of RFM, which add up to the whole, and
    your saved segments. One measurement a day is stored, and the next one shows the change.

    Examples:
        cardcrm value equity

        cardcrm value equity --horizon 3y --discount 8% --format json

    """
    from cardcrm.cli import equity_output
    from cardcrm.reports.value.equity import measure_equity

    session = session_of(ctx)
    scope = options.read_scope(session)
    days, thousandths = read_horizon(horizon), read_discount(discount)
    report = measure_equity(session.store(), scope, days, thousandths)
    return Result(
        equity_output.sheet(report, is_for_people=session.is_for_people),
        notes=(
            *equity_output.explain(report),
            *note_currencies(session.store(), scope.currency),
        ),
        charts=equity_output.charts(report),
    )


@app.command("backtest")
def backtest(
    ctx: typer.Context,
    until: Annotated[
        str,
        typer.Option(metavar="DATE", help="Last day that the models know; the rest is predicted."),
    ] = "",
    horizon: Horizon = "",
    currency: Currency = "",
) -> Result:
    """Test the models: fit them to the first part of history, predict the rest.

    The naive guess is that each customer goes on buying at the mean rate so far. Without --until
    the last third of history is predicted, or less if two thirds are too little to fit a model.
    Without --horizon all days up to today are predicted.

    Examples:
        cardcrm value backtest --until 2025-12-31

        cardcrm value backtest --until 2025-06-30 --horizon 26w --format json

    """
    from cardcrm.cli import backtest_output
    from cardcrm.reports.lifetime_model.backtest import run_backtest

    session = session_of(ctx)
    scope = read_scope(session, currency)
    days = read_horizon(horizon) if horizon.strip() else None
    day = _read_last_day(session, until)
    found = run_backtest(session.store(), scope.currency, scope.today, day, days)
    is_empty = found.purchases is None and session.is_for_people
    data = None if is_empty else backtest_output.card(found)
    return Result(
        data,
        notes=(
            *backtest_output.explain(found, is_day_given=day is not None),
            *note_currencies(session.store(), scope.currency),
        ),
    )


def _read_last_day(session: Session, text: str) -> "dt.date | None":
    """Return the last day of a period as typed; None for no text."""
    if not text.strip():
        return None
    from cardcrm import dates
    from cardcrm.records.query_sql.date_periods import parse_past_period

    return parse_past_period(text, dates.now(session.store().locale.zone))[1]
